//! Precision and true positive rate in one number that counts the true positive rate twice as much.

use super::f1::f_beta;
use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// Precision and true positive rate in one number that counts the true positive rate twice as much.
pub(super) static F2: MetricSpec = MetricSpec {
    name: "f2",
    title: "F2",
    summary: "weighted harmonic mean of precision and true positive rate that counts the true positive rate twice as much as the other",
    formula: "5 n(1, 1) / (4 n(1, .) + n(., 1))",
    paper: "van Rijsbergen 1979",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Counts {
        value: |counts| f_beta(counts, 2.0),
        fallback: Some(|_| 0.0),
    },
};
