//! The harmonic mean of precision and true positive rate.

use crate::{
    Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, Unit,
};

/// The harmonic mean of precision and true positive rate.
pub(super) static F1: MetricSpec = MetricSpec {
    name: "f1",
    title: "F1",
    summary: "harmonic mean of precision and true positive rate",
    formula: "2 n(1, 1) / (n(1, .) + n(., 1))",
    paper: "van Rijsbergen 1979",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Counts {
        value: f1,
        fallback: Some(|_| 0.0),
    },
};

fn f1(counts: &Confusion) -> Estimate {
    f_beta(counts, 1.0)
}

/// The harmonic mean of precision and true positive rate, in which the latter counts `beta` times as
/// much: its weight is `beta^2`.
///
/// Each `beta` that is offered is a metric with a name of its own, so that a number in a file or a
/// gate says which one it is.
pub(super) fn f_beta(counts: &Confusion, beta: f64) -> Estimate {
    let weight = beta * beta;
    let denominator = weight * counts.label_positives() + counts.predicted_positives();
    if denominator > 0.0 {
        Ok((1.0 + weight) * counts.true_positives / denominator)
    } else {
        Err(NotEstimable::EmptyDenominator(
            "a positive label or a positive prediction",
        ))
    }
}
