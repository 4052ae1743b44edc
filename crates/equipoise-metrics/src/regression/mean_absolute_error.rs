//! The mean distance of prediction and label.

use crate::{Definition, Direction, Estimate, IntervalKind, MetricSpec, OutcomeSums, Unit};

/// The mean distance of prediction and label.
pub(crate) static MEAN_ABSOLUTE_ERROR: MetricSpec = MetricSpec {
    name: "mean_absolute_error",
    title: "mean absolute error",
    summary: "mean distance of prediction and label",
    formula: "mean of |p - y|",
    paper: "none",
    range: (0.0, f64::INFINITY),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Outcome,
    interval: IntervalKind::Normal,
    definition: Definition::Outcomes {
        value: mean_absolute_error,
        standard_error: Some(standard_error),
    },
};

#[expect(clippy::unnecessary_wraps, reason = "the type that all metrics share")]
fn mean_absolute_error(sums: &OutcomeSums) -> Estimate {
    Ok(sums.mean(sums.absolute_error))
}

fn standard_error(sums: &OutcomeSums) -> Option<f64> {
    sums.standard_error_of_mean(sums.absolute_error, sums.squared_error)
}
