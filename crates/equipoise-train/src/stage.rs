//! What the loop needs to know of a stage of training, and what a step tells of itself.

use std::{collections::BTreeMap, sync::Arc};

use burn::tensor::{ExecutionError, Tensor};
use burn_train::{InferenceStep, ItemLazy, LearnerModel, TrainStep, metric::Adaptor};

use equipoise_losses::{Pace, TotalState};
use equipoise_metrics::GroupCube;

use crate::Error;

/// A stage of training: a module that can make a step, and judge itself on the validation part.
pub trait Stage:
    LearnerModel
    + TrainStep<Input = Self::Batch, Output = StepReport>
    + InferenceStep<Input = Self::Batch, Output = StepReport>
{
    /// What the loader hands over.
    type Batch: Send + 'static;

    /// The values of the whole validation part, from the reports of all its batches. Losses of
    /// groups are computed on all rows at once: the mean of their batch values is another number.
    ///
    /// # Errors
    ///
    /// When a value cannot be computed.
    fn validate(&self, reports: &[StepReport]) -> Result<BTreeMap<String, f64>, Error>;

    /// The weight of the fairness loss, where there is one.
    fn lambda(&self) -> Option<f64> {
        None
    }

    /// What else is to be watched of the epoch that ends, by name.
    fn watched(&self) -> BTreeMap<String, f64> {
        BTreeMap::new()
    }

    /// Told before every step where training stands.
    fn set_pace(&self, _pace: Pace) {}

    /// What is remembered beside the weights of the model, for a checkpoint. It is shared by all
    /// copies of the stage.
    fn memory(&self) -> TotalState {
        TotalState::default()
    }

    /// Takes up what a checkpoint remembers.
    fn recall(&self, _memory: TotalState) {}
}

/// What one batch gave, as plain values on the host.
#[derive(Debug, Clone)]
pub struct StepReport(Arc<StepValues>);

/// The values of a [`StepReport`].
#[derive(Debug, Clone, Default)]
pub struct StepValues {
    /// The number of rows, or of what else the losses are means over, such as hidden tokens.
    pub rows: usize,
    /// The losses of the batch by name; `loss` is the one that was minimised.
    pub losses: Vec<(&'static str, f64)>,
    /// Raw outputs of the model, `[rows, outputs]`, row after row; empty in pretraining.
    pub outputs: Vec<f32>,
    /// What the head saw, `[rows, width]`, row after row; empty where no loss reads it.
    pub representation: Vec<f32>,
    /// Raw outputs for the counterfactual of each row, `[rows, outputs]`, row after row; empty
    /// where no loss reads them.
    pub counterfactual_outputs: Vec<f32>,
    /// Targets, `[rows]`; empty in pretraining.
    pub targets: Vec<f32>,
    /// Group codes, `[rows, attributes]`, row after row; empty in pretraining.
    pub groups: Vec<u32>,
    /// Numbers of continuous attributes, `[rows, attributes]`, row after row; empty where there are
    /// none.
    pub group_values: Vec<f32>,
    /// Probabilities of the groups of soft attributes, `[rows, groups of soft attributes]`, row
    /// after row; empty where there are none.
    pub memberships: Vec<f32>,
    /// Row weights, `[rows]`; empty in pretraining.
    pub weights: Vec<f32>,
    /// The rows by group, label and decision where there are two classes, counted on the device.
    pub cube: Option<GroupCube>,
    /// Why the values could not be read from the device, if so.
    pub failure: Option<String>,
}

impl StepReport {
    /// Wraps the values; copies of the report share them.
    pub fn new(values: StepValues) -> Self {
        Self(Arc::new(values))
    }

    /// The loss of a name.
    pub fn loss(&self, name: &str) -> Option<f64> {
        self.losses
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    }
}

impl std::ops::Deref for StepReport {
    type Target = StepValues;

    fn deref(&self) -> &StepValues {
        &self.0
    }
}

impl ItemLazy for StepReport {
    fn sync(self) -> Result<Self, ExecutionError> {
        Ok(self)
    }
}

impl Adaptor<StepReport> for StepReport {
    fn adapt(&self) -> StepReport {
        self.clone()
    }
}

/// The mean of each loss over rows.
pub(crate) fn mean_losses(reports: &[StepReport]) -> BTreeMap<String, f64> {
    let mut sums: BTreeMap<String, (f64, usize)> = BTreeMap::new();
    for report in reports {
        for (name, value) in &report.losses {
            let (sum, rows) = sums.entry((*name).to_owned()).or_default();
            *sum += value * report.rows as f64;
            *rows += report.rows;
        }
    }
    sums.into_iter()
        .map(|(name, (sum, rows))| (name, sum / rows.max(1) as f64))
        .collect()
}

/// Reads a loss of shape `[1]` from its device.
pub(crate) fn read(loss: Tensor<1>) -> Result<f64, String> {
    loss.try_into_scalar::<f32>()
        .map(f64::from)
        .map_err(|error| error.to_string())
}
