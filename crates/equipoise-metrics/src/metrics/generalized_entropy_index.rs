//! The inequality of the benefits that people have from the predictions.

use crate::{
    Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, Unit,
};

/// The inequality of the benefits that people have from the predictions, with the parameter 2: half
/// the squared coefficient of variation.
///
/// The benefit of a row is its prediction minus its label plus 1: 2 for a false positive, 1 for a
/// right prediction, 0 for a false negative.
pub(super) static GENERALIZED_ENTROPY_INDEX: MetricSpec = MetricSpec {
    name: "generalized_entropy_index",
    title: "generalized entropy index",
    summary: "inequality of the benefits b = prediction - label + 1 of all rows, with the parameter 2",
    formula: "mean of ((b / m)^2 - 1) / 2, with m the mean of b",
    paper: "Speicher et al. 2018",
    range: (0.0, f64::INFINITY),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Coefficient,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Counts {
        value: generalized_entropy_index,
        fallback: None,
    },
};

fn generalized_entropy_index(counts: &Confusion) -> Estimate {
    squared_variation(&benefits(counts))
}

/// The benefits of the rows, each with the number of rows that have it.
pub(super) fn benefits(counts: &Confusion) -> [(f64, f64); 3] {
    [
        (0.0, counts.false_negatives),
        (1.0, counts.true_negatives + counts.true_positives),
        (2.0, counts.false_positives),
    ]
}

/// The mean benefit of each group, with its number of rows: what is left where all members of a
/// group share equally.
pub(super) fn shared_benefits(groups: &[Confusion]) -> Vec<(f64, f64)> {
    groups
        .iter()
        .map(|group| {
            let sum: f64 = benefits(group).iter().map(|(b, rows)| b * rows).sum();
            (sum / group.rows(), group.rows())
        })
        .collect()
}

/// The mean benefit, which must not be 0 for benefits to be compared with it.
pub(super) fn mean_benefit(benefits: &[(f64, f64)]) -> Estimate {
    let rows: f64 = benefits.iter().map(|(_, rows)| rows).sum();
    let sum: f64 = benefits.iter().map(|(b, rows)| b * rows).sum();
    if sum > 0.0 {
        Ok(sum / rows)
    } else {
        Err(NotEstimable::EmptyDenominator(
            "a negative label or a positive prediction",
        ))
    }
}

/// Half the squared coefficient of variation of benefits.
pub(super) fn squared_variation(benefits: &[(f64, f64)]) -> Estimate {
    let mean = mean_benefit(benefits)?;
    let rows: f64 = benefits.iter().map(|(_, rows)| rows).sum();
    let squares = benefits.iter().map(|(b, rows)| rows * (b - mean).powi(2));
    Ok(squares.sum::<f64>() / (2.0 * rows * mean * mean))
}
