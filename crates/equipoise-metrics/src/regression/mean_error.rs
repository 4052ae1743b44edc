//! The mean of prediction minus label.

use crate::{Definition, Direction, Estimate, IntervalKind, MetricSpec, OutcomeSums, Unit};

/// The mean of prediction minus label.
pub(crate) static MEAN_ERROR: MetricSpec = MetricSpec {
    name: "mean_error",
    title: "mean error",
    summary: "mean of prediction minus label: above 0 where predictions are too high",
    formula: "mean of p - y",
    paper: "none",
    range: (f64::NEG_INFINITY, f64::INFINITY),
    ideal: Some(0.0),
    direction: Direction::Neutral,
    unit: Unit::Outcome,
    interval: IntervalKind::Normal,
    definition: Definition::Outcomes {
        value: mean_error,
        standard_error: Some(standard_error),
    },
};

#[expect(clippy::unnecessary_wraps, reason = "the type that all metrics share")]
fn mean_error(sums: &OutcomeSums) -> Estimate {
    Ok(sums.mean(sums.error))
}

fn standard_error(sums: &OutcomeSums) -> Option<f64> {
    sums.standard_error_of_mean(sums.error, sums.squared_error)
}
