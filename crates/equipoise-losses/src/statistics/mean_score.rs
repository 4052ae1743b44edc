//! Equal mean scores before the sigmoid.

use std::sync::Arc;

use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`MeanScore`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "mean-score",
    summary: "The mean score is the same in every group.",
    formula: "M_j = E[z | j]",
    paper: Some(
        "Zafar, Valera, Gomez Rodriguez and Gummadi 2017, whose covariance is pi_0 pi_1 (M_1 - M_0)",
    ),
    tasks: &[TaskKind::Binary],
    range: ValueRange::Signed,
    options: &[],
    build: |_| Ok(Arc::new(MeanScore)),
};

/// The mean logit `E[z | j]`.
///
/// Its slope does not vanish where scores saturate, as that of the positive rate does; it knows the
/// mean of the logits alone, so equal means leave room for unequal decisions.
#[derive(Debug, Clone, Copy)]
pub struct MeanScore;

impl Statistic for MeanScore {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        Ok(RateParts::mean(input.outputs().clone()))
    }

    fn is_of_decisions(&self) -> bool {
        false
    }
}
