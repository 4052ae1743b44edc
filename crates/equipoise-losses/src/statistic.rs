//! What should be equal between groups.

use std::{fmt, sync::Arc};

use crate::{Error, FairnessInput, GroupRates, OptionSpec, Options, RateParts, TaskKind};

/// A number for every group that a fair model makes equal, such as its positive rate.
///
/// A statistic may have several *constraints*: equalized odds asks for equal true-positive rates
/// and equal false-positive rates. A [`crate::Penalty`] charges each constraint's inequality.
///
/// What a statistic returns must not depend on the order of rows or groups.
pub trait Statistic: fmt::Debug + Send + Sync {
    /// What each row adds to the rates, `[batch, constraints]`.
    ///
    /// # Errors
    ///
    /// When the statistic is not defined for the input's task.
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error>;

    /// The rates of the groups in this batch, `[constraints, groups]`.
    ///
    /// # Errors
    ///
    /// As [`Self::parts`].
    fn rates(&self, input: &FairnessInput) -> Result<GroupRates, Error> {
        self.parts(input)?.by_group(input)
    }

    /// Whether it counts decisions, of which probabilities are the soft form. The others are made
    /// of scores or losses, and are measured on those.
    fn is_of_decisions(&self) -> bool {
        true
    }
}

/// Which values the rates of a statistic can have, from the narrowest to the widest.
///
/// A penalty that divides by the overall rate, or takes rates for probabilities, is not defined
/// for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueRange {
    /// Within 0 and 1.
    Fraction,
    /// 0 or more.
    NonNegative,
    /// Any number.
    Signed,
}

impl fmt::Display for ValueRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fraction => "within 0 and 1",
            Self::NonNegative => "0 or more",
            Self::Signed => "of any sign",
        })
    }
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
    /// Which values its rates can have.
    pub range: ValueRange,
    /// The options that it reads.
    pub options: &'static [OptionSpec],
    /// Makes it from the options of a config.
    pub build: fn(&Options<'_>) -> Result<Arc<dyn Statistic>, Error>,
}

impl StatisticSpec {
    /// A statistic without a paper, for tasks with classes, with rates of any sign, and without options; what differs is set with `..` after it.
    pub const fn new(
        name: &'static str,
        summary: &'static str,
        formula: &'static str,
        build: fn(&Options<'_>) -> Result<Arc<dyn Statistic>, Error>,
    ) -> Self {
        Self {
            name,
            summary,
            formula,
            paper: None,
            tasks: TaskKind::CLASSIFICATION,
            range: ValueRange::Signed,
            options: &[],
            build,
        }
    }
}
