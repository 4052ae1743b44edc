//! Equal mean predictions of a regression.

use std::sync::Arc;

use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`MeanPrediction`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "mean-prediction",
    summary: "The mean prediction is the same in every group.",
    formula: "M_j = E[z | j]",
    paper: Some("Calders, Karim, Kamiran, Ali and Zhang 2013"),
    tasks: &[TaskKind::Regression],
    range: ValueRange::Signed,
    options: &[],
    build: |_| Ok(Arc::new(MeanPrediction)),
};

/// The mean predicted value `E[z | j]`: demographic parity in the mean.
#[derive(Debug, Clone, Copy)]
pub struct MeanPrediction;

impl Statistic for MeanPrediction {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        Ok(RateParts::mean(input.outputs().clone()))
    }

    fn is_of_decisions(&self) -> bool {
        false
    }
}
