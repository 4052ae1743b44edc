//! Differential fairness with smoothed probabilities.

use super::differential_fairness::log_spread;
use crate::{Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, Unit};

/// The largest log ratio of the probabilities that two groups have of the same prediction, each
/// estimated as the mean under a symmetric Dirichlet prior of concentration 1: half a row of each
/// prediction is added to each group. It always has a value; the smaller the groups, the nearer it
/// is to 0.
pub(super) static SMOOTHED_DIFFERENTIAL_FAIRNESS: MetricSpec = MetricSpec {
    name: "smoothed_differential_fairness",
    title: "smoothed differential fairness",
    summary: "differential fairness with half a row of each prediction added to each group",
    formula: "max over a, b, p of ln(P(p | a) / P(p | b)), with P(p | g) = (n(p, g) + 1/2) / (n(g) + 1)",
    paper: "Foulds, Islam, Keya and Pan 2020",
    range: (0.0, f64::INFINITY),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Nats,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Joint(smoothed_differential_fairness),
};

fn smoothed_differential_fairness(groups: &[Confusion]) -> Estimate {
    smoothed_log_ratio(groups, Confusion::predicted_positives)
}

/// What is added to the rows of either kind.
const PSEUDO_COUNT: f64 = 0.5;

/// The largest log ratio of the smoothed probabilities of being, or of not being, a row that
/// `positives` counts.
pub(super) fn smoothed_log_ratio(
    groups: &[Confusion],
    positives: fn(&Confusion) -> f64,
) -> Estimate {
    let smoothed = |rows: f64, all: f64| (rows + PSEUDO_COUNT) / (all + 2.0 * PSEUDO_COUNT);
    let inside = groups.iter().map(|g| smoothed(positives(g), g.rows()));
    let outside = groups
        .iter()
        .map(|g| smoothed(g.rows() - positives(g), g.rows()));
    Ok(log_spread(inside)?.max(log_spread(outside)?))
}
