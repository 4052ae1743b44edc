//! Equal false-negative rates.

use std::sync::Arc;

use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`FalseNegativeRate`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "false-negative-rate",
    summary: "Positive rows get the negative decision at the same rate in every group.",
    formula: "FNR_j = E[1 - s | j, y = 1]",
    paper: Some("Chouldechova 2017"),
    tasks: TaskKind::CLASSIFICATION,
    range: ValueRange::Fraction,
    options: &[],
    build: |_| Ok(Arc::new(FalseNegativeRate)),
};

/// The soft false-negative rate `E[1 - s | j, y = 1]`, which is 1 less the true-positive rate.
///
/// Its differences are those of [`super::EqualOpportunity`]; relative penalties tell the two
/// apart. One constraint for two classes; for several, one for each class against the others. A
/// group without a positive row is absent.
#[derive(Debug, Clone, Copy)]
pub struct FalseNegativeRate;

impl Statistic for FalseNegativeRate {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        RateParts::mean_among(input.negative_decisions()?, input.labels()?)
    }
}
