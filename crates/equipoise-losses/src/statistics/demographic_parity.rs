//! Equal positive rates.

use std::sync::Arc;

use crate::{Error, FairnessInput, GroupRates, Statistic, StatisticSpec, TaskKind};

/// See [`DemographicParity`].
pub(super) const SPEC: StatisticSpec = StatisticSpec {
    name: "demographic-parity",
    summary: "Every group gets the positive decision at the same rate.",
    formula: "P_j = E[s | j]",
    paper: Some("Calders, Kamiran and Pechenizkiy 2009"),
    tasks: TaskKind::CLASSIFICATION,
    options: &[],
    build: |_| Ok(Arc::new(DemographicParity)),
};

/// The soft positive rate `E[s | j]`, whatever the label.
///
/// One constraint for two classes, one for each class for several.
#[derive(Debug, Clone, Copy)]
pub struct DemographicParity;

impl Statistic for DemographicParity {
    fn rates(&self, input: &FairnessInput) -> Result<GroupRates, Error> {
        let decisions = input.decisions()?;
        let everybody = decisions.ones_like().detach();
        input.group_rates(decisions, everybody)
    }
}
