//! The mean prediction.

use crate::{Definition, Direction, Estimate, IntervalKind, MetricSpec, OutcomeSums, Unit};

/// The mean prediction.
pub(crate) static MEAN_PREDICTION: MetricSpec = MetricSpec {
    name: "mean_prediction",
    title: "mean prediction",
    summary: "mean prediction",
    formula: "mean of p",
    paper: "none",
    range: (f64::NEG_INFINITY, f64::INFINITY),
    ideal: None,
    direction: Direction::Neutral,
    unit: Unit::Outcome,
    interval: IntervalKind::Normal,
    definition: Definition::Outcomes {
        value: mean_prediction,
        standard_error: Some(standard_error),
    },
};

#[expect(clippy::unnecessary_wraps, reason = "the type that all metrics share")]
fn mean_prediction(sums: &OutcomeSums) -> Estimate {
    Ok(sums.origin + sums.mean(sums.prediction))
}

fn standard_error(sums: &OutcomeSums) -> Option<f64> {
    sums.standard_error_of_mean(sums.prediction, sums.squared_prediction)
}
