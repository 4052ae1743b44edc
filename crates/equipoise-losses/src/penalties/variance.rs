//! The variance of the rates between groups.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::{GroupRates, Laws, Penalty, PenaltySpec, SamplingBias, ValueRange};

/// See [`Variance`].
pub(super) const SPEC: PenaltySpec = PenaltySpec {
    name: "variance",
    summary: "The variance of the rates between groups.",
    formula: "sum_j pi_j (r_j - r)^2",
    paper: Some("after Krueger et al. 2021, who charge the variance of risks between environments"),
    laws: Laws::ALL,
    range: ValueRange::Signed,
    options: &[],
    build: |_| Ok(Arc::new(Variance)),
};

/// `sum_j pi_j (r_j - r)^2`, with each group's share `pi_j` among the rows of the constraint.
///
/// Smooth for any number of groups, and every group has a gradient. For two groups it is
/// `pi_0 pi_1 (r_1 - r_0)^2`.
#[derive(Debug, Clone, Copy)]
pub struct Variance;

impl Penalty for Variance {
    fn charge(&self, rates: &GroupRates) -> Tensor<2> {
        let values = rates.rates();
        let overall = rates.overall().expand(values.dims());
        let deviation = values.sub(overall);
        rates
            .shares()
            .mul(deviation.clone().mul(deviation))
            .sum_dim(1)
    }

    fn sampling_bias(&self) -> Option<&dyn SamplingBias> {
        Some(self)
    }
}

impl SamplingBias for Variance {
    /// `sum_j pi_j (1 - pi_j) Var(r_j)`: the overall rate moves with the group's by its share.
    fn bias(&self, rates: &GroupRates, variances: Tensor<2>) -> Tensor<2> {
        let shares = rates.shares();
        shares
            .clone()
            .mul(shares.neg().add_scalar(1.0))
            .mul(variances)
            .sum_dim(1)
    }
}
