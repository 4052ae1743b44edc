//! The share of predictions that are right.

use crate::{Confusion, Definition, Direction, IntervalKind, MetricSpec, Proportion, Unit};

/// The share of predictions that are right.
pub(super) static ACCURACY: MetricSpec = MetricSpec {
    name: "accuracy",
    title: "accuracy",
    summary: "share of predictions that are right",
    formula: "(n(0, 0) + n(1, 1)) / n(., .)",
    paper: "Berk, Heidari, Jabbari, Kearns and Roth 2018",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Wilson,
    definition: Definition::Rate(accuracy),
};

fn accuracy(counts: &Confusion) -> Proportion {
    Proportion {
        hits: counts.true_positives + counts.true_negatives,
        trials: counts.rows(),
        trial: "any label",
    }
}
