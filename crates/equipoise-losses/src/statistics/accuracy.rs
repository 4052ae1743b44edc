//! Equal accuracy.

use std::sync::Arc;

use crate::{Error, FairnessInput, GroupRates, Statistic, StatisticSpec, TaskKind};

/// See [`Accuracy`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "accuracy",
    summary: "Decisions are right at the same rate in every group.",
    formula: "A_j = E[s y + (1 - s)(1 - y) | j]",
    paper: Some("Berk, Heidari, Jabbari, Kearns and Roth 2021"),
    tasks: TaskKind::CLASSIFICATION,
    options: &[],
    build: |_| Ok(Arc::new(Accuracy)),
};

/// The soft accuracy: the mean probability of the true class.
///
/// One constraint, for two classes as for several.
#[derive(Debug, Clone, Copy)]
pub struct Accuracy;

impl Statistic for Accuracy {
    fn rates(&self, input: &FairnessInput) -> Result<GroupRates, Error> {
        let right = input
            .class_probabilities()?
            .mul(input.class_labels()?)
            .sum_dim(1);
        let everybody = right.ones_like().detach();
        input.group_rates(right, everybody)
    }
}
