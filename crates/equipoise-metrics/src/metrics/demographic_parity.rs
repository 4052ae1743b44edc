//! All groups are selected at the same rate.

use super::selection_rate::SELECTION_RATE;
use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// All groups are selected at the same rate.
pub(super) static DEMOGRAPHIC_PARITY: MetricSpec = MetricSpec {
    name: "demographic_parity",
    title: "demographic parity",
    summary: "gap of the selection rate",
    formula: "selection rate of a against that of b",
    paper: "Dwork, Hardt, Pitassi, Reingold and Zemel 2012",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Parity(&[&SELECTION_RATE]),
};
