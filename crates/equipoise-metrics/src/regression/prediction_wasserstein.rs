//! The area between the distributions of the predictions of two groups.

use crate::{
    Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, ScoreDistribution,
    Unit, distribution_steps::steps,
};

/// The area between the cumulative distributions of the predictions of two groups: their
/// Wasserstein-1 distance.
pub(crate) static PREDICTION_WASSERSTEIN: MetricSpec = MetricSpec {
    name: "prediction_wasserstein",
    title: "Wasserstein distance of predictions",
    summary: "area between the cumulative distributions of the predictions of two groups, the largest over pairs",
    formula: "integral over t of |F_a(t) - F_b(t)|",
    paper: "Chzhen, Denis, Hebiri, Oneto and Pontil 2020",
    range: (0.0, f64::INFINITY),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Outcome,
    interval: IntervalKind::None,
    definition: Definition::OutcomeDistance(wasserstein),
};

fn wasserstein(a: &ScoreDistribution, b: &ScoreDistribution) -> Estimate {
    if a.rows() <= 0.0 || b.rows() <= 0.0 {
        return Err(NotEstimable::NoRows);
    }
    let steps = steps(a, b);
    let pairs = steps.iter().zip(steps.iter().skip(1));
    Ok(pairs
        .map(|(step, next)| step.gap.abs() * (next.from - step.from))
        .sum())
}
