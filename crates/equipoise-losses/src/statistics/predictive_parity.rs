//! Equal precision.

use std::sync::Arc;

use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`PredictiveParity`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "predictive-parity",
    summary: "Positive decisions are right at the same rate in every group.",
    formula: "PPV_j = E[s y | j] / E[s | j]",
    paper: Some("Chouldechova 2017"),
    tasks: TaskKind::CLASSIFICATION,
    range: ValueRange::Fraction,
    options: &[],
    build: |_| Ok(Arc::new(PredictiveParity)),
};

/// The soft precision `E[s y | j] / E[s | j]`: the share of positive rows among positive decisions.
///
/// One constraint for two classes; for several, one for each class against the others. A group
/// without a positive decision, one whose scores have all but vanished, is absent.
#[derive(Debug, Clone, Copy)]
pub struct PredictiveParity;

impl Statistic for PredictiveParity {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        let decisions = input.decisions()?;
        RateParts::new(decisions.clone().mul(input.labels()?), decisions)
    }
}
