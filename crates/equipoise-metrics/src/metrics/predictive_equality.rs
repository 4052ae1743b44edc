//! The negative rows of all groups are predicted positive at the same rate.

use super::false_positive_rate::FALSE_POSITIVE_RATE;
use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// The negative rows of all groups are predicted positive at the same rate.
pub(super) static PREDICTIVE_EQUALITY: MetricSpec = MetricSpec {
    name: "predictive_equality",
    title: "predictive equality",
    summary: "gap of the false positive rate",
    formula: "false positive rate of a against that of b",
    paper: "Corbett-Davies, Pierson, Feller, Goel and Huq 2017",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Parity(&[&FALSE_POSITIVE_RATE]),
};
