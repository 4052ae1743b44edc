//! The share of negative rows that are predicted positive.

use crate::{Confusion, Definition, Direction, IntervalKind, MetricSpec, Proportion, Unit};

/// The share of negative rows that are predicted positive.
pub(super) static FALSE_POSITIVE_RATE: MetricSpec = MetricSpec {
    name: "false_positive_rate",
    title: "false positive rate",
    summary: "share of negative rows that are predicted positive",
    formula: "n(0, 1) / n(0, .)",
    paper: "Hardt, Price and Srebro 2016",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Wilson,
    definition: Definition::Rate(false_positive_rate),
};

fn false_positive_rate(counts: &Confusion) -> Proportion {
    Proportion {
        hits: counts.false_positives,
        trials: counts.label_negatives(),
        trial: "a negative label",
    }
}
