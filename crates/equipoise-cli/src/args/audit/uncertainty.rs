//! How sure the values are.

use clap::{Args, ValueEnum};
use equipoise_metrics::{AuditOptions, BootstrapKind, Correction, GapInterval, RateInterval};

/// Intervals and tests.
#[derive(Debug, Args)]
pub(crate) struct UncertaintyArgs {
    /// The level of the intervals, above 0 and below 1.
    #[arg(long, value_name = "NUMBER", default_value_t = 0.95, value_parser = confidence)]
    pub(crate) confidence: f64,

    /// The column that tells which rows belong together, such as a patient: intervals come from
    /// drawing patients with all their rows.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) cluster: Option<String>,

    /// The interval of a rate.
    #[arg(long, value_enum, value_name = "NAME", default_value_t)]
    pub(crate) interval: RateIntervalName,

    /// The interval of a gap between groups.
    #[arg(long, value_enum, value_name = "NAME", default_value_t)]
    pub(crate) gaps: GapIntervalName,

    /// How bootstrap replicates become an interval.
    #[arg(long, value_enum, value_name = "NAME", default_value_t)]
    pub(crate) bootstrap: BootstrapName,

    /// The number of bootstrap replicates; 0 bootstraps nothing [default: 1000].
    #[arg(long, value_name = "NUMBER", value_parser = replicates)]
    pub(crate) replicates: Option<usize>,

    /// The number of permutations of each test of "no difference"; 0 tests nothing.
    #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = replicates)]
    pub(crate) permutations: usize,

    /// How p-values are corrected for the number of tests.
    #[arg(
        long,
        value_enum,
        value_name = "NAME",
        default_value_t,
        requires = "permutations"
    )]
    pub(crate) correction: CorrectionName,

    /// The seed of the bootstrap and of the permutations [default: 0].
    #[arg(long, value_name = "NUMBER", value_parser = crate::args::seed())]
    pub(crate) seed: Option<u64>,
}

/// An interval of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum RateIntervalName {
    /// Wilson's score interval.
    #[default]
    Wilson,
    /// Jeffreys' interval.
    Jeffreys,
}

impl RateIntervalName {
    /// The same as the metrics know it.
    pub(crate) fn interval(self) -> RateInterval {
        match self {
            Self::Wilson => RateInterval::Wilson,
            Self::Jeffreys => RateInterval::Jeffreys,
        }
    }
}

/// An interval of a gap between groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum GapIntervalName {
    /// Made from the intervals of the groups; covers equal groups.
    #[default]
    Pairs,
    /// From the bootstrap, which near equality covers less often than it says.
    Bootstrap,
}

impl GapIntervalName {
    /// The same as the metrics know it.
    pub(crate) fn interval(self) -> GapInterval {
        match self {
            Self::Pairs => GapInterval::Pairs,
            Self::Bootstrap => GapInterval::Bootstrap,
        }
    }
}

/// What is read off bootstrap replicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum BootstrapName {
    /// Their percentiles.
    #[default]
    Percentile,
    /// Percentiles corrected for bias and skewness.
    Bca,
}

impl BootstrapName {
    /// The same as the metrics know it.
    pub(crate) fn kind(self) -> BootstrapKind {
        match self {
            Self::Percentile => BootstrapKind::Percentile,
            Self::Bca => BootstrapKind::Bca,
        }
    }
}

/// A correction for the number of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum CorrectionName {
    /// None.
    None,
    /// Holm's, which bounds the chance of any false alarm.
    #[default]
    Holm,
    /// Benjamini's and Hochberg's, which bounds the share of false alarms.
    Bh,
}

impl CorrectionName {
    /// The same as the metrics know it.
    pub(crate) fn correction(self) -> Correction {
        match self {
            Self::None => Correction::None,
            Self::Holm => Correction::Holm,
            Self::Bh => Correction::BenjaminiHochberg,
        }
    }
}

/// A level of intervals.
pub(in crate::args) fn confidence(text: &str) -> Result<f64, &'static str> {
    let number: Option<f64> = text.parse().ok();
    number
        .filter(|&number| number > 0.0 && number < 1.0)
        .ok_or("not a number above 0 and below 1")
}

/// A number of replicates or permutations.
fn replicates(text: &str) -> Result<usize, &'static str> {
    let number: Option<usize> = text.parse().ok();
    number
        .filter(|&number| number <= AuditOptions::MAX_REPLICATES)
        .ok_or("not a whole number from 0 to 100000")
}
