//! Equal positive rates.

use std::sync::Arc;

use crate::{Error, FairnessInput, RateParts, Statistic, StatisticSpec, TaskKind, ValueRange};

/// See [`DemographicParity`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "demographic-parity",
    summary: "Every group gets the positive decision at the same rate.",
    formula: "P_j = E[s | j]",
    paper: Some("Calders, Kamiran and Pechenizkiy 2009"),
    tasks: TaskKind::CLASSIFICATION,
    range: ValueRange::Fraction,
    options: &[],
    build: |_| Ok(Arc::new(DemographicParity)),
};

/// The soft positive rate `E[s | j]`, whatever the label.
///
/// One constraint for two classes, one for each class for several.
#[derive(Debug, Clone, Copy)]
pub struct DemographicParity;

impl Statistic for DemographicParity {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        Ok(RateParts::mean(input.decisions()?))
    }
}
