//! The share of the spread of the labels that the predictions explain.

use crate::{
    Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, OutcomeSums, Unit,
};

/// The share of the spread of the labels that the predictions explain.
pub(crate) static R_SQUARED: MetricSpec = MetricSpec {
    name: "r_squared",
    title: "R squared",
    summary: "share of the spread of the labels that the predictions explain",
    formula: "1 - mean of (p - y)^2 / mean of (y - mean of y)^2",
    paper: "Wright 1921",
    range: (f64::NEG_INFINITY, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Coefficient,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Outcomes {
        value: r_squared,
        standard_error: None,
    },
};

fn r_squared(sums: &OutcomeSums) -> Estimate {
    let spread = sums.mean(sums.squared_label) - sums.mean(sums.label).powi(2);
    // What rounding leaves of no spread is none.
    if spread <= 1e-12 * sums.mean(sums.squared_label) {
        return Err(NotEstimable::ConstantLabels);
    }
    Ok(1.0 - sums.mean(sums.squared_error) / spread)
}
