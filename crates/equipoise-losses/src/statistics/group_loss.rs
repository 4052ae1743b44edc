//! Equal task losses.

use std::sync::Arc;

use crate::{
    Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, TaskLoss, ValueRange,
};

/// See [`GroupLoss`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "group-loss",
    summary: "The task loss is the same in every group.",
    formula: "L_j = E[l | j], with the task loss l of a row",
    paper: Some("Agarwal, Dudik and Wu 2019, who bound it"),
    tasks: TaskKind::ALL,
    range: ValueRange::NonNegative,
    options: &[],
    build: |_| Ok(Arc::new(GroupLoss)),
};

/// The mean task loss of each group: cross-entropy for classes, the squared error for a regression.
///
/// Equal losses can also be had by making the best group worse. Beside the task loss itself, which
/// pulls every group down, that is rarely what training finds; a loss of the worst group alone
/// bounds the largest without charging the smallest.
#[derive(Debug, Clone, Copy)]
pub struct GroupLoss;

impl Statistic for GroupLoss {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        let losses = TaskLoss::for_task(input.task())
            .row_losses(input.outputs().clone(), input.targets().clone())?;
        Ok(RateParts::mean(losses.reshape([input.rows(), 1])))
    }

    fn is_of_decisions(&self) -> bool {
        false
    }
}
