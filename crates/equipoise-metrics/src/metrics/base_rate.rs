//! The share of rows whose label is positive.

use crate::{Confusion, Definition, Direction, IntervalKind, MetricSpec, Proportion, Unit};

/// The share of rows whose label is positive.
pub(super) static BASE_RATE: MetricSpec = MetricSpec {
    name: "base_rate",
    title: "base rate",
    summary: "share of rows whose label is positive",
    formula: "n(1, .) / n(., .)",
    paper: "Chouldechova 2017",
    range: (0.0, 1.0),
    ideal: None,
    direction: Direction::Neutral,
    unit: Unit::Fraction,
    interval: IntervalKind::Wilson,
    definition: Definition::Rate(base_rate),
};

fn base_rate(counts: &Confusion) -> Proportion {
    Proportion {
        hits: counts.label_positives(),
        trials: counts.rows(),
        trial: "any label",
    }
}
