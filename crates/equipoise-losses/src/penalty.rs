//! How inequality is charged.

use std::{fmt, sync::Arc};

use burn::tensor::Tensor;

use crate::{Error, GroupRates, Laws, OptionSpec, Options, ValueRange};

/// Turns the rates of groups into one number per constraint that is 0 where they are equal.
///
/// [`GroupRates`] takes care of absent groups: their share is 0 and their rate the overall one.
/// What a penalty returns for a constraint with fewer than two present groups is not used, but
/// it must be finite.
///
/// What a penalty returns must not depend on the order of groups.
pub trait Penalty: fmt::Debug + Send + Sync {
    /// The charge of every constraint, `[constraints, 1]`.
    fn charge(&self, rates: &GroupRates) -> Tensor<2>;

    /// What sampling adds to the charge, for a penalty whose charge can be freed from it; see
    /// [`crate::Estimate::Unbiased`].
    fn sampling_bias(&self) -> Option<&dyn SamplingBias> {
        None
    }
}

/// A penalty that is quadratic in the rates, so that the mean of what sampling adds is known.
pub trait SamplingBias {
    /// The mean of what sampling adds to the charge of every constraint, `[constraints, 1]`, given
    /// the sampling variance of each rate, `[constraints, groups]`, 0 for an absent group.
    fn bias(&self, rates: &GroupRates, variances: Tensor<2>) -> Tensor<2>;
}

/// A penalty as the registry knows it.
#[derive(Debug, Clone, Copy)]
pub struct PenaltySpec {
    /// The name by which a config asks for it, in kebab case.
    pub name: &'static str,
    /// What it charges, as a sentence.
    pub summary: &'static str,
    /// Its formula for one constraint; `r_j` is a group's rate, `pi_j` its share, `r` the overall
    /// rate.
    pub formula: &'static str,
    /// Where it was proposed, with the year; `None` where it was not published.
    pub paper: Option<&'static str>,
    /// What holds for its value, given a statistic that is smooth itself.
    pub laws: Laws,
    /// The widest range of rates that it can charge.
    pub range: ValueRange,
    /// The options that it reads.
    pub options: &'static [OptionSpec],
    /// Makes it from the options of a config.
    pub build: fn(&Options<'_>) -> Result<Arc<dyn Penalty>, Error>,
}

impl PenaltySpec {
    /// A penalty without a paper, with all laws, for rates of any sign, and without options; what
    /// differs is set beside it, with `..PenaltySpec::new(...)` as the rest.
    pub const fn new(
        name: &'static str,
        summary: &'static str,
        formula: &'static str,
        build: fn(&Options<'_>) -> Result<Arc<dyn Penalty>, Error>,
    ) -> Self {
        Self {
            name,
            summary,
            formula,
            paper: None,
            laws: Laws::ALL,
            range: ValueRange::Signed,
            options: &[],
            build,
        }
    }
}
