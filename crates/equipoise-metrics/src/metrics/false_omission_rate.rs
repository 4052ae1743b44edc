//! The share of negative predictions that are wrong.

use crate::{Confusion, Definition, Direction, IntervalKind, MetricSpec, Proportion, Unit};

/// The share of negative predictions that are wrong.
pub(super) static FALSE_OMISSION_RATE: MetricSpec = MetricSpec {
    name: "false_omission_rate",
    title: "false omission rate",
    summary: "share of negative predictions that are wrong",
    formula: "n(1, 0) / n(., 0)",
    paper: "Saleiro et al. 2018",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Wilson,
    definition: Definition::Rate(false_omission_rate),
};

fn false_omission_rate(counts: &Confusion) -> Proportion {
    Proportion {
        hits: counts.false_negatives,
        trials: counts.predicted_negatives(),
        trial: "a negative prediction",
    }
}
