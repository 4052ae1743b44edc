//! The part of the inequality of benefits that lies between the groups.

use super::generalized_entropy_index::{shared_benefits, squared_variation};
use crate::{Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, Unit};

/// The part of the inequality of benefits that lies between the groups: that of rows which all have
/// the mean benefit of their group. What it leaves of the index of everybody lies within groups.
pub(super) static BETWEEN_GROUP_GENERALIZED_ENTROPY_INDEX: MetricSpec = MetricSpec {
    name: "between_group_generalized_entropy_index",
    title: "between-group generalized entropy index",
    summary: "inequality of the benefits b = prediction - label + 1 between the groups, with the parameter 2",
    formula: "sum over g of share(g) ((m(g) / m)^2 - 1) / 2, with m the mean benefit",
    paper: "Speicher et al. 2018",
    range: (0.0, f64::INFINITY),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Coefficient,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Joint(between_group_generalized_entropy_index),
};

fn between_group_generalized_entropy_index(groups: &[Confusion]) -> Estimate {
    squared_variation(&shared_benefits(groups))
}
