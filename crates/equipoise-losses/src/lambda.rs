//! The weight of a fairness loss.

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
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err(Error::Range {
            option,
            value,
            legal: "a finite number, 0 or more",
        })
    }
}
