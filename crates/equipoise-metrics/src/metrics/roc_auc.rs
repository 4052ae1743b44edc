//! The probability that a positive row scores above a negative one.

use rayon::prelude::*;

use crate::{
    Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, ScoreBin,
    ScoreDistribution, Unit,
};

/// Fewer bins are not worth a thread.
const BINS_PER_PART: usize = 1 << 14;

/// The probability that a random positive row scores above a random negative one; ties count half.
pub(super) static ROC_AUC: MetricSpec = MetricSpec {
    name: "roc_auc",
    title: "ROC AUC",
    summary: "probability that a positive row scores above a negative one, ties counting half",
    formula: "P(s+ > s-) + P(s+ = s-) / 2",
    paper: "Hanley and McNeil 1982; interval: DeLong, DeLong and Clarke-Pearson 1988",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::DeLong,
    definition: Definition::Scores {
        value: roc_auc,
        standard_error: Some(standard_error),
    },
};

pub(super) fn roc_auc(scores: &ScoreDistribution) -> Estimate {
    let (positives, negatives) = (scores.positives(), scores.negatives());
    if positives <= 0.0 || negatives <= 0.0 {
        return Err(NotEstimable::OneClass);
    }
    let wins = in_parts(scores, |bins, mut negatives_below, _| {
        let mut wins = 0.0;
        for bin in bins {
            wins += bin.positives * (negatives_below + 0.5 * bin.negatives);
            negatives_below += bin.negatives;
        }
        wins
    });
    Ok(wins.iter().sum::<f64>() / (positives * negatives))
}

/// The standard error from the variances of the placements: for a positive row the share of
/// negative rows below it, for a negative row the share of positive rows above it. `None` with
/// fewer than two rows of either label.
pub(super) fn standard_error(scores: &ScoreDistribution) -> Option<f64> {
    let (positives, negatives) = (scores.positives(), scores.negatives());
    if positives < 2.0 || negatives < 2.0 {
        return None;
    }
    let area = roc_auc(scores).ok()?;
    let squares = in_parts(scores, |bins, mut negatives_below, mut positives_below| {
        let (mut of_positives, mut of_negatives) = (0.0, 0.0);
        for bin in bins {
            let below = negatives_below + 0.5 * bin.negatives;
            let above = positives - positives_below - 0.5 * bin.positives;
            of_positives += bin.positives * (below - area * negatives).powi(2);
            of_negatives += bin.negatives * (above - area * positives).powi(2);
            negatives_below += bin.negatives;
            positives_below += bin.positives;
        }
        (of_positives, of_negatives)
    });
    let of_positives: f64 = squares.iter().map(|(of_positives, _)| of_positives).sum();
    let of_negatives: f64 = squares.iter().map(|(_, of_negatives)| of_negatives).sum();
    let variance = of_positives / (negatives * negatives) / (positives - 1.0) / positives
        + of_negatives / (positives * positives) / (negatives - 1.0) / negatives;
    Some(variance.sqrt())
}

/// What `of_part` makes of each part of the bins and the numbers of negative and positive rows
/// below it. The parts are the same on any number of threads, so that the sums are.
fn in_parts<T: Send>(
    scores: &ScoreDistribution,
    of_part: impl Fn(&[ScoreBin], f64, f64) -> T + Sync,
) -> Vec<T> {
    let parts: Vec<&[ScoreBin]> = scores.bins().chunks(BINS_PER_PART).collect();
    let rows: Vec<(f64, f64)> = parts
        .par_iter()
        .map(|bins| {
            let negatives = bins.iter().map(|bin| bin.negatives).sum();
            (negatives, bins.iter().map(|bin| bin.positives).sum())
        })
        .collect();
    let below: Vec<(f64, f64)> = rows
        .iter()
        .scan((0.0, 0.0), |below, (negatives, positives)| {
            let of_part = *below;
            *below = (below.0 + negatives, below.1 + positives);
            Some(of_part)
        })
        .collect();
    parts
        .par_iter()
        .zip(below)
        .map(|(bins, (negatives, positives))| of_part(bins, negatives, positives))
        .collect()
}
