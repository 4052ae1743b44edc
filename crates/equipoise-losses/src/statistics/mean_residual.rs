//! Equal mean residuals of a regression.

use std::sync::Arc;

use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`MeanResidual`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "mean-residual",
    summary: "Predictions are too high or too low by the same amount in every group.",
    formula: "R_j = E[z - y | j]",
    paper: Some("Calders, Karim, Kamiran, Ali and Zhang 2013"),
    tasks: &[TaskKind::Regression],
    range: ValueRange::Signed,
    options: &[],
    build: |_| Ok(Arc::new(MeanResidual)),
};

/// The mean residual `E[z - y | j]`, prediction less target: what a group is overrated by.
///
/// Unlike [`super::MeanPrediction`] it leaves alone a difference that the targets have.
#[derive(Debug, Clone, Copy)]
pub struct MeanResidual;

impl Statistic for MeanResidual {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        let targets = input.targets().clone().reshape([input.rows(), 1]);
        Ok(RateParts::mean(input.outputs().clone().sub(targets)))
    }

    fn is_of_decisions(&self) -> bool {
        false
    }
}
