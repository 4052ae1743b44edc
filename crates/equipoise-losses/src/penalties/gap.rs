//! The difference between the highest and the lowest rate.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::{GroupRates, Law, Laws, Penalty, PenaltySpec, ValueRange};

/// See [`Gap`].
pub(super) const SPEC: PenaltySpec = PenaltySpec {
    name: "gap",
    summary: "The difference between the highest and the lowest rate.",
    formula: "max_j r_j - min_j r_j",
    paper: Some("Bechavod and Ligett 2017, for two groups"),
    laws: Laws {
        smooth: Law::Fails {
            reason: "the slope keeps its size up to parity and changes its sign there",
        },
        ..Laws::ALL
    },
    range: ValueRange::Signed,
    options: &[],
    build: |_| Ok(Arc::new(Gap)),
};

/// `max_j r_j - min_j r_j` over the present groups: `|r_1 - r_0|` for two of them. It is the absolute
/// gap and the max-min in one.
///
/// Only the two extreme groups have a gradient, and it does not shrink as parity comes near:
/// training oscillates about parity with the size of its steps. [`super::SquaredGap`] and
/// [`super::Variance`] settle.
#[derive(Debug, Clone, Copy)]
pub struct Gap;

impl Penalty for Gap {
    fn charge(&self, rates: &GroupRates) -> Tensor<2> {
        // An absent group has the overall rate, which is never beyond the extremes.
        let rates = rates.rates();
        rates.clone().max_dim(1).sub(rates.min_dim(1))
    }
}
