//! How far scores lie from the shares of positive rows, on average.

use crate::{
    Definition, Direction, Estimate, IntervalKind, MetricSpec, ScoreBin, ScoreDistribution, Unit,
};

/// The number of bins.
pub(super) const BINS: usize = 15;

/// The distance of mean score and share of positive rows within bins of equal width, each bin
/// weighted with its rows. In a small group it is above 0 even for calibrated scores, since the
/// shares scatter.
pub(super) static EXPECTED_CALIBRATION_ERROR: MetricSpec = MetricSpec {
    name: "expected_calibration_error",
    title: "expected calibration error",
    summary: "mean distance of score and share of positive rows within 15 bins of equal width",
    formula: "sum over bins B of share(B) |mean of y in B - mean of s in B|",
    paper: "Naeini, Cooper and Hauskrecht 2015; 15 bins: Guo, Pleiss, Sun and Weinberger 2017",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::None,
    definition: Definition::Scores {
        value: expected_calibration_error,
        standard_error: None,
    },
};

#[expect(clippy::unnecessary_wraps, reason = "the type that all metrics share")]
fn expected_calibration_error(scores: &ScoreDistribution) -> Estimate {
    let gaps = calibration_gaps(scores);
    let sum: f64 = gaps.iter().map(|(rows, gap)| rows * gap).sum();
    Ok(sum / scores.rows())
}

/// The rows of each bin that has some, and the distance of their mean score from their share of
/// positive rows. A score on the edge of two bins belongs to the upper one; 1 to the last.
pub(super) fn calibration_gaps(scores: &ScoreDistribution) -> Vec<(f64, f64)> {
    scores
        .bins()
        .chunk_by(|a, b| bin_of(a.score) == bin_of(b.score))
        .map(|of_bin| calibration_gap(of_bin.iter()))
        .collect()
}

/// The number of some rows, and the distance of their mean score from their share of positive ones.
pub(super) fn calibration_gap<'a>(
    scores: impl Iterator<Item = &'a ScoreBin> + Clone,
) -> (f64, f64) {
    let rows: f64 = scores.clone().map(ScoreBin::rows).sum();
    let positives: f64 = scores.clone().map(|bin| bin.positives).sum();
    let score: f64 = scores.map(|bin| bin.rows() * bin.score).sum();
    (rows, (positives - score).abs() / rows)
}

/// The bin of a score in `[0, 1]`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number from 0 to the number of bins"
)]
fn bin_of(score: f64) -> usize {
    ((score * BINS as f64) as usize).min(BINS - 1)
}
