//! The share of negative rows that are predicted negative (specificity).

use crate::{Confusion, Definition, Direction, IntervalKind, MetricSpec, Proportion, Unit};

/// The share of negative rows that are predicted negative (specificity).
pub(super) static TRUE_NEGATIVE_RATE: MetricSpec = MetricSpec {
    name: "true_negative_rate",
    title: "true negative rate",
    summary: "share of negative rows that are predicted negative",
    formula: "n(0, 0) / n(0, .)",
    paper: "Yerushalmy 1947",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Wilson,
    definition: Definition::Rate(true_negative_rate),
};

fn true_negative_rate(counts: &Confusion) -> Proportion {
    Proportion {
        hits: counts.true_negatives,
        trials: counts.label_negatives(),
        trial: "a negative label",
    }
}
