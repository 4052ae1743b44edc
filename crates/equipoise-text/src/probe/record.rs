//! What a probe found.

use serde::{Deserialize, Serialize};

use super::{ProbeOptions, interval::wilson};

/// One number that a probe found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeRecord {
    /// The probe, as in [`PROBES`](super::PROBES).
    pub probe: String,
    /// The measure, as in [`ProbeSpec::measures`](super::ProbeSpec::measures).
    pub measure: String,
    /// Which examples: names and values such as `bias_type` and `gender`. Empty for all of them.
    pub subset: Vec<(String, String)>,
    /// The number of examples.
    pub count: usize,
    /// The value, or `None` where it cannot be estimated.
    pub value: Option<f64>,
    /// The lower end of the interval, where there is one.
    pub low: Option<f64>,
    /// The upper end of the interval, where there is one.
    pub high: Option<f64>,
    /// The p-value, for tests.
    pub p_value: Option<f64>,
    /// Why there is no value.
    pub reason: Option<String>,
}

impl ProbeRecord {
    /// A value without interval.
    pub(super) fn value(
        probe: &'static str,
        measure: &'static str,
        subset: &[(&str, &str)],
        count: usize,
        value: f64,
    ) -> Self {
        Self {
            probe: probe.to_owned(),
            measure: measure.to_owned(),
            subset: (subset.iter())
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            count,
            value: Some(value),
            low: None,
            high: None,
            p_value: None,
            reason: None,
        }
    }

    /// The same with an interval, where there is one.
    #[must_use]
    pub(super) fn with_interval(mut self, interval: Option<(f64, f64)>) -> Self {
        self.low = interval.map(|(low, _)| low);
        self.high = interval.map(|(_, high)| high);
        self
    }

    /// No value, with the reason.
    pub(super) fn missing(
        probe: &'static str,
        measure: &'static str,
        subset: &[(&str, &str)],
        reason: &str,
    ) -> Self {
        Self {
            value: None,
            reason: Some(reason.to_owned()),
            ..Self::value(probe, measure, subset, 0, 0.0)
        }
    }

    /// A share with its Wilson interval, or the reason why there is none.
    pub(super) fn share(
        probe: &'static str,
        measure: &'static str,
        subset: &[(&str, &str)],
        (hits, count): (usize, usize),
        options: &ProbeOptions,
    ) -> Self {
        if count == 0 {
            return Self::missing(probe, measure, subset, "no examples");
        }
        Self::value(probe, measure, subset, count, hits as f64 / count as f64)
            .with_interval(wilson(hits, count, options))
    }
}
