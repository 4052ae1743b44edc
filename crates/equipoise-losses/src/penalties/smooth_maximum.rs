//! The smooth maximum of the differences between groups.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::{DefaultValue, Error, GroupRates, Laws, OptionSpec, Penalty, PenaltySpec, ValueRange};

/// See [`SmoothMaximum`].
pub(super) const SPEC: PenaltySpec = PenaltySpec {
    name: "smooth-maximum",
    summary: "The smooth maximum of the differences between groups.",
    formula: "t log mean_jk exp((r_j - r_k) / t), with the temperature t",
    paper: Some("after the log-sum-exp of Boyd and Vandenberghe 2004"),
    laws: Laws::ALL,
    range: ValueRange::Signed,
    options: &[OptionSpec {
        key: "temperature",
        summary: "How far apart rates must be for the larger difference to stand out.",
        legal: "a finite number above 0",
        default: Some(DefaultValue::Number(0.05)),
    }],
    build: |options| {
        Ok(Arc::new(SmoothMaximum::new(
            options.positive("temperature")?,
        )?))
    },
};

/// `t log mean_jk exp((r_j - r_k) / t)` over all pairs of present groups, each way round and each
/// with itself.
///
/// It tends to [`super::Gap`] as the temperature `t` goes to 0, from below and by at most
/// `2 t log K` for `K` groups; for a high temperature it is the variance of the rates, every group
/// alike, over `t`. It is smooth for any number of groups, and all of them have a gradient.
#[derive(Debug, Clone, Copy)]
pub struct SmoothMaximum {
    temperature: f64,
}

impl SmoothMaximum {
    /// The penalty with its option.
    ///
    /// # Errors
    ///
    /// When `temperature` is not a finite number above 0.
    pub fn new(temperature: f64) -> Result<Self, Error> {
        if temperature.is_finite() && temperature > 0.0 {
            Ok(Self { temperature })
        } else {
            Err(Error::Range {
                option: "temperature",
                value: temperature,
                legal: "a finite number above 0",
            })
        }
    }
}

impl Penalty for SmoothMaximum {
    fn charge(&self, rates: &GroupRates) -> Tensor<2> {
        let scaled = rates.rates().div_scalar(self.temperature);
        rates
            .log_mean_exp(&scaled)
            .add(rates.log_mean_exp(&scaled.neg()))
            .mul_scalar(self.temperature)
    }
}
