//! The mean precision over the thresholds at which positive rows are found.

use crate::{
    Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, ScoreDistribution,
    Unit,
};

/// The area under the precision-recall curve as a sum of steps, without interpolation.
pub(super) static AVERAGE_PRECISION: MetricSpec = MetricSpec {
    name: "average_precision",
    title: "average precision",
    summary: "precision at each threshold, weighted with the positive rows found there",
    formula: "sum over thresholds t of (recall(t) - recall(t-)) precision(t)",
    paper: "Zhu 2004",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::None,
    definition: Definition::Scores {
        value: average_precision,
        standard_error: None,
    },
};

fn average_precision(scores: &ScoreDistribution) -> Estimate {
    if scores.positives() <= 0.0 || scores.negatives() <= 0.0 {
        return Err(NotEstimable::OneClass);
    }
    let (mut found, mut selected, mut sum) = (0.0, 0.0, 0.0);
    for bin in scores.bins().iter().rev() {
        found += bin.positives;
        selected += bin.rows();
        sum += bin.positives * found / selected;
    }
    Ok(sum / scores.positives())
}
