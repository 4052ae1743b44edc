//! The mean score of positive rows.

use crate::{
    Definition, Direction, IntervalKind, MetricSpec, NotEstimable, ScoreBin, ScoreDistribution,
    Unit, score_values::mean,
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

fn mean_score(scores: &ScoreDistribution) -> Result<(f64, Option<f64>), NotEstimable> {
    mean_of_class(scores, |bin| bin.positives, "a positive label")
}

/// The mean score of the rows that `rows` counts, and its standard error; `label` is what such a
/// row has, in words.
pub(super) fn mean_of_class(
    scores: &ScoreDistribution,
    rows: fn(&ScoreBin) -> f64,
    label: &'static str,
) -> Result<(f64, Option<f64>), NotEstimable> {
    let of_class = || scores.bins().iter().map(|bin| (bin.score, rows(bin)));
    let count: f64 = of_class().map(|(_, rows)| rows).sum();
    if count > 0.0 {
        Ok(mean(count, of_class))
    } else {
        Err(NotEstimable::EmptyDenominator(label))
    }
}
