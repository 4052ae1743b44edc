//! The log-sum-exp of the relative violations.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::{GroupRates, Law, Laws, Penalty, PenaltySpec, ValueRange};

/// See [`LogSumExp`].
pub(super) const SPEC: PenaltySpec = PenaltySpec {
    name: "log-sum-exp",
    summary: "The log-sum-exp of the relative violations.",
    formula: "log sum_j exp(|r_j / r - 1|) - log K, with K groups",
    paper: Some("Buyl, Defrance and De Bie 2024"),
    laws: Laws {
        smooth: Law::Fails {
            reason: "each group's slope changes its sign where its rate meets the overall one",
        },
        ..Laws::ALL
    },
    range: ValueRange::NonNegative,
    options: &[],
    build: |_| Ok(Arc::new(LogSumExp)),
};

/// `log mean_j exp(v_j)` of the relative violations `v_j = |r_j / r - 1|` of the present groups: a
/// smooth stand-in for the largest.
///
/// Overall rates of 0 and absent groups cost nothing, see [`super::Norm`], and absent groups do not
/// count in `K`.
#[derive(Debug, Clone, Copy)]
pub struct LogSumExp;

impl Penalty for LogSumExp {
    fn charge(&self, rates: &GroupRates) -> Tensor<2> {
        rates.log_mean_exp(&rates.relative_violations())
    }
}
