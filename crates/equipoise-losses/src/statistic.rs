//! What should be equal between groups.

use std::{fmt, sync::Arc};

use crate::{Error, FairnessInput, GroupRates, OptionSpec, Options, TaskKind};

/// A number for every group that a fair model makes equal, such as its positive rate.
///
/// A statistic may have several *constraints*: equalized odds asks for equal true-positive rates
/// and equal false-positive rates. A [`crate::Penalty`] charges each constraint's inequality.
///
/// What a statistic returns must not depend on the order of rows or groups.
pub trait Statistic: fmt::Debug + Send + Sync {
    /// The rates of the groups in this batch, `[constraints, groups]`.
    ///
    /// # Errors
    ///
    /// When the statistic is not defined for the input's task.
    fn rates(&self, input: &FairnessInput) -> Result<GroupRates, Error>;
}

/// A statistic as the registry knows it.
#[derive(Debug, Clone, Copy)]
pub struct StatisticSpec {
    /// The name by which a config asks for it, in kebab case.
    pub name: &'static str,
    /// What it asks for, as a sentence.
    pub summary: &'static str,
    /// Its formula; `s` is the model's probability, `y` the label, `j` a group.
    pub formula: &'static str,
    /// Where it was proposed, with the year; `None` where it was not published.
    pub paper: Option<&'static str>,
    /// The tasks for which it is defined.
    pub tasks: &'static [TaskKind],
    /// The options that it reads.
    pub options: &'static [OptionSpec],
    /// Makes it from the options of a config.
    pub build: fn(&Options<'_>) -> Result<Arc<dyn Statistic>, Error>,
}
