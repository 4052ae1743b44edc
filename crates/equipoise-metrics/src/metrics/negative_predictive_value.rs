//! The share of negative predictions that are right.

use crate::{Confusion, Definition, Direction, IntervalKind, MetricSpec, Proportion, Unit};

/// The share of negative predictions that are right.
pub(super) static NEGATIVE_PREDICTIVE_VALUE: MetricSpec = MetricSpec {
    name: "negative_predictive_value",
    title: "negative predictive value",
    summary: "share of negative predictions that are right",
    formula: "n(0, 0) / n(., 0)",
    paper: "Altman and Bland 1994",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Wilson,
    definition: Definition::Rate(negative_predictive_value),
};

fn negative_predictive_value(counts: &Confusion) -> Proportion {
    Proportion {
        hits: counts.true_negatives,
        trials: counts.predicted_negatives(),
        trial: "a negative prediction",
    }
}
