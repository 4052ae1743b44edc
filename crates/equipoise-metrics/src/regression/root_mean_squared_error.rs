//! The root of the mean squared distance of prediction and label.

use crate::{Definition, Direction, Estimate, IntervalKind, MetricSpec, OutcomeSums, Unit};

/// The root of the mean squared distance of prediction and label.
pub(crate) static ROOT_MEAN_SQUARED_ERROR: MetricSpec = MetricSpec {
    name: "root_mean_squared_error",
    title: "root mean squared error",
    summary: "root of the mean squared distance of prediction and label",
    formula: "sqrt(mean of (p - y)^2)",
    paper: "interval: delta method",
    range: (0.0, f64::INFINITY),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Outcome,
    interval: IntervalKind::Normal,
    definition: Definition::Outcomes {
        value: root_mean_squared_error,
        standard_error: Some(standard_error),
    },
};

#[expect(clippy::unnecessary_wraps, reason = "the type that all metrics share")]
fn root_mean_squared_error(sums: &OutcomeSums) -> Estimate {
    Ok(sums.mean(sums.squared_error).sqrt())
}

/// By the delta method: the error of the mean square over twice its root.
fn standard_error(sums: &OutcomeSums) -> Option<f64> {
    let root = sums.mean(sums.squared_error).sqrt();
    let error = sums.standard_error_of_mean(sums.squared_error, sums.fourth_power_error)?;
    (root > 0.0).then(|| error / (2.0 * root))
}
