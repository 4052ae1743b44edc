//! Equal accuracy.

use std::sync::Arc;

use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`Accuracy`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "accuracy",
    summary: "Decisions are right at the same rate in every group.",
    formula: "A_j = E[s y + (1 - s)(1 - y) | j]",
    paper: Some("Berk, Heidari, Jabbari, Kearns and Roth 2021"),
    tasks: TaskKind::CLASSIFICATION,
    range: ValueRange::Fraction,
    options: &[],
    build: |_| Ok(Arc::new(Accuracy)),
};

/// The soft accuracy: the mean probability of the true class.
///
/// One constraint, for two classes as for several.
#[derive(Debug, Clone, Copy)]
pub struct Accuracy;

impl Statistic for Accuracy {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        let right = input.class_probabilities()?.mul(input.class_labels()?);
        Ok(RateParts::mean(right.sum_dim(1)))
    }
}
