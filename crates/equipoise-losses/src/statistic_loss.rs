//! A statistic charged by a penalty.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::{Error, FairnessInput, FairnessLoss, LossState, Penalty, Statistic, TaskKind};

/// The sum over the constraints of a statistic of what a penalty charges for each.
///
/// A constraint with fewer than two present groups is left out: it adds exactly 0.
#[derive(Debug, Clone)]
pub struct StatisticLoss {
    name: String,
    tasks: Vec<TaskKind>,
    statistic: Arc<dyn Statistic>,
    penalty: Arc<dyn Penalty>,
}

impl StatisticLoss {
    /// A loss from its two halves, under a name of its own.
    pub fn new(
        name: impl Into<String>,
        tasks: &[TaskKind],
        statistic: Arc<dyn Statistic>,
        penalty: Arc<dyn Penalty>,
    ) -> Self {
        Self {
            name: name.into(),
            tasks: tasks.to_vec(),
            statistic,
            penalty,
        }
    }
}

impl FairnessLoss for StatisticLoss {
    fn name(&self) -> &str {
        &self.name
    }

    fn tasks(&self) -> &[TaskKind] {
        &self.tasks
    }

    fn statistic(&self) -> Option<Arc<dyn Statistic>> {
        Some(Arc::clone(&self.statistic))
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        self.check_task(input.task())?;
        let rates = self.statistic.rates(input)?;
        let charge = self.penalty.charge(&rates);
        let comparable = rates.comparable();
        if charge.dims() != comparable.dims() {
            return Err(Error::Shape {
                what: "charges",
                expected: comparable.dims().to_vec(),
                found: charge.dims().to_vec(),
            });
        }
        Ok(charge.mul(comparable).sum())
    }
}
