//! Equal true-positive and equal false-positive rates.

use std::sync::Arc;

use super::{EqualOpportunity, PredictiveEquality};
use crate::{Error, FairnessInput, GroupRates, Statistic, StatisticSpec, TaskKind};

/// See [`EqualizedOdds`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "equalized-odds",
    summary: "Rows of one label get the positive decision at the same rate in every group.",
    formula: "TPR_j = E[s | j, y = 1] and FPR_j = E[s | j, y = 0]",
    paper: Some("Hardt, Price and Srebro 2016"),
    tasks: TaskKind::CLASSIFICATION,
    options: &[],
    build: |_| Ok(Arc::new(EqualizedOdds)),
};

/// The soft true-positive and false-positive rates, as constraints of their own.
///
/// Two constraints for two classes, two for each class for several: the true-positive rates
/// first.
#[derive(Debug, Clone, Copy)]
pub struct EqualizedOdds;

impl Statistic for EqualizedOdds {
    fn rates(&self, input: &FairnessInput) -> Result<GroupRates, Error> {
        GroupRates::join([
            EqualOpportunity.rates(input)?,
            PredictiveEquality.rates(input)?,
        ])
    }
}
