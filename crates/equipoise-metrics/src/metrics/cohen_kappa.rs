//! The agreement of label and prediction beyond chance.

use crate::{
    Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, Unit,
};

/// The agreement of label and prediction beyond what independent ones of the same frequencies
/// would have.
pub(super) static COHEN_KAPPA: MetricSpec = MetricSpec {
    name: "cohen_kappa",
    title: "Cohen's kappa",
    summary: "agreement of label and prediction beyond chance",
    formula: "(o - e) / (1 - e), with o the accuracy and e that of independent predictions of the same frequency",
    paper: "Cohen 1960",
    range: (-1.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Coefficient,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Counts {
        value: cohen_kappa,
        fallback: None,
    },
};

fn cohen_kappa(counts: &Confusion) -> Estimate {
    let both = counts.true_positives * counts.true_negatives
        - counts.false_positives * counts.false_negatives;
    // 1 - e, times the square of the number of rows: the products of unlike margins.
    let beyond_chance = counts.label_positives() * counts.predicted_negatives()
        + counts.label_negatives() * counts.predicted_positives();
    if beyond_chance > 0.0 {
        Ok((2.0 * both / beyond_chance).clamp(-1.0, 1.0))
    } else {
        Err(NotEstimable::OneClass)
    }
}
