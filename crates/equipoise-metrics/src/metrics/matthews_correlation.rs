//! The correlation of label and prediction.

use crate::{
    Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, Unit,
};

/// The correlation of label and prediction.
pub(super) static MATTHEWS_CORRELATION: MetricSpec = MetricSpec {
    name: "matthews_correlation",
    title: "Matthews correlation",
    summary: "correlation of label and prediction",
    formula: "(n(1, 1) n(0, 0) - n(0, 1) n(1, 0)) / sqrt(n(1, .) n(0, .) n(., 1) n(., 0))",
    paper: "Matthews 1975",
    range: (-1.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Coefficient,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Counts {
        value: matthews_correlation,
        fallback: Some(|_| 0.0),
    },
};

fn matthews_correlation(counts: &Confusion) -> Estimate {
    if counts.label_positives() <= 0.0 || counts.label_negatives() <= 0.0 {
        return Err(NotEstimable::OneClass);
    }
    if counts.predicted_positives() <= 0.0 {
        return Err(NotEstimable::EmptyDenominator("a positive prediction"));
    }
    if counts.predicted_negatives() <= 0.0 {
        return Err(NotEstimable::EmptyDenominator("a negative prediction"));
    }
    let covariance = counts.true_positives * counts.true_negatives
        - counts.false_positives * counts.false_negatives;
    // Two roots of products of two: the product of all four would lose digits sooner.
    let spread = (counts.label_positives() * counts.label_negatives()).sqrt()
        * (counts.predicted_positives() * counts.predicted_negatives()).sqrt();
    Ok((covariance / spread).clamp(-1.0, 1.0))
}
