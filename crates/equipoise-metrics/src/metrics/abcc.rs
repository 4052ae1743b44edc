//! The area between the score distributions of two groups.

use crate::{
    Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, ScoreDistribution,
    Unit,
};

/// The area between the cumulative score distributions of two groups: their Wasserstein-1
/// distance. Zero only where the groups' shares above every threshold agree.
pub(super) static ABCC: MetricSpec = MetricSpec {
    name: "abcc",
    title: "area between score distributions",
    summary: "area between the cumulative score distributions of two groups, the largest over pairs",
    formula: "integral over t in [0, 1] of |F_a(t) - F_b(t)|",
    paper: "Han et al. 2023; as a distance: Jiang, Pacchiano, Stepleton, Jiang and Chiappa 2020",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::None,
    definition: Definition::Distance(area_between),
};

fn area_between(a: &ScoreDistribution, b: &ScoreDistribution) -> Estimate {
    Ok(cumulative_gaps(a, b)?.map(|(width, gap)| width * gap).sum())
}

/// The distance of two cumulative distributions between one score of either and the next: the width
/// of each such step, and the distance there.
pub(super) fn cumulative_gaps(
    a: &ScoreDistribution,
    b: &ScoreDistribution,
) -> Result<impl Iterator<Item = (f64, f64)>, NotEstimable> {
    if a.rows() <= 0.0 || b.rows() <= 0.0 {
        return Err(NotEstimable::NoRows);
    }
    let (mut left, mut right) = (a.bins().iter().peekable(), b.bins().iter().peekable());
    let (mut left_below, mut right_below) = (0.0, 0.0);
    let mut last = 0.0;
    Ok(std::iter::from_fn(move || {
        // The next score of either group.
        let score = match (left.peek(), right.peek()) {
            (Some(l), Some(r)) => l.score.min(r.score),
            (Some(bin), None) | (None, Some(bin)) => bin.score,
            // Above all scores both distributions are 1.
            (None, None) => return None,
        };
        let gap: f64 = left_below / a.rows() - right_below / b.rows();
        let step = (score - last, gap.abs());
        last = score;
        while let Some(bin) = left.next_if(|bin| bin.score <= score) {
            left_below += bin.rows();
        }
        while let Some(bin) = right.next_if(|bin| bin.score <= score) {
            right_below += bin.rows();
        }
        Some(step)
    }))
}
