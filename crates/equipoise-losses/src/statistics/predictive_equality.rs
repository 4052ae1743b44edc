//! Equal false-positive rates.

use std::sync::Arc;

use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`PredictiveEquality`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "predictive-equality",
    summary: "Negative rows get the positive decision at the same rate in every group.",
    formula: "FPR_j = E[s | j, y = 0]",
    paper: Some("Corbett-Davies, Pierson, Feller, Goel and Huq 2017"),
    tasks: TaskKind::CLASSIFICATION,
    range: ValueRange::Fraction,
    options: &[],
    build: |_| Ok(Arc::new(PredictiveEquality)),
};

/// The soft false-positive rate `E[s | j, y = 0]`.
///
/// One constraint for two classes; for several, one for each class against the others. A group
/// without a negative row is absent.
#[derive(Debug, Clone, Copy)]
pub struct PredictiveEquality;

impl Statistic for PredictiveEquality {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        RateParts::mean_among(input.decisions()?, input.negative_labels()?)
    }
}
