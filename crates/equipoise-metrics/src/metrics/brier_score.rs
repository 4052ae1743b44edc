//! The mean squared distance between score and label.

use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// The mean squared distance between score and label.
pub(super) static BRIER_SCORE: MetricSpec = MetricSpec {
    name: "brier_score",
    title: "Brier score",
    summary: "mean squared distance between score and label",
    formula: "mean of (s - y)^2",
    paper: "Brier 1950",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Normal,
    definition: Definition::RowMean(brier_score),
};

fn brier_score(score: f64, positive: bool) -> f64 {
    (score - f64::from(u8::from(positive))).powi(2)
}
