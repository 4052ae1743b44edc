//! A fairness loss: a number to be made small beside the task loss.

use std::{fmt, sync::Arc};

use burn::tensor::Tensor;

use crate::{
    Error, FairnessInput, Laws, LossState, Need, OptionSpec, Options, Statistic, TaskKind,
};

/// How unfair a model is on a batch.
///
/// Implement it for a loss that is not a [`crate::Statistic`] charged by a [`crate::Penalty`];
/// those are made by [`crate::StatisticLoss`].
pub trait FairnessLoss: fmt::Debug + Send + Sync {
    /// The name, as logs and reports show it.
    fn name(&self) -> &str;

    /// The tasks for which it is defined: those with classes, unless it says otherwise.
    fn tasks(&self) -> &[TaskKind] {
        TaskKind::CLASSIFICATION
    }

    /// What it reads beside outputs, targets, groups and weights: nothing, unless it says
    /// otherwise.
    fn needs(&self) -> &[Need] {
        &[]
    }

    /// The loss, `[1]`, with a gradient for the outputs, given what was remembered; nothing is
    /// learnt from these rows, as validation asks.
    ///
    /// A group without rows takes no part; a batch with fewer than two groups gives exactly 0
    /// and the gradient 0, unless the loss is one of all rows. Finite outputs and weights give a
    /// finite loss and gradient; NaN outputs give NaN.
    ///
    /// # Errors
    ///
    /// When the loss is not defined for the input's task, see [`Self::check_task`], when the input
    /// lacks something of [`Self::needs`], or when the state is that of another loss or of other
    /// groups.
    fn value(&self, input: &FairnessInput, state: &LossState) -> Result<Tensor<1>, Error>;

    /// The loss of the next batch of training, `[1]`, with the gradient that training is to
    /// follow. A loss that remembers learns from these rows first; others give their value.
    ///
    /// # Errors
    ///
    /// As [`Self::value`], and when what is to be remembered is not finite.
    fn step(&self, input: &FairnessInput, state: &mut LossState) -> Result<Tensor<1>, Error> {
        self.value(input, state)
    }

    /// The statistic that it charges, where it is one: how far apart the hard rates of the groups
    /// are is then measured by it.
    fn statistic(&self) -> Option<Arc<dyn Statistic>> {
        None
    }

    /// Checks before training that the loss is defined for a task.
    ///
    /// # Errors
    ///
    /// When it is not.
    fn check_task(&self, task: TaskKind) -> Result<(), Error> {
        if self.tasks().contains(&task) {
            Ok(())
        } else {
            Err(Error::Task {
                name: self.name().to_owned(),
                task,
                legal: self.tasks().to_vec(),
            })
        }
    }
}

/// A whole loss as the registry knows it.
#[derive(Debug, Clone, Copy)]
pub struct LossSpec {
    /// The name by which a config asks for it, in kebab case.
    pub name: &'static str,
    /// What it measures, as a sentence.
    pub summary: &'static str,
    /// Its formula; `P_jc` is the mean probability of class `c` in group `j`, `pi_j` the group's
    /// share.
    pub formula: &'static str,
    /// Where it was proposed, with the year; `None` where it was not published.
    pub paper: Option<&'static str>,
    /// The tasks for which it is defined.
    pub tasks: &'static [TaskKind],
    /// What holds for its value.
    pub laws: Laws,
    /// What it reads beside outputs, targets, groups and weights.
    pub needs: &'static [Need],
    /// The options that it reads.
    pub options: &'static [OptionSpec],
    /// Makes it from the options of a config.
    pub build: fn(&Options<'_>) -> Result<Arc<dyn FairnessLoss>, Error>,
}

impl LossSpec {
    /// A loss without a paper, for tasks with classes, with all laws and without needs, and without options; what differs is set with `..` after it.
    pub const fn new(
        name: &'static str,
        summary: &'static str,
        formula: &'static str,
        build: fn(&Options<'_>) -> Result<Arc<dyn FairnessLoss>, Error>,
    ) -> Self {
        Self {
            name,
            summary,
            formula,
            paper: None,
            tasks: TaskKind::CLASSIFICATION,
            laws: Laws::ALL,
            needs: &[],
            options: &[],
            build,
        }
    }
}
