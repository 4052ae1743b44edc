//! Equal true-positive rates.

use std::sync::Arc;

use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`EqualOpportunity`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "equal-opportunity",
    summary: "Positive rows get the positive decision at the same rate in every group.",
    formula: "TPR_j = E[s | j, y = 1]",
    paper: Some("Hardt, Price and Srebro 2016"),
    tasks: TaskKind::CLASSIFICATION,
    range: ValueRange::Fraction,
    options: &[],
    build: |_| Ok(Arc::new(EqualOpportunity)),
};

/// The soft true-positive rate `E[s | j, y = 1]`.
///
/// One constraint for two classes; for several, one for each class against the others. A group
/// without a positive row is absent.
#[derive(Debug, Clone, Copy)]
pub struct EqualOpportunity;

impl Statistic for EqualOpportunity {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        RateParts::mean_among(input.decisions()?, input.labels()?)
    }
}
