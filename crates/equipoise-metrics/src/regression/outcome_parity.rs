//! All groups have the same mean prediction.

use super::mean_prediction::MEAN_PREDICTION;
use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// All groups have the same mean prediction.
pub(crate) static OUTCOME_PARITY: MetricSpec = MetricSpec {
    name: "outcome_parity",
    title: "outcome parity",
    summary: "gap of the mean prediction",
    formula: "mean prediction of a against that of b",
    paper: "Calders, Karim, Kamiran, Ali and Zhang 2013",
    range: (0.0, f64::INFINITY),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Outcome,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Parity(&[&MEAN_PREDICTION]),
};
