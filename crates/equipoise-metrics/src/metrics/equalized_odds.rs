//! All groups have the same true and false positive rates.

use super::{false_positive_rate::FALSE_POSITIVE_RATE, true_positive_rate::TRUE_POSITIVE_RATE};
use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// All groups have the same true and false positive rates.
pub(super) static EQUALIZED_ODDS: MetricSpec = MetricSpec {
    name: "equalized_odds",
    title: "equalized odds",
    summary: "gaps of the true and the false positive rate: their maximum, mean or sum (for ratios minimum or mean)",
    formula: "max, mean or sum of the gaps of the true and the false positive rate",
    paper: "Hardt, Price and Srebro 2016",
    range: (0.0, 2.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Parity(&[&TRUE_POSITIVE_RATE, &FALSE_POSITIVE_RATE]),
};
