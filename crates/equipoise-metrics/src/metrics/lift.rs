//! How much more often a selected row is positive than any row.

use crate::{
    Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, Unit,
};

/// How much more often a row that is predicted positive is positive than any row: 1 where the
/// prediction says nothing.
pub(super) static LIFT: MetricSpec = MetricSpec {
    name: "lift",
    title: "lift",
    summary: "precision in terms of the base rate; 1 where the prediction says nothing",
    formula: "n(1, 1) n(., .) / (n(., 1) n(1, .))",
    paper: "Piatetsky-Shapiro and Masand 1999",
    range: (0.0, f64::INFINITY),
    ideal: None,
    direction: Direction::HigherIsBetter,
    unit: Unit::Coefficient,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Counts {
        value: lift,
        fallback: None,
    },
};

fn lift(counts: &Confusion) -> Estimate {
    if counts.predicted_positives() <= 0.0 {
        return Err(NotEstimable::EmptyDenominator("a positive prediction"));
    }
    if counts.label_positives() <= 0.0 {
        return Err(NotEstimable::EmptyDenominator("a positive label"));
    }
    let precision = counts.true_positives / counts.predicted_positives();
    Ok(precision * counts.rows() / counts.label_positives())
}
