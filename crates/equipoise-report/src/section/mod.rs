//! The parts of the page as sentences and tables, ready to be written.

pub(crate) mod classes;
pub(crate) mod comparison;
pub(crate) mod contents;
pub(crate) mod data;
pub(crate) mod limits;
pub(crate) mod rates;
pub(crate) mod repeat;
pub(crate) mod summary;
pub(crate) mod training;

use crate::evidence::Estimate;
use crate::number::{NOT_ESTIMABLE, Unit};

/// A number in a table, as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The number, or that there is none.
    pub(crate) value: String,
    /// Its interval, or why there is no number.
    pub(crate) detail: String,
    /// Whether there is a number.
    pub(crate) known: bool,
}

impl Cell {
    /// A number with its interval; `None` is a number that the audit does not have.
    pub(crate) fn of(estimate: Option<&Estimate>, unit: Unit) -> Self {
        let Some(estimate) = estimate else {
            return Self {
                value: "–".to_owned(),
                detail: "not measured".to_owned(),
                known: false,
            };
        };
        match estimate.value {
            Some(value) => Self {
                value: unit.value(value),
                detail: estimate
                    .interval
                    .map(|(low, high)| unit.interval(low, high))
                    .unwrap_or_default(),
                known: true,
            },
            None => Self {
                value: NOT_ESTIMABLE.to_owned(),
                detail: estimate.reason.clone().unwrap_or_default(),
                known: false,
            },
        }
    }
}

/// Names as a list in a sentence: `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
