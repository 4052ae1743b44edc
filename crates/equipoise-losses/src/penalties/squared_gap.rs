//! The square of the difference between the highest and the lowest rate.

use std::sync::Arc;

use burn::tensor::Tensor;

use super::Gap;
use crate::{GroupRates, Law, Laws, Penalty, PenaltySpec, SamplingBias, ValueRange};

/// See [`SquaredGap`].
pub(super) const SPEC: PenaltySpec = PenaltySpec {
    name: "squared-gap",
    summary: "The square of the difference between the highest and the lowest rate.",
    formula: "(max_j r_j - min_j r_j)^2",
    paper: Some("Bechavod and Ligett 2017, for two groups"),
    laws: Laws {
        smooth: Law::Fails {
            reason: "smooth for two groups; among more, the slope passes from one group to \
                     another where they change places as the highest or the lowest",
        },
        ..Laws::ALL
    },
    range: ValueRange::Signed,
    options: &[],
    build: |_| Ok(Arc::new(SquaredGap)),
};

/// `(max_j r_j - min_j r_j)^2` over the present groups.
///
/// Its gradient shrinks with the gap. On a batch it is too high on average, by the sum of the
/// sampling variances of the two rates: `estimate = "unbiased"` takes them off. Among more than two
/// groups the choice of the extreme ones adds to it, and stays.
#[derive(Debug, Clone, Copy)]
pub struct SquaredGap;

impl Penalty for SquaredGap {
    fn charge(&self, rates: &GroupRates) -> Tensor<2> {
        let gap = Gap.charge(rates);
        gap.clone().mul(gap)
    }

    fn sampling_bias(&self) -> Option<&dyn SamplingBias> {
        Some(self)
    }
}

impl SamplingBias for SquaredGap {
    fn bias(&self, rates: &GroupRates, variances: Tensor<2>) -> Tensor<2> {
        // Two different groups, though their rates be equal.
        let values = rates.rates().detach();
        let [constraints, groups] = values.dims();
        let highest = values.clone().mask_fill(rates.absent(), f32::MIN).argmax(1);
        let numbers = highest
            .ones_like()
            .expand([constraints, groups])
            .cumsum(1)
            .sub_scalar(1);
        let taken = numbers.equal(highest.clone().expand([constraints, groups]));
        let lowest = values
            .mask_fill(rates.absent().bool_or(taken), f32::MAX)
            .argmin(1);
        variances
            .clone()
            .gather(1, highest)
            .add(variances.gather(1, lowest))
    }
}
