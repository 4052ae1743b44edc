//! The gap beyond a tolerance.

use std::sync::Arc;

use burn::tensor::{Tensor, activation};

use super::Gap;
use crate::{
    DefaultValue, Error, GroupRates, Law, Laws, OptionSpec, Penalty, PenaltySpec, ValueRange,
};

/// See [`Hinge`].
pub(super) const SPEC: PenaltySpec = PenaltySpec {
    name: "hinge",
    summary: "The gap beyond a tolerance.",
    formula: "max(0, max_j r_j - min_j r_j - tolerance)",
    paper: Some("after the slack of Zafar, Valera, Gomez Rodriguez and Gummadi 2017"),
    laws: Laws {
        smooth: Law::Fails {
            reason: "the slope sets in at once where the gap passes the tolerance",
        },
        ..Laws::ALL
    },
    range: ValueRange::Signed,
    options: &[OptionSpec {
        key: "tolerance",
        summary: "The gap that costs nothing.",
        legal: "a finite number, 0 or more",
        default: Some(DefaultValue::Number(0.02)),
    }],
    build: |options| Ok(Arc::new(Hinge::new(options.number("tolerance")?)?)),
};

/// `max(0, g - tolerance)` for the gap `g`: what lies within the tolerance costs nothing and has no
/// gradient.
#[derive(Debug, Clone, Copy)]
pub struct Hinge {
    tolerance: f64,
}

impl Hinge {
    /// The penalty with its option.
    ///
    /// # Errors
    ///
    /// When `tolerance` is not a finite number, 0 or more.
    pub fn new(tolerance: f64) -> Result<Self, Error> {
        if tolerance.is_finite() && tolerance >= 0.0 {
            Ok(Self { tolerance })
        } else {
            Err(Error::Range {
                option: "tolerance",
                value: tolerance,
                legal: "a finite number, 0 or more",
            })
        }
    }
}

impl Penalty for Hinge {
    fn charge(&self, rates: &GroupRates) -> Tensor<2> {
        activation::relu(Gap.charge(rates).sub_scalar(self.tolerance))
    }
}
