//! Equal true-positive and equal false-positive rates.

use std::sync::Arc;

use super::{EqualOpportunity, PredictiveEquality};
use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`EqualizedOdds`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "equalized-odds",
    summary: "Rows of one label get the positive decision at the same rate in every group.",
    formula: "TPR_j = E[s | j, y = 1] and FPR_j = E[s | j, y = 0]",
    paper: Some("Hardt, Price and Srebro 2016"),
    tasks: TaskKind::CLASSIFICATION,
    range: ValueRange::Fraction,
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
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        RateParts::join([
            EqualOpportunity.parts(input)?,
            PredictiveEquality.parts(input)?,
        ])
    }
}
