//! The largest log ratio of the probabilities that two groups have of the same prediction.

use crate::{
    Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, Unit,
};

/// The largest log ratio of the probabilities that two groups have of the same prediction, as they
/// are in the data. Where one group is never selected, or always, and another is not, it is
/// infinite and has no value: `smoothed_differential_fairness` then has one.
pub(super) static DIFFERENTIAL_FAIRNESS: MetricSpec = MetricSpec {
    name: "differential_fairness",
    title: "differential fairness",
    summary: "largest log ratio of the probabilities that two groups have of the same prediction",
    formula: "max over a, b, p of ln(P(p | a) / P(p | b))",
    paper: "Foulds, Islam, Keya and Pan 2020",
    range: (0.0, f64::INFINITY),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Nats,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Joint(differential_fairness),
};

fn differential_fairness(groups: &[Confusion]) -> Estimate {
    let selected = |group: &Confusion| group.predicted_positives() / group.rows();
    let rejected = |group: &Confusion| group.predicted_negatives() / group.rows();
    Ok(log_spread(groups.iter().map(selected))?.max(log_spread(groups.iter().map(rejected))?))
}

/// The logarithm of the largest over the smallest probability; 0 where all are 0, since what no
/// group ever gets sets none apart.
pub(super) fn log_spread(probabilities: impl Iterator<Item = f64> + Clone) -> Estimate {
    let largest = probabilities.clone().fold(0.0, f64::max);
    let smallest = probabilities.fold(largest, f64::min);
    if smallest > 0.0 {
        Ok((largest / smallest).ln())
    } else if largest > 0.0 {
        Err(NotEstimable::InfiniteRatio)
    } else {
        Ok(0.0)
    }
}
