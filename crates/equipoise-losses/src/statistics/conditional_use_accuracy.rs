//! Equal precision of positive and of negative decisions.

use std::sync::Arc;

use super::{NegativePredictiveValue, PredictiveParity};
use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`ConditionalUseAccuracy`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "conditional-use-accuracy",
    summary: "Decisions of one kind are right at the same rate in every group.",
    formula: "PPV_j = E[s y | j] / E[s | j] and NPV_j = E[(1 - s)(1 - y) | j] / E[1 - s | j]",
    paper: Some("Berk, Heidari, Jabbari, Kearns and Roth 2021"),
    tasks: TaskKind::CLASSIFICATION,
    range: ValueRange::Fraction,
    options: &[],
    build: |_| Ok(Arc::new(ConditionalUseAccuracy)),
};

/// The soft precision and negative predictive value, as constraints of their own: sufficiency of
/// the decision.
///
/// Two constraints for two classes, two for each class for several: the precisions first.
#[derive(Debug, Clone, Copy)]
pub struct ConditionalUseAccuracy;

impl Statistic for ConditionalUseAccuracy {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        RateParts::join([
            PredictiveParity.parts(input)?,
            NegativePredictiveValue.parts(input)?,
        ])
    }
}
