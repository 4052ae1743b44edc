//! Equal shares of the two kinds of error.

use std::sync::Arc;

use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`TreatmentEquality`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "treatment-equality",
    summary: "False negatives and false positives stand in the same proportion in every group.",
    formula: "T_j = FN_j / (FN_j + FP_j), FN_j = E[(1 - s) y | j], FP_j = E[s (1 - y) | j]",
    paper: Some("Berk, Heidari, Jabbari, Kearns and Roth 2021"),
    tasks: TaskKind::CLASSIFICATION,
    range: ValueRange::Fraction,
    options: &[],
    build: |_| Ok(Arc::new(TreatmentEquality)),
};

/// The share of false negatives among all errors, `FN / (FN + FP)`.
///
/// The criterion is usually written with the odds `FN / FP = T / (1 - T)`, which are equal where
/// the shares are. The odds have no bound: one group without a false positive makes them infinite,
/// and their squares overflow long before. The share stays within 0 and 1.
///
/// One constraint for two classes; for several, one for each class against the others. A group
/// without errors is absent.
#[derive(Debug, Clone, Copy)]
pub struct TreatmentEquality;

impl Statistic for TreatmentEquality {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        let missed = input.negative_decisions()?.mul(input.labels()?);
        let raised = input.decisions()?.mul(input.negative_labels()?);
        RateParts::new(missed.clone(), missed.add(raised))
    }
}
