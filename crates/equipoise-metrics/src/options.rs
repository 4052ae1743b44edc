//! What goes into an audit.

use serde::{Deserialize, Serialize};

use crate::{
    BootstrapKind, Convention, Correction, Error, GapInterval, METRICS, MetricSpec, Outcome,
    RateInterval, Replicates, Unit, interval::two_sided_quantile, metric,
};

/// How to audit.
///
/// ```
/// use equipoise_metrics::{AuditOptions, Convention};
///
/// let options = AuditOptions {
///     convention: Convention::Fairlearn,
///     confidence: 0.9,
///     ..AuditOptions::default()
/// };
/// assert_eq!(options.min_count(), 0);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditOptions {
    /// The answers to the questions on which toolkits differ.
    pub convention: Convention,
    /// The confidence of all intervals, in `(0, 1)`; 0.95 by default.
    pub confidence: f64,
    /// The size below which a group is marked as small; `None` leaves it to the convention.
    pub min_count: Option<u64>,
    /// Whether small groups have no part in differences, ratios, minima and maxima.
    pub min_count_excludes: bool,
    /// The names of the metrics; `None` takes all that the data allow.
    pub metrics: Option<Vec<String>>,
    /// The score from which a row is predicted positive, in `[0, 1]`; 0.5 by default.
    pub threshold: f64,
    /// The seed of the bootstrap.
    pub seed: u64,
    /// The number of bootstrap replicates, from 0 to [`MAX_REPLICATES`](Self::MAX_REPLICATES);
    /// 1000 by default. With 0 nothing is bootstrapped.
    pub replicates: usize,
    /// How bootstrap replicates become an interval.
    pub bootstrap: BootstrapKind,
    /// The interval of a rate.
    pub interval: RateInterval,
    /// The interval of a gap between groups that no row or entity belongs to two of.
    pub gaps: GapInterval,
    /// The control attributes, which must be among the groups: all comparisons are repeated among
    /// the rows of each of their strata, and no control is compared itself.
    pub controls: Vec<String>,
    /// The reference group, as attributes and values: each other group is compared with it, signed.
    /// An intersection has a reference group where all of its attributes have one.
    pub reference: Vec<(String, String)>,
    /// The attributes of which [`MissingPolicy::OWN_GROUP`](equipoise_core::MissingPolicy::OWN_GROUP)
    /// stands for a group that is not known: it has no part in the gaps, and every value has
    /// [bounds](crate::Record::bounds) over all groups that its rows may belong to.
    pub bounds: Vec<String>,
    /// The number of permutations of each test of "no difference", from 0 to
    /// [`MAX_REPLICATES`](Self::MAX_REPLICATES); 0, the default, tests nothing.
    pub permutations: usize,
    /// How the p-values are corrected for the number of tests.
    pub correction: Correction,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self {
            convention: Convention::default(),
            confidence: 0.95,
            min_count: None,
            min_count_excludes: false,
            metrics: None,
            threshold: 0.5,
            seed: 0,
            replicates: 1000,
            bootstrap: BootstrapKind::default(),
            interval: RateInterval::default(),
            gaps: GapInterval::default(),
            controls: Vec::new(),
            reference: Vec::new(),
            bounds: Vec::new(),
            permutations: 0,
            correction: Correction::default(),
        }
    }
}

impl AuditOptions {
    /// The largest legal number of bootstrap replicates. Far fewer settle the percentiles.
    pub const MAX_REPLICATES: usize = 100_000;

    /// The size below which a group is marked as small.
    pub fn min_count(&self) -> u64 {
        self.min_count
            .unwrap_or_else(|| self.convention.default_min_count())
    }

    pub(crate) fn resampling(&self) -> Replicates {
        Replicates {
            count: self.replicates,
            seed: self.seed,
            kind: self.bootstrap,
        }
    }

    pub(crate) fn permutations(&self) -> Replicates {
        Replicates {
            count: self.permutations,
            seed: self.seed,
            kind: self.bootstrap,
        }
    }

    /// Checks all that can be checked before there are data.
    ///
    /// # Errors
    ///
    /// When a number is out of its range, or a metric does not exist.
    ///
    /// ```
    /// use equipoise_metrics::AuditOptions;
    ///
    /// let options = AuditOptions {
    ///     replicates: 1_000_000,
    ///     ..AuditOptions::default()
    /// };
    /// let error = options.check().map_err(|error| error.to_string());
    /// let expected = "`replicates` is 1000000, and a whole number from 0 to 100000 is legal";
    /// assert_eq!(error, Err(expected.to_owned()));
    /// ```
    pub fn check(&self) -> Result<(), Error> {
        // The quantile of a confidence that cannot be told from 1 is infinite.
        let quantile = two_sided_quantile(self.confidence);
        if !quantile.is_finite() {
            return Err(Error::Setting {
                setting: "confidence",
                value: self.confidence,
                legal: "a number above 0 and below 1",
            });
        }
        if !(0.0..=1.0).contains(&self.threshold) {
            return Err(Error::Setting {
                setting: "threshold",
                value: self.threshold,
                legal: "a number from 0 to 1",
            });
        }
        for (setting, number) in [
            ("replicates", self.replicates),
            ("permutations", self.permutations),
        ] {
            if number > Self::MAX_REPLICATES {
                return Err(Error::Setting {
                    setting,
                    value: number as f64,
                    legal: "a whole number from 0 to 100000",
                });
            }
        }
        let mut names = self.metrics.iter().flatten();
        names.try_for_each(|name| metric(name).map(|_| ()))
    }

    fn lacks_controls(&self, spec: &MetricSpec) -> bool {
        self.controls.is_empty() && spec.needs_controls()
    }

    /// The metrics to compute.
    pub(crate) fn metrics(&self, outcome: &Outcome<'_>) -> Result<Vec<&'static MetricSpec>, Error> {
        let is_regression = matches!(outcome, Outcome::Regression { .. });
        self.metrics_of(outcome.has_scores(), is_regression, outcome.kind())
    }

    /// The metrics to compute of labels and predictions that are 0 or 1.
    pub(crate) fn binary_metrics(
        &self,
        has_scores: bool,
    ) -> Result<Vec<&'static MetricSpec>, Error> {
        self.metrics_of(has_scores, false, "a binary outcome")
    }

    fn metrics_of(
        &self,
        has_scores: bool,
        is_regression: bool,
        outcome: &'static str,
    ) -> Result<Vec<&'static MetricSpec>, Error> {
        let suits =
            |spec: &MetricSpec| spec.unit == Unit::Rows || spec.is_of_regression() == is_regression;
        let Some(names) = &self.metrics else {
            let allowed = |spec: &&MetricSpec| {
                suits(spec) && (has_scores || !spec.needs_scores()) && !self.lacks_controls(spec)
            };
            return Ok(METRICS.iter().copied().filter(allowed).collect());
        };
        let mut metrics: Vec<&'static MetricSpec> = Vec::with_capacity(names.len());
        for name in names {
            let spec = metric(name)?;
            if !suits(spec) {
                return Err(Error::OtherOutcome {
                    metric: spec.name,
                    outcome,
                });
            }
            if !has_scores && spec.needs_scores() {
                return Err(Error::NeedsScores { metric: spec.name });
            }
            if self.lacks_controls(spec) {
                return Err(Error::NeedsControls { metric: spec.name });
            }
            if metrics.iter().all(|known| known.name != spec.name) {
                metrics.push(spec);
            }
        }
        Ok(metrics)
    }
}
