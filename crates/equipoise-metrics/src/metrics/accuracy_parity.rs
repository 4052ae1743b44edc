//! Predictions are right equally often in all groups.

use super::accuracy::ACCURACY;
use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// Predictions are right equally often in all groups.
pub(super) static ACCURACY_PARITY: MetricSpec = MetricSpec {
    name: "accuracy_parity",
    title: "accuracy parity",
    summary: "gap of the accuracy",
    formula: "accuracy of a against that of b",
    paper: "Berk, Heidari, Jabbari, Kearns and Roth 2018",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Parity(&[&ACCURACY]),
};
