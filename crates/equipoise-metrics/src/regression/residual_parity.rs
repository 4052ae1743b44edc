//! All groups are predicted too high, or too low, by the same amount.

use super::mean_error::MEAN_ERROR;
use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// All groups are predicted too high, or too low, by the same amount.
pub(crate) static RESIDUAL_PARITY: MetricSpec = MetricSpec {
    name: "residual_parity",
    title: "residual parity",
    summary: "gap of the mean error",
    formula: "mean error of a against that of b",
    paper: "Calders, Karim, Kamiran, Ali and Zhang 2013",
    range: (0.0, f64::INFINITY),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Outcome,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Parity(&[&MEAN_ERROR]),
};
