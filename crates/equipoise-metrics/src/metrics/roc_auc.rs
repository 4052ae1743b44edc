//! The probability that a positive row scores above a negative one.

use crate::{
    Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, ScoreDistribution,
    Unit,
};

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
    let mut negatives_below = 0.0;
    let mut wins = 0.0;
    for bin in scores.bins() {
        wins += bin.positives * (negatives_below + 0.5 * bin.negatives);
        negatives_below += bin.negatives;
    }
    Ok(wins / (positives * negatives))
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
    let (mut negatives_below, mut positives_below) = (0.0, 0.0);
    let (mut of_positives, mut of_negatives) = (0.0, 0.0);
    for bin in scores.bins() {
        let placement = (negatives_below + 0.5 * bin.negatives) / negatives;
        of_positives += bin.positives * (placement - area).powi(2);
        let above = positives - positives_below - 0.5 * bin.positives;
        of_negatives += bin.negatives * (above / positives - area).powi(2);
        negatives_below += bin.negatives;
        positives_below += bin.positives;
    }
    let variance =
        of_positives / (positives - 1.0) / positives + of_negatives / (negatives - 1.0) / negatives;
    Some(variance.sqrt())
}
