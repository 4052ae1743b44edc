//! The difference of two cumulative distributions, which is constant between two numbers.

use crate::ScoreDistribution;

/// From one number to the next.
pub(crate) struct Step {
    pub(crate) from: f64,
    /// The share of rows of the first group up to there, less that of the second.
    pub(crate) gap: f64,
}

/// All steps, ascending; both groups must have rows.
pub(crate) fn steps(a: &ScoreDistribution, b: &ScoreDistribution) -> Vec<Step> {
    let mut left = a.bins().iter().peekable();
    let mut right = b.bins().iter().peekable();
    let (mut left_below, mut right_below) = (0.0, 0.0);
    let mut steps = Vec::with_capacity(a.bins().len() + b.bins().len());
    loop {
        let from = match (left.peek(), right.peek()) {
            (Some(l), Some(r)) => l.score.min(r.score),
            (Some(bin), None) | (None, Some(bin)) => bin.score,
            (None, None) => return steps,
        };
        while let Some(bin) = left.next_if(|bin| bin.score <= from) {
            left_below += bin.rows();
        }
        while let Some(bin) = right.next_if(|bin| bin.score <= from) {
            right_below += bin.rows();
        }
        steps.push(Step {
            from,
            gap: left_below / a.rows() - right_below / b.rows(),
        });
    }
}
