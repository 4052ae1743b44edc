//! Equal true-negative rates.

use std::sync::Arc;

use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`TrueNegativeRate`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "true-negative-rate",
    summary: "Negative rows get the negative decision at the same rate in every group.",
    formula: "TNR_j = E[1 - s | j, y = 0]",
    paper: Some("Berk, Heidari, Jabbari, Kearns and Roth 2021"),
    tasks: TaskKind::CLASSIFICATION,
    range: ValueRange::Fraction,
    options: &[],
    build: |_| Ok(Arc::new(TrueNegativeRate)),
};

/// The soft true-negative rate `E[1 - s | j, y = 0]`, which is 1 less the false-positive rate.
///
/// Its differences are those of [`super::PredictiveEquality`]; relative penalties tell the two
/// apart, for a gap of 0.05 is large for a rate of 0.1 and small for one of 0.9. One constraint
/// for two classes; for several, one for each class against the others. A group without a
/// negative row is absent.
#[derive(Debug, Clone, Copy)]
pub struct TrueNegativeRate;

impl Statistic for TrueNegativeRate {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        RateParts::mean_among(input.negative_decisions()?, input.negative_labels()?)
    }
}
