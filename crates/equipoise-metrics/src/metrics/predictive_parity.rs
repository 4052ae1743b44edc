//! A positive prediction is right equally often in all groups.

use super::precision::PRECISION;
use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// A positive prediction is right equally often in all groups.
pub(super) static PREDICTIVE_PARITY: MetricSpec = MetricSpec {
    name: "predictive_parity",
    title: "predictive parity",
    summary: "gap of the precision",
    formula: "precision of a against that of b",
    paper: "Chouldechova 2017",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Parity(&[&PRECISION]),
};
