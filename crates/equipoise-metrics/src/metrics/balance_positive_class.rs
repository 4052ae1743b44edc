//! The mean score of positive rows.

use crate::{
    Definition, Direction, IntervalKind, MetricSpec, NotEstimable, ScoreDistribution, Unit,
    score_values::mean,
};

/// The mean score of positive rows. Where it is the same for all groups, scores are balanced for the
/// positive class.
pub(super) static BALANCE_POSITIVE_CLASS: MetricSpec = MetricSpec {
    name: "balance_positive_class",
    title: "balance for the positive class",
    summary: "mean score of positive rows",
    formula: "mean of s where y = 1",
    paper: "Kleinberg, Mullainathan and Raghavan 2017",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Normal,
    definition: Definition::Scores {
        value: |scores| mean_score(scores).map(|(mean, _)| mean),
        standard_error: Some(|scores| mean_score(scores).ok()?.1),
    },
};

/// The mean score of positive rows and its standard error.
fn mean_score(scores: &ScoreDistribution) -> Result<(f64, Option<f64>), NotEstimable> {
    if scores.positives() <= 0.0 {
        return Err(NotEstimable::EmptyDenominator("a positive label"));
    }
    let of_class = || scores.bins().iter().map(|bin| (bin.score, bin.positives));
    Ok(mean(scores.positives(), of_class))
}
