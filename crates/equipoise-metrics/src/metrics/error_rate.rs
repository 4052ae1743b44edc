//! The share of predictions that are wrong.

use crate::{Confusion, Definition, Direction, IntervalKind, MetricSpec, Proportion, Unit};

/// The share of predictions that are wrong.
pub(super) static ERROR_RATE: MetricSpec = MetricSpec {
    name: "error_rate",
    title: "error rate",
    summary: "share of predictions that are wrong",
    formula: "(n(0, 1) + n(1, 0)) / n(., .)",
    paper: "Berk, Heidari, Jabbari, Kearns and Roth 2018",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Wilson,
    definition: Definition::Rate(error_rate),
};

fn error_rate(counts: &Confusion) -> Proportion {
    Proportion {
        hits: counts.false_positives + counts.false_negatives,
        trials: counts.rows(),
        trial: "any label",
    }
}
