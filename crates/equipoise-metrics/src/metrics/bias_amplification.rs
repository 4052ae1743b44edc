//! How much more the predictions set groups apart than the labels do.

use super::smoothed_differential_fairness::smoothed_log_ratio;
use crate::{Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, Unit};

/// How much more the predictions set groups apart than the labels do: the smoothed differential
/// fairness of the predictions minus that of the labels. Below 0 the model narrows what it found.
pub(super) static BIAS_AMPLIFICATION: MetricSpec = MetricSpec {
    name: "bias_amplification",
    title: "bias amplification",
    summary: "smoothed differential fairness of the predictions minus that of the labels; below 0 where the model narrows the gap",
    formula: "e(predictions) - e(labels), with e the smoothed differential fairness",
    paper: "Foulds, Islam, Keya and Pan 2020",
    range: (f64::NEG_INFINITY, f64::INFINITY),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Nats,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Joint(bias_amplification),
};

fn bias_amplification(groups: &[Confusion]) -> Estimate {
    let of_predictions = smoothed_log_ratio(groups, Confusion::predicted_positives)?;
    let of_labels = smoothed_log_ratio(groups, Confusion::label_positives)?;
    Ok(of_predictions - of_labels)
}
