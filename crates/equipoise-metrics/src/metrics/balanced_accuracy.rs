//! The mean of true positive rate and true negative rate.

use crate::{
    Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, Unit,
};

/// The mean of true positive rate and true negative rate.
pub(super) static BALANCED_ACCURACY: MetricSpec = MetricSpec {
    name: "balanced_accuracy",
    title: "balanced accuracy",
    summary: "mean of true positive rate and true negative rate",
    formula: "(n(1, 1) / n(1, .) + n(0, 0) / n(0, .)) / 2",
    paper: "Brodersen, Ong, Stephan and Buhmann 2010",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Counts {
        value: balanced_accuracy,
        fallback: Some(recall_of_the_class_that_is_there),
    },
};

fn balanced_accuracy(counts: &Confusion) -> Estimate {
    let (positives, negatives) = (counts.label_positives(), counts.label_negatives());
    if positives > 0.0 && negatives > 0.0 {
        Ok(f64::midpoint(
            counts.true_positives / positives,
            counts.true_negatives / negatives,
        ))
    } else {
        Err(NotEstimable::OneClass)
    }
}

/// What scikit-learn reports where all labels are the same: then right predictions over rows.
fn recall_of_the_class_that_is_there(counts: &Confusion) -> f64 {
    (counts.true_positives + counts.true_negatives) / counts.rows()
}
