//! The number of missed positive rows for each false alarm.

use crate::{
    Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, Unit,
};

/// The number of missed positive rows for each false alarm. Where it differs, the errors of one
/// group burden its members and those of another spare them; its difference between groups is the
/// treatment equality gap.
pub(super) static TREATMENT_EQUALITY: MetricSpec = MetricSpec {
    name: "treatment_equality",
    title: "treatment equality",
    summary: "false negatives for each false positive",
    formula: "n(1, 0) / n(0, 1)",
    paper: "Berk, Heidari, Jabbari, Kearns and Roth 2018",
    range: (0.0, f64::INFINITY),
    ideal: None,
    direction: Direction::Neutral,
    unit: Unit::Coefficient,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Counts {
        value: treatment_equality,
        fallback: None,
    },
};

fn treatment_equality(counts: &Confusion) -> Estimate {
    if counts.false_positives > 0.0 {
        Ok(counts.false_negatives / counts.false_positives)
    } else {
        Err(NotEstimable::EmptyDenominator(
            "a negative label and a positive prediction",
        ))
    }
}
