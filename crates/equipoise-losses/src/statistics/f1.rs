//! Equal F1 scores.

use std::sync::Arc;

use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`F1`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "f1",
    summary: "The harmonic mean of precision and recall is the same in every group.",
    formula: "F1_j = 2 E[s y | j] / E[s + y | j]",
    paper: Some("Celis, Huang, Keswani and Vishnoi 2019, for linear-fractional measures"),
    tasks: TaskKind::CLASSIFICATION,
    range: ValueRange::Fraction,
    options: &[],
    build: |_| Ok(Arc::new(F1)),
};

/// The soft F1 score `2 TP / (2 TP + FP + FN) = 2 E[s y | j] / E[s + y | j]`.
///
/// One constraint for two classes; for several, one for each class against the others. A group
/// with neither a positive row nor a positive decision is absent.
#[derive(Debug, Clone, Copy)]
pub struct F1;

impl Statistic for F1 {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        let (decisions, labels) = (input.decisions()?, input.labels()?);
        let hits = decisions.clone().mul(labels.clone());
        RateParts::new(hits.mul_scalar(2.0), decisions.add(labels))
    }
}
