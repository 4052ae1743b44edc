//! The area under the ROC curve of background negative, subgroup positive rows.

use super::roc_auc::{roc_auc, standard_error};
use crate::{
    Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, ScoreDistribution,
    Unit,
};

/// The area under the ROC curve of background negative, subgroup positive rows: low where the positive rows of a group are scored as low as the negative rows of others. The group's own is its `roc_auc`.
pub(super) static BNSP_AUC: MetricSpec = MetricSpec {
    name: "bnsp_auc",
    title: "BNSP AUC",
    summary: "probability that a positive row of the group scores above a negative one outside it, ties counting half",
    formula: "P(s+ of the group > s- of the rest) + P(s+ = s-) / 2",
    paper: "Borkan, Dixon, Sorensen, Thain and Vasserman 2019; interval: DeLong, DeLong and Clarke-Pearson 1988",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::DeLong,
    definition: Definition::AgainstRest {
        value: bnsp_auc,
        standard_error: Some(|group, rest| standard_error(&compared(group, rest))),
    },
};

fn bnsp_auc(group: &ScoreDistribution, rest: &ScoreDistribution) -> Estimate {
    if rest.negatives() <= 0.0 {
        return Err(NotEstimable::EmptyDenominator(
            "a negative label outside the group",
        ));
    }
    if group.positives() <= 0.0 {
        return Err(NotEstimable::EmptyDenominator(
            "a positive label in the group",
        ));
    }
    roc_auc(&compared(group, rest))
}

/// The negative rows of the rest and the positive rows of the group.
fn compared(group: &ScoreDistribution, rest: &ScoreDistribution) -> ScoreDistribution {
    ScoreDistribution::of_classes(rest, group)
}
