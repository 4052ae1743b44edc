//! The weight of a fairness loss, and how it finds its value.
//!
//! * [`config`]: `lambda` as a configuration writes it
//! * [`schedule`]: a weight that is a function of the step
//! * [`dual`]: weights that grow until a violation is at its target
//! * [`balance`]: a weight that keeps the gradient of the fairness loss in proportion
//! * [`group_counts`]: the violation, measured on hard decisions
//! * [`control`]: any of them, with what it remembers
//!
//! Everything but [`group_counts`] is arithmetic on a few numbers: no tensors, no device.

pub mod balance;
pub mod config;
pub mod control;
pub mod dual;
pub mod group_counts;
pub mod schedule;

use crate::Error;

/// The weight of a fairness loss beside the task loss: finite, 0 or more.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Lambda(f64);

impl Lambda {
    /// No weight: the loss is computed and shown, and does not train.
    pub const ZERO: Self = Self(0.0);

    /// A weight.
    ///
    /// # Errors
    ///
    /// When `value` is NaN, infinite or below 0.
    pub fn new(value: f64) -> Result<Self, Error> {
        check_weight("lambda", value).map(Self)
    }

    /// The weight as a number.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// Checks that the weight of a loss is finite and 0 or more.
pub(crate) fn check_weight(option: &'static str, value: f64) -> Result<f64, Error> {
    check(option, value, "a finite number, 0 or more", |value| {
        value >= 0.0
    })
}

/// Checks that a number is finite and as an option wants it.
fn check(
    option: &'static str,
    value: f64,
    legal: &'static str,
    is_legal: impl Fn(f64) -> bool,
) -> Result<f64, Error> {
    if value.is_finite() && is_legal(value) {
        Ok(value)
    } else {
        Err(Error::Range {
            option,
            value,
            legal,
        })
    }
}
