//! The largest gap between the distributions of the predictions of two groups.

use crate::{
    Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, ScoreDistribution,
    Unit, distribution_steps::steps,
};

/// The largest gap between the cumulative distributions of the predictions of two groups: how much
/// their shares above a threshold can differ.
pub(crate) static PREDICTION_KOLMOGOROV_SMIRNOV: MetricSpec = MetricSpec {
    name: "prediction_kolmogorov_smirnov",
    title: "Kolmogorov-Smirnov distance of predictions",
    summary: "largest gap between the cumulative distributions of the predictions of two groups, the largest over pairs",
    formula: "max over t of |F_a(t) - F_b(t)|",
    paper: "Agarwal, Dudik and Wu 2019",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::None,
    definition: Definition::OutcomeDistance(kolmogorov_smirnov),
};

fn kolmogorov_smirnov(a: &ScoreDistribution, b: &ScoreDistribution) -> Estimate {
    if a.rows() <= 0.0 || b.rows() <= 0.0 {
        return Err(NotEstimable::NoRows);
    }
    let gaps = steps(a, b).into_iter().map(|step| step.gap.abs());
    Ok(gaps.fold(0.0, f64::max))
}
