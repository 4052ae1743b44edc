//! The share of positive rows that are missed.

use crate::{Confusion, Definition, Direction, IntervalKind, MetricSpec, Proportion, Unit};

/// The share of positive rows that are missed.
pub(super) static FALSE_NEGATIVE_RATE: MetricSpec = MetricSpec {
    name: "false_negative_rate",
    title: "false negative rate",
    summary: "share of positive rows that are predicted negative",
    formula: "n(1, 0) / n(1, .)",
    paper: "Yerushalmy 1947",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Wilson,
    definition: Definition::Rate(false_negative_rate),
};

fn false_negative_rate(counts: &Confusion) -> Proportion {
    Proportion {
        hits: counts.false_negatives,
        trials: counts.label_positives(),
        trial: "a positive label",
    }
}
