//! How far scores lie from the shares of positive rows, at worst.

use super::expected_calibration_error::calibration_gaps;
use crate::{
    Definition, Direction, Estimate, IntervalKind, MetricSpec, ScoreDistribution, Unit,
    aggregate::largest,
};

/// The largest distance of mean score and share of positive rows within bins of equal width. One
/// row alone in a bin can decide it.
pub(super) static MAXIMUM_CALIBRATION_ERROR: MetricSpec = MetricSpec {
    name: "maximum_calibration_error",
    title: "maximum calibration error",
    summary: "largest distance of score and share of positive rows within 15 bins of equal width",
    formula: "max over bins B of |mean of y in B - mean of s in B|",
    paper: "Naeini, Cooper and Hauskrecht 2015",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::None,
    definition: Definition::Scores {
        value: maximum_calibration_error,
        standard_error: None,
    },
};

fn maximum_calibration_error(scores: &ScoreDistribution) -> Estimate {
    let gaps = calibration_gaps(scores).into_iter();
    largest(&gaps.map(|(_, gap)| gap).collect::<Vec<f64>>())
}
