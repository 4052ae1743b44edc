//! The mean absolute distance of the rates from the overall rate.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::{GroupRates, Law, Laws, Penalty, PenaltySpec, ValueRange};

/// See [`MeanDeviation`].
pub(super) const SPEC: PenaltySpec = PenaltySpec {
    name: "mean-deviation",
    summary: "The mean absolute distance of the rates from the overall rate.",
    formula: "sum_j pi_j |r_j - r|",
    paper: Some("after the constraints of Agarwal, Beygelzimer, Dudik, Langford and Wallach 2018"),
    laws: Laws {
        smooth: Law::Fails {
            reason: "each group's slope changes its sign where its rate meets the overall one",
        },
        ..Laws::ALL
    },
    range: ValueRange::Signed,
    options: &[],
    build: |_| Ok(Arc::new(MeanDeviation)),
};

/// `sum_j pi_j |r_j - r|`, with each group's share `pi_j` among the rows of the constraint.
///
/// Every group counts by its size: a large gap of a small group costs little.
#[derive(Debug, Clone, Copy)]
pub struct MeanDeviation;

impl Penalty for MeanDeviation {
    fn charge(&self, rates: &GroupRates) -> Tensor<2> {
        let values = rates.rates();
        let overall = rates.overall().expand(values.dims());
        rates.shares().mul(values.sub(overall).abs()).sum_dim(1)
    }
}
