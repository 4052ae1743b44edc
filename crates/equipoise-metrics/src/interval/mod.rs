//! Intervals of one value, and of the gap between several.

mod delta;
mod gap;
mod jeffreys;
mod mover;
mod normal;
mod wilson;

pub use delta::delta_standard_error;
pub use gap::{GroupInterval, gap_interval, largest_interval, ratio_interval, smallest_interval};
pub use jeffreys::jeffreys;
pub use mover::{mover_difference, mover_ratio};
pub use normal::normal;
pub use wilson::wilson;

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// Which interval a rate has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RateInterval {
    /// [`wilson`].
    #[default]
    Wilson,
    /// [`jeffreys`].
    Jeffreys,
}

impl RateInterval {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Wilson, Self::Jeffreys];

    /// The name as options and files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wilson => "wilson",
            Self::Jeffreys => "jeffreys",
        }
    }

    /// The interval of `hits / trials` at a confidence in `(0, 1)`; `None` as [`wilson`] and
    /// [`jeffreys`] say.
    pub fn of(self, hits: f64, trials: f64, confidence: f64) -> Option<Interval> {
        match self {
            Self::Wilson => wilson(hits, trials, two_sided_quantile(confidence)),
            Self::Jeffreys => jeffreys(hits, trials, confidence),
        }
    }
}

/// Which interval a gap between independent groups has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum GapInterval {
    /// From the intervals of the groups: [`gap_interval`], [`ratio_interval`],
    /// [`largest_interval`], [`smallest_interval`]; to a reference group [`mover_difference`] and
    /// [`mover_ratio`].
    #[default]
    Pairs,
    /// From the bootstrap, which near equality covers less often than its confidence says, and
    /// equality itself never.
    Bootstrap,
}

impl GapInterval {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Pairs, Self::Bootstrap];

    /// The name as options and files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pairs => "pairs",
            Self::Bootstrap => "bootstrap",
        }
    }
}

/// A lower and an upper end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Whether it is a single number, up to rounding. As an interval that would pass for
    /// certainty.
    pub(crate) fn is_point(&self) -> bool {
        const ROUNDING: f64 = 1e-12;
        self.high - self.low <= ROUNDING * self.low.abs().max(self.high.abs())
    }
}

/// The normal quantile that leaves `(1 - confidence) / 2` on either side: 1.96 for 0.95.
///
/// NaN where `confidence` does not lie in `(0, 1)`, and infinite where it cannot be told from 1.
pub fn two_sided_quantile(confidence: f64) -> f64 {
    if confidence > 0.0 && confidence < 1.0 {
        Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence))
    } else {
        f64::NAN
    }
}
