//! A weight with what it remembers.

use serde::{Deserialize, Serialize};

use super::{
    balance::GradientNorms,
    config::LambdaConfig,
    dual::{Charge, DualState, TermWeight},
    group_counts::GroupCounts,
};
use crate::Error;

/// What the weight of a term remembers from step to step, as plain numbers that a checkpoint
/// keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LambdaState {
    /// Nothing: the weight is fixed or scheduled.
    Stateless,
    /// Multipliers and running rates.
    Dual(DualState),
    /// Running norms.
    Norms(GradientNorms),
}

impl LambdaState {
    /// The state before the first step.
    pub fn new(config: &LambdaConfig, charge: Charge) -> Self {
        match config {
            LambdaConfig::Fixed(_) | LambdaConfig::Schedule(_) => Self::Stateless,
            LambdaConfig::Target(_) => Self::Dual(DualState::new(charge)),
            LambdaConfig::Gradient(_) => Self::Norms(GradientNorms::default()),
        }
    }

    /// What charges the term, after a share of all steps in `[0, 1]`.
    pub fn weight(&self, config: &LambdaConfig, progress: f64) -> TermWeight {
        match (config, self) {
            (LambdaConfig::Fixed(value), _) => TermWeight::Value(*value),
            (LambdaConfig::Schedule(schedule), _) => TermWeight::Value(schedule.weight(progress)),
            (LambdaConfig::Target(target), Self::Dual(state)) => state.weight(target),
            (LambdaConfig::Gradient(fraction), Self::Norms(norms)) => {
                TermWeight::Value(norms.weight(fraction))
            }
            _ => TermWeight::Value(0.0),
        }
    }

    /// The weight as one number: the sum of the multipliers where there are several.
    pub fn total(&self, config: &LambdaConfig, progress: f64) -> f64 {
        match (self, self.weight(config, progress)) {
            (Self::Dual(state), _) => state.total(),
            (_, TermWeight::Value(value)) => value,
            (_, TermWeight::Rates(factors)) => factors.iter().map(|factor| factor.abs()).sum(),
        }
    }

    /// The sum of the multipliers of each constraint, where there are multipliers.
    pub fn by_constraint(&self) -> Vec<f64> {
        match self {
            Self::Dual(state) => state.by_constraint(),
            _ => Vec::new(),
        }
    }

    /// The largest violation of the window of recent batches, where one is measured.
    pub fn violation(&self) -> Option<f64> {
        match self {
            Self::Dual(state) => state.violation(),
            _ => None,
        }
    }

    /// Takes in the hard decisions of a training batch; see [`DualState::observe`].
    ///
    /// # Errors
    ///
    /// When the batch has other constraints or groups than the ones before.
    pub fn observe(
        &mut self,
        config: &LambdaConfig,
        batch: &GroupCounts,
        steps: usize,
    ) -> Result<(), Error> {
        match (config, self) {
            (LambdaConfig::Target(target), Self::Dual(state)) => {
                state.observe(target, batch, steps)
            }
            _ => Ok(()),
        }
    }

    /// Takes in hard decisions at the end of an epoch; see [`DualState::correct`].
    pub fn correct(&mut self, measured: &GroupCounts) {
        if let Self::Dual(state) = self {
            state.correct(measured);
        }
    }

    /// Takes in the norms of the gradients of task and fairness loss in a step.
    pub fn observe_norms(&mut self, config: &LambdaConfig, task: f64, fairness: f64) {
        if let (LambdaConfig::Gradient(fraction), Self::Norms(norms)) = (config, self) {
            norms.observe(fraction, task, fairness);
        }
    }
}
