//! Equal precision of negative decisions.

use std::sync::Arc;

use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`NegativePredictiveValue`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "negative-predictive-value",
    summary: "Negative decisions are right at the same rate in every group.",
    formula: "NPV_j = E[(1 - s)(1 - y) | j] / E[1 - s | j]",
    paper: Some("Berk, Heidari, Jabbari, Kearns and Roth 2021"),
    tasks: TaskKind::CLASSIFICATION,
    range: ValueRange::Fraction,
    options: &[],
    build: |_| Ok(Arc::new(NegativePredictiveValue)),
};

/// The soft negative predictive value `E[(1 - s)(1 - y) | j] / E[1 - s | j]`: the share of negative
/// rows among negative decisions.
///
/// One constraint for two classes; for several, one for each class against the others. A group
/// without a negative decision is absent.
#[derive(Debug, Clone, Copy)]
pub struct NegativePredictiveValue;

impl Statistic for NegativePredictiveValue {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        let decisions = input.negative_decisions()?;
        RateParts::new(decisions.clone().mul(input.negative_labels()?), decisions)
    }
}
