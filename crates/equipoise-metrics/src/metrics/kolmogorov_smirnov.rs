//! The largest distance of the cumulative score distributions of two groups.

use super::abcc::cumulative_gaps;
use crate::{
    Definition, Direction, Estimate, IntervalKind, MetricSpec, ScoreDistribution, Unit,
    aggregate::largest,
};

/// The largest distance of the cumulative score distributions of two groups: the largest gap of
/// their selection rates under any one threshold.
pub(super) static KOLMOGOROV_SMIRNOV: MetricSpec = MetricSpec {
    name: "kolmogorov_smirnov",
    title: "Kolmogorov-Smirnov distance",
    summary: "largest distance of the cumulative score distributions of two groups, the largest over pairs",
    formula: "max over t of |F_a(t) - F_b(t)|",
    paper: "Smirnov 1939",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::None,
    definition: Definition::Distance(largest_gap),
};

fn largest_gap(a: &ScoreDistribution, b: &ScoreDistribution) -> Estimate {
    let gaps: Vec<f64> = cumulative_gaps(a, b)?.map(|(_, gap)| gap).collect();
    largest(&gaps)
}
