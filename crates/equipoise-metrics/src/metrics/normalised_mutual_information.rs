//! What the prediction tells of the group, as a share of what there is to tell.

use super::mutual_information::information;
use crate::{Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, Unit};

/// What the prediction tells of the group, as a share of the entropy of the groups: 1 where the
/// prediction gives the group away.
pub(super) static NORMALISED_MUTUAL_INFORMATION: MetricSpec = MetricSpec {
    name: "normalised_mutual_information",
    title: "normalised mutual information",
    summary: "share of the entropy of the groups that the prediction tells",
    formula: "I(prediction; group) / H(group)",
    paper: "Kamishima, Akaho, Asoh and Sakuma 2012",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Coefficient,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Joint(normalised_mutual_information),
};

#[expect(clippy::unnecessary_wraps, reason = "the type that all metrics share")]
fn normalised_mutual_information(groups: &[Confusion]) -> Estimate {
    let rows: f64 = groups.iter().map(Confusion::rows).sum();
    let entropy: f64 = groups
        .iter()
        .map(|group| -group.rows() / rows * (group.rows() / rows).ln())
        .sum();
    // Two groups with rows have an entropy above 0.
    Ok((information(groups) / entropy).clamp(0.0, 1.0))
}
