//! The mean score of negative rows.

use super::balance_positive_class::mean_of_class;
use crate::{
    Definition, Direction, IntervalKind, MetricSpec, NotEstimable, ScoreDistribution, Unit,
};

/// The mean score of negative rows. Where it is the same for all groups, scores are balanced for the
/// negative class.
pub(super) static BALANCE_NEGATIVE_CLASS: MetricSpec = MetricSpec {
    name: "balance_negative_class",
    title: "balance for the negative class",
    summary: "mean score of negative rows",
    formula: "mean of s where y = 0",
    paper: "Kleinberg, Mullainathan and Raghavan 2017",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Normal,
    definition: Definition::Scores {
        value: |scores| mean_score(scores).map(|(mean, _)| mean),
        standard_error: Some(|scores| mean_score(scores).ok()?.1),
    },
};

fn mean_score(scores: &ScoreDistribution) -> Result<(f64, Option<f64>), NotEstimable> {
    mean_of_class(scores, |bin| bin.negatives, "a negative label")
}
