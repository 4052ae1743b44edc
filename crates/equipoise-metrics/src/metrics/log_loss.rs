//! The mean negative logarithm of the probability given to the label that came true.

use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// One wrong certainty would make the mean infinite; so scores stay this far from 0 and 1.
const CLIP: f64 = 1e-12;

/// The mean negative logarithm of the probability given to the label that came true.
pub(super) static LOG_LOSS: MetricSpec = MetricSpec {
    name: "log_loss",
    title: "log loss",
    summary: "mean negative logarithm of the probability given to the label; scores are kept 1e-12 away from 0 and 1",
    formula: "-mean of (y ln s + (1 - y) ln(1 - s))",
    paper: "Good 1952",
    range: (0.0, f64::INFINITY),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Nats,
    interval: IntervalKind::Normal,
    definition: Definition::RowMean(log_loss),
};

fn log_loss(score: f64, positive: bool) -> f64 {
    let score = score.clamp(CLIP, 1.0 - CLIP);
    if positive {
        -score.ln()
    } else {
        -(1.0 - score).ln()
    }
}
