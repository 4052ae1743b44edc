//! The mean score.

use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// The mean score.
pub(super) static MEAN_SCORE: MetricSpec = MetricSpec {
    name: "mean_score",
    title: "mean score",
    summary: "mean score",
    formula: "mean of s",
    paper: "Dwork, Hardt, Pitassi, Reingold and Zemel 2012",
    range: (0.0, 1.0),
    ideal: None,
    direction: Direction::Neutral,
    unit: Unit::Fraction,
    interval: IntervalKind::Normal,
    definition: Definition::RowMean(mean_score),
};

fn mean_score(score: f64, _positive: bool) -> f64 {
    score
}
