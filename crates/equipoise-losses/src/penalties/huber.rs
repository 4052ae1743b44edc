//! The gap, squared where it is small.

use std::sync::Arc;

use burn::tensor::Tensor;

use super::Gap;
use crate::{
    DefaultValue, Error, GroupRates, Law, Laws, OptionSpec, Penalty, PenaltySpec, ValueRange,
};

/// See [`Huber`].
pub(super) const SPEC: PenaltySpec = PenaltySpec {
    name: "huber",
    summary: "The gap, squared where it is small.",
    formula: "g^2 / (2 delta) for g <= delta, else g - delta / 2, with g = max_j r_j - min_j r_j",
    paper: Some("Huber 1964"),
    laws: Laws {
        smooth: Law::Fails {
            reason: "smooth for two groups; among more, the slope passes from one group to another where they change places as the highest or the lowest",
        },
        ..Laws::ALL
    },
    range: ValueRange::Signed,
    options: &[OptionSpec {
        key: "delta",
        summary: "The gap up to which the charge is squared.",
        legal: "a finite number above 0",
        default: Some(DefaultValue::Number(0.05)),
    }],
    build: |options| Ok(Arc::new(Huber::new(options.positive("delta")?)?)),
};

/// `g^2 / (2 delta)` for a gap `g` up to `delta`, `g - delta / 2` beyond.
///
/// It settles at parity as [`super::SquaredGap`] does, and charges a large gap like [`super::Gap`],
/// with the slope 1.
#[derive(Debug, Clone, Copy)]
pub struct Huber {
    delta: f64,
}

impl Huber {
    /// The penalty with its option.
    ///
    /// # Errors
    ///
    /// When `delta` is not a finite number above 0.
    pub fn new(delta: f64) -> Result<Self, Error> {
        if delta.is_finite() && delta > 0.0 {
            Ok(Self { delta })
        } else {
            Err(Error::Range {
                option: "delta",
                value: delta,
                legal: "a finite number above 0",
            })
        }
    }
}

impl Penalty for Huber {
    fn charge(&self, rates: &GroupRates) -> Tensor<2> {
        let gap = Gap.charge(rates);
        let small = gap.clone().clamp_max(self.delta);
        let half = small.clone().mul_scalar(0.5);
        small.mul(gap.sub(half)).div_scalar(self.delta)
    }
}
