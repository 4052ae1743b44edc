//! What the prediction tells of the group.

use std::f64::consts::LN_2;

use crate::{Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, Unit};

/// What the prediction tells of the group, in nats: the mean divergence of the groups' selection
/// rates from that of all compared groups. In a finite sample it is above 0 even where groups are
/// treated alike: by (groups - 1) / (2 rows) on average.
pub(super) static MUTUAL_INFORMATION: MetricSpec = MetricSpec {
    name: "mutual_information",
    title: "mutual information",
    summary: "what the prediction tells of the group, in nats",
    formula: "sum over p, g of P(p, g) ln(P(p, g) / (P(p) P(g)))",
    paper: "Kamishima, Akaho, Asoh and Sakuma 2012",
    range: (0.0, LN_2),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Nats,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Joint(mutual_information),
};

#[expect(clippy::unnecessary_wraps, reason = "the type that all metrics share")]
fn mutual_information(groups: &[Confusion]) -> Estimate {
    Ok(information(groups))
}

/// The mutual information of prediction and group.
pub(super) fn information(groups: &[Confusion]) -> f64 {
    let all = groups
        .iter()
        .fold(Confusion::default(), |sum, group| sum + *group);
    let term = |rows: f64, of_group: f64, of_all: f64| {
        if rows > 0.0 {
            rows * (rows / of_group / (of_all / all.rows())).ln()
        } else {
            0.0
        }
    };
    let sum: f64 = groups
        .iter()
        .map(|group| {
            term(
                group.predicted_positives(),
                group.rows(),
                all.predicted_positives(),
            ) + term(
                group.predicted_negatives(),
                group.rows(),
                all.predicted_negatives(),
            )
        })
        .sum();
    // Rounding may leave the range.
    (sum / all.rows()).clamp(0.0, LN_2)
}
