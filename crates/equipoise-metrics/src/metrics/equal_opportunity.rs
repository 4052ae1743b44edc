//! The positive rows of all groups are found at the same rate.

use super::true_positive_rate::TRUE_POSITIVE_RATE;
use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// The positive rows of all groups are found at the same rate.
pub(super) static EQUAL_OPPORTUNITY: MetricSpec = MetricSpec {
    name: "equal_opportunity",
    title: "equal opportunity",
    summary: "gap of the true positive rate",
    formula: "true positive rate of a against that of b",
    paper: "Hardt, Price and Srebro 2016",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Parity(&[&TRUE_POSITIVE_RATE]),
};
