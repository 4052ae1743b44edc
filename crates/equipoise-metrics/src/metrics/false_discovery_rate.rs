//! The share of positive predictions that are wrong.

use crate::{Confusion, Definition, Direction, IntervalKind, MetricSpec, Proportion, Unit};

/// The share of positive predictions that are wrong.
pub(super) static FALSE_DISCOVERY_RATE: MetricSpec = MetricSpec {
    name: "false_discovery_rate",
    title: "false discovery rate",
    summary: "share of positive predictions that are wrong",
    formula: "n(0, 1) / n(., 1)",
    paper: "Benjamini and Hochberg 1995",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Wilson,
    definition: Definition::Rate(false_discovery_rate),
};

fn false_discovery_rate(counts: &Confusion) -> Proportion {
    Proportion {
        hits: counts.false_positives,
        trials: counts.predicted_positives(),
        trial: "a positive prediction",
    }
}
