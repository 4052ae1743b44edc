//! How far scores lie from the shares of positive rows, on average over bins of as many rows.

use super::expected_calibration_error::{BINS, calibration_gap};
use crate::{
    Definition, Direction, Estimate, IntervalKind, MetricSpec, ScoreBin, ScoreDistribution, Unit,
};

/// The distance of mean score and share of positive rows within bins of as many rows each, which
/// follow the scores where these crowd. Rows of one score are never parted: their bin is that of
/// the middle one. In a small group it is above 0 even for calibrated scores.
pub(super) static EQUAL_MASS_CALIBRATION_ERROR: MetricSpec = MetricSpec {
    name: "equal_mass_calibration_error",
    title: "equal-mass calibration error",
    summary: "mean distance of score and share of positive rows within 15 bins of equal numbers of rows",
    formula: "sum over bins B of share(B) |mean of y in B - mean of s in B|",
    paper: "Nixon, Dusenberry, Zhang, Jerfel and Tran 2019",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::None,
    definition: Definition::Scores {
        value: equal_mass_calibration_error,
        standard_error: None,
    },
};

#[expect(clippy::unnecessary_wraps, reason = "the type that all metrics share")]
fn equal_mass_calibration_error(scores: &ScoreDistribution) -> Estimate {
    let mut below = 0.0;
    let numbered: Vec<(f64, &ScoreBin)> = scores
        .bins()
        .iter()
        .map(|bin| {
            let middle = below + 0.5 * bin.rows();
            below += bin.rows();
            ((BINS as f64 * middle / scores.rows()).floor(), bin)
        })
        .collect();
    let sum: f64 = numbered
        .chunk_by(|(a, _), (b, _)| a.total_cmp(b).is_eq())
        .map(|of_bin| calibration_gap(of_bin.iter().map(|(_, bin)| *bin)))
        .map(|(rows, gap)| rows * gap)
        .sum();
    Ok(sum / scores.rows())
}
