//! The share of rows that are predicted positive.

use crate::{Confusion, Definition, Direction, IntervalKind, MetricSpec, Proportion, Unit};

/// The share of rows that are predicted positive.
pub(super) static SELECTION_RATE: MetricSpec = MetricSpec {
    name: "selection_rate",
    title: "selection rate",
    summary: "share of rows that are predicted positive",
    formula: "n(., 1) / n(., .)",
    paper: "Dwork, Hardt, Pitassi, Reingold and Zemel 2012",
    range: (0.0, 1.0),
    ideal: None,
    direction: Direction::Neutral,
    unit: Unit::Fraction,
    interval: IntervalKind::Wilson,
    definition: Definition::Rate(selection_rate),
};

fn selection_rate(counts: &Confusion) -> Proportion {
    Proportion {
        hits: counts.predicted_positives(),
        trials: counts.rows(),
        trial: "any label",
    }
}
