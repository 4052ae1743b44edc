//! Equal false-positive rates.

use std::sync::Arc;

use crate::{Error, FairnessInput, GroupRates, Statistic, StatisticSpec, TaskKind};

/// See [`PredictiveEquality`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "predictive-equality",
    summary: "Negative rows get the positive decision at the same rate in every group.",
    formula: "FPR_j = E[s | j, y = 0]",
    paper: Some("Corbett-Davies, Pierson, Feller, Goel and Huq 2017"),
    tasks: TaskKind::CLASSIFICATION,
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
    fn rates(&self, input: &FairnessInput) -> Result<GroupRates, Error> {
        let negative = input.labels()?.neg().add_scalar(1.0);
        input.group_rates(input.decisions()?, negative)
    }
}
