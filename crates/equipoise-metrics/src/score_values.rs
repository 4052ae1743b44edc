//! The values of metrics that are made of scores.

use rayon::prelude::*;

use crate::{
    Definition, Estimate, MetricSpec, NotEstimable, ScoreDistribution, aggregate::largest,
};

/// The value of one group, and its standard error where one is known.
pub(crate) fn value_of_scores(
    spec: &MetricSpec,
    scores: &ScoreDistribution,
) -> (Estimate, Option<f64>) {
    if scores.rows() <= 0.0 {
        return (Err(NotEstimable::NoRows), None);
    }
    match spec.definition {
        Definition::RowMean(row) => {
            let (mean, standard_error) = mean_of_rows(row, scores);
            (Ok(mean), standard_error)
        }
        Definition::Scores {
            value,
            standard_error,
        } => (
            value(scores),
            standard_error.and_then(|standard_error| standard_error(scores)),
        ),
        _ => (Err(NotEstimable::NoGroups), None),
    }
}

/// The mean over the rows of a group that is not empty, and its standard error where there are at
/// least two rows.
fn mean_of_rows(row: fn(f64, bool) -> f64, scores: &ScoreDistribution) -> (f64, Option<f64>) {
    let rows = scores.rows();
    let sum_over_rows = |term: &dyn Fn(f64) -> f64| -> f64 {
        let bins = scores.bins().iter();
        bins.map(|bin| {
            bin.negatives * term(row(bin.score, false)) + bin.positives * term(row(bin.score, true))
        })
        .sum()
    };
    let mean = sum_over_rows(&|value| value) / rows;
    let squares = sum_over_rows(&|value| (value - mean).powi(2));
    let standard_error = (rows >= 2.0).then(|| (squares / (rows - 1.0) / rows).sqrt());
    (mean, standard_error)
}

/// The largest distance between two groups, and the largest between a group and everybody.
///
/// All groups must have rows.
pub(crate) fn distances(
    distance: fn(&ScoreDistribution, &ScoreDistribution) -> Estimate,
    groups: &[&ScoreDistribution],
    everybody: &ScoreDistribution,
) -> (Estimate, Estimate) {
    if groups.len() < 2 {
        let few = Err(NotEstimable::FewGroups {
            found: groups.len(),
        });
        return (few, few);
    }
    let between = (1..groups.len())
        .into_par_iter()
        .flat_map_iter(|right| (0..right).map(move |left| (left, right)))
        .map(|(left, right)| distance(groups[left], groups[right]))
        .collect::<Result<Vec<f64>, _>>();
    let to_overall = groups
        .par_iter()
        .map(|group| distance(group, everybody))
        .collect::<Result<Vec<f64>, _>>();
    (
        between.and_then(|distances| largest(&distances)),
        to_overall.and_then(|distances| largest(&distances)),
    )
}
