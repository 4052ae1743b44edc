//! The inequality of the benefits that people have from the predictions, in nats.

use super::generalized_entropy_index::{benefits, mean_benefit};
use crate::{Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, Unit};

/// The inequality of the benefits that people have from the predictions: the generalized entropy
/// index with the parameter 1.
pub(super) static THEIL_INDEX: MetricSpec = MetricSpec {
    name: "theil_index",
    title: "Theil index",
    summary: "inequality of the benefits b = prediction - label + 1 of all rows, with the parameter 1",
    formula: "mean of (b / m) ln(b / m), with m the mean of b and 0 ln 0 = 0",
    paper: "Speicher et al. 2018; Theil 1967",
    range: (0.0, f64::INFINITY),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Nats,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Counts {
        value: theil_index,
        fallback: None,
    },
};

fn theil_index(counts: &Confusion) -> Estimate {
    theil(&benefits(counts))
}

/// The Theil index of benefits, each with its number of rows.
pub(super) fn theil(benefits: &[(f64, f64)]) -> Estimate {
    let mean = mean_benefit(benefits)?;
    let rows: f64 = benefits.iter().map(|(_, rows)| rows).sum();
    let sum: f64 = benefits
        .iter()
        .filter(|(benefit, _)| *benefit > 0.0)
        .map(|(benefit, rows)| rows * (benefit / mean) * (benefit / mean).ln())
        .sum();
    // Rounding may leave equal benefits below 0.
    Ok((sum / rows).max(0.0))
}
