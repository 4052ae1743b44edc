//! The share of positive rows that are found (sensitivity, recall).

use crate::{Confusion, Definition, Direction, IntervalKind, MetricSpec, Proportion, Unit};

/// The share of positive rows that are found (sensitivity, recall).
pub(super) static TRUE_POSITIVE_RATE: MetricSpec = MetricSpec {
    name: "true_positive_rate",
    title: "true positive rate",
    summary: "share of positive rows that are predicted positive",
    formula: "n(1, 1) / n(1, .)",
    paper: "Hardt, Price and Srebro 2016",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Wilson,
    definition: Definition::Rate(true_positive_rate),
};

fn true_positive_rate(counts: &Confusion) -> Proportion {
    Proportion {
        hits: counts.true_positives,
        trials: counts.label_positives(),
        trial: "a positive label",
    }
}
