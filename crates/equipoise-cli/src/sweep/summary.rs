//! The runs of a trial put together.

use serde::Serialize;

use super::measure::{Measured, RunResult};

/// One measure over the seeds of a trial.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Summary {
    /// The mean over the seeds; `None` where a seed has no value.
    pub(crate) mean: Option<f64>,
    /// The sample standard deviation over the seeds; `None` with fewer than two.
    pub(crate) spread: Option<f64>,
    /// The smallest lower end of the intervals; `None` where a seed has none.
    pub(crate) low: Option<f64>,
    /// The largest upper end of the intervals; `None` where a seed has none.
    pub(crate) high: Option<f64>,
    /// The number of seeds.
    pub(crate) n: usize,
    /// Why there is no mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

/// All measures of a trial.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrialSummary {
    /// The place of the trial, from 0.
    pub(crate) trial: usize,
    pub(crate) valid: Vec<Summary>,
    pub(crate) test: Vec<Summary>,
}

impl TrialSummary {
    /// Of the runs of one trial.
    pub(crate) fn new(trial: usize, runs: &[&RunResult]) -> Self {
        let of = |part: fn(&RunResult) -> &[Measured]| {
            let measures = runs.first().map_or(0, |run| part(run).len());
            (0..measures)
                .map(|index| {
                    let values: Vec<&Measured> =
                        runs.iter().filter_map(|run| part(run).get(index)).collect();
                    Summary::new(&values)
                })
                .collect()
        };
        Self {
            trial,
            valid: of(|run| &run.valid),
            test: of(|run| &run.test),
        }
    }
}

impl Summary {
    fn new(values: &[&Measured]) -> Self {
        let all = |number: fn(&Measured) -> Option<f64>| -> Option<Vec<f64>> {
            values.iter().map(|value| number(value)).collect()
        };
        let n = values.len();
        let found = all(|value| value.value).filter(|found| !found.is_empty());
        let mean = found
            .as_ref()
            .map(|found| found.iter().sum::<f64>() / n as f64);
        let spread = match (&found, mean) {
            (Some(found), Some(mean)) if n > 1 => {
                let squares: f64 = found.iter().map(|value| (value - mean).powi(2)).sum();
                Some((squares / (n - 1) as f64).sqrt())
            }
            _ => None,
        };
        Self {
            mean,
            spread,
            low: all(|value| value.low).and_then(|ends| ends.into_iter().reduce(f64::min)),
            high: all(|value| value.high).and_then(|ends| ends.into_iter().reduce(f64::max)),
            n,
            reason: values.iter().find_map(|value| value.reason.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(value: f64, low: f64, high: f64) -> Measured {
        Measured {
            value: Some(value),
            low: Some(low),
            high: Some(high),
            reason: None,
        }
    }

    #[test]
    fn seeds_have_a_mean_a_spread_and_the_widest_ends() {
        let summary = Summary::new(&[&measured(0.1, 0.0, 0.2), &measured(0.3, 0.1, 0.5)]);
        assert_eq!(summary.mean, Some(0.2));
        assert!((summary.spread.unwrap() - 0.02_f64.sqrt()).abs() < 1e-12);
        assert_eq!(
            (summary.low, summary.high, summary.n),
            (Some(0.0), Some(0.5), 2)
        );
    }

    #[test]
    fn a_seed_without_a_value_leaves_none() {
        let missing = Measured {
            reason: Some("no rows".to_owned()),
            ..Measured::default()
        };
        let summary = Summary::new(&[&measured(0.1, 0.0, 0.2), &missing]);
        assert_eq!((summary.mean, summary.high), (None, None));
        assert_eq!(summary.reason.as_deref(), Some("no rows"));
    }
}
