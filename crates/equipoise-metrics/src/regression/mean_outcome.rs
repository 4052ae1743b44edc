//! The mean label.

use crate::{Definition, Direction, Estimate, IntervalKind, MetricSpec, OutcomeSums, Unit};

/// The mean label.
pub(crate) static MEAN_OUTCOME: MetricSpec = MetricSpec {
    name: "mean_outcome",
    title: "mean outcome",
    summary: "mean label",
    formula: "mean of y",
    paper: "none",
    range: (f64::NEG_INFINITY, f64::INFINITY),
    ideal: None,
    direction: Direction::Neutral,
    unit: Unit::Outcome,
    interval: IntervalKind::Normal,
    definition: Definition::Outcomes {
        value: mean_outcome,
        standard_error: Some(standard_error),
    },
};

#[expect(clippy::unnecessary_wraps, reason = "the type that all metrics share")]
fn mean_outcome(sums: &OutcomeSums) -> Estimate {
    Ok(sums.origin + sums.mean(sums.label))
}

fn standard_error(sums: &OutcomeSums) -> Option<f64> {
    sums.standard_error_of_mean(sums.label, sums.squared_label)
}
