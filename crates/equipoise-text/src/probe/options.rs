//! How sure a probe should be.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::Error;

/// How sure a probe should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProbeOptions {
    /// The confidence of intervals, above 0 and below 1.
    pub confidence: f64,
    /// The number of resamples of a bootstrap, at least 1.
    pub resamples: usize,
    /// The most permutations of a test, at least 1: where there are more, so many are drawn.
    pub permutations: usize,
    /// The seed of all that is drawn.
    pub seed: u64,
}

impl Default for ProbeOptions {
    fn default() -> Self {
        Self {
            confidence: 0.95,
            resamples: 1000,
            permutations: 100_000,
            seed: 0,
        }
    }
}

impl ProbeOptions {
    /// Checks the ranges.
    pub(super) fn check(&self) -> Result<(), Error> {
        let is_open_share = self.confidence > 0.0 && self.confidence < 1.0;
        if !is_open_share {
            return Err(Error::Range {
                what: "the confidence",
                found: self.confidence,
                legal: "above 0 and below 1",
            });
        }
        for (what, found) in [
            ("the number of resamples", self.resamples),
            ("the number of permutations", self.permutations),
        ] {
            if found == 0 {
                return Err(Error::Range {
                    what,
                    found: 0.0,
                    legal: "at least 1",
                });
            }
        }
        Ok(())
    }

    /// The quantile of the normal distribution between whose negative and itself lies the
    /// confidence.
    pub(super) fn quantile(&self) -> f64 {
        Normal::standard().inverse_cdf(0.5 + self.confidence / 2.0)
    }
}
