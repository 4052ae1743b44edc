//! The values of metrics that are made of scores.

use rayon::prelude::*;

use crate::{
    Definition, Estimate, MetricSpec, NotEstimable, ScoreDistribution, aggregate::largest,
};

/// The value of one group among everybody, and its standard error where one is known.
pub(crate) fn value_of_scores(
    spec: &MetricSpec,
    scores: &ScoreDistribution,
    everybody: &ScoreDistribution,
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
        Definition::AgainstRest {
            value,
            standard_error,
        } => {
            let rest = everybody.without(scores);
            if rest.rows() <= 0.0 {
                return (Err(NotEstimable::NoRest), None);
            }
            (
                value(scores, &rest),
                standard_error.and_then(|standard_error| standard_error(scores, &rest)),
            )
        }
        _ => (Err(NotEstimable::NoGroups), None),
    }
}

/// The mean over the rows of a group that is not empty, and its standard error where there are at
/// least two rows.
fn mean_of_rows(row: fn(f64, bool) -> f64, scores: &ScoreDistribution) -> (f64, Option<f64>) {
    let values = || {
        scores.bins().iter().flat_map(move |bin| {
            [
                (row(bin.score, false), bin.negatives),
                (row(bin.score, true), bin.positives),
            ]
        })
    };
    mean(scores.rows(), values)
}

/// The mean of values that occur a given number of times, and its standard error where there are
/// at least two. `rows` is the sum of those numbers, and above 0.
pub(crate) fn mean<I: Iterator<Item = (f64, f64)>>(
    rows: f64,
    values: impl Fn() -> I,
) -> (f64, Option<f64>) {
    let mean = values().map(|(value, times)| times * value).sum::<f64>() / rows;
    let squares = values().map(|(value, times)| times * (value - mean).powi(2));
    let squares: f64 = squares.sum();
    let standard_error = (rows >= 2.0).then(|| (squares / (rows - 1.0) / rows).sqrt());
    (mean, standard_error)
}

/// The largest distance between two groups, and the largest between a group and everybody.
///
/// All groups must have rows.
pub(crate) fn distances(
    spec: &MetricSpec,
    groups: &[&ScoreDistribution],
    everybody: &ScoreDistribution,
) -> (Estimate, Estimate) {
    if groups.len() < 2 {
        let few = Err(NotEstimable::FewGroups {
            found: groups.len(),
        });
        return (few, few);
    }
    match spec.definition {
        Definition::Distance(distance) | Definition::OutcomeDistance(distance) => {
            let to_overall = groups
                .par_iter()
                .map(|group| distance(group, everybody))
                .collect::<Result<Vec<f64>, _>>();
            (
                largest_between(groups, |a, b| distance(a, b)),
                to_overall.and_then(|distances| largest(&distances)),
            )
        }
        Definition::CurveDistance { curve, distance } => {
            let curves = groups.par_iter().map(|group| curve(group));
            let curves = curves.collect::<Result<Vec<Vec<f64>>, _>>();
            let between =
                curves.and_then(|curves| largest_between(&curves, |a, b| Ok(distance(a, b))));
            (between, Err(NotEstimable::NoOverall))
        }
        _ => (Err(NotEstimable::NoGroups), Err(NotEstimable::NoGroups)),
    }
}

/// The largest distance over all pairs.
fn largest_between<T: Sync>(
    groups: &[T],
    distance: impl Fn(&T, &T) -> Estimate + Sync,
) -> Estimate {
    let distances = (1..groups.len())
        .into_par_iter()
        .flat_map_iter(|right| (0..right).map(move |left| (left, right)))
        .map(|(left, right)| distance(&groups[left], &groups[right]))
        .collect::<Result<Vec<f64>, _>>()?;
    largest(&distances)
}
