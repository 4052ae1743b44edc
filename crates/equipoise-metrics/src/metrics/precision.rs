//! The share of positive predictions that are right (positive predictive value).

use crate::{Confusion, Definition, Direction, IntervalKind, MetricSpec, Proportion, Unit};

/// The share of positive predictions that are right (positive predictive value).
pub(super) static PRECISION: MetricSpec = MetricSpec {
    name: "precision",
    title: "precision",
    summary: "share of positive predictions that are right",
    formula: "n(1, 1) / n(., 1)",
    paper: "Chouldechova 2017",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Wilson,
    definition: Definition::Rate(precision),
};

fn precision(counts: &Confusion) -> Proportion {
    Proportion {
        hits: counts.true_positives,
        trials: counts.predicted_positives(),
        trial: "a positive prediction",
    }
}
