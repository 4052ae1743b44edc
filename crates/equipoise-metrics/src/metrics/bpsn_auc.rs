//! The area under the ROC curve of background positive, subgroup negative rows.

use super::roc_auc::{roc_auc, standard_error};
use crate::{
    Definition, Direction, Estimate, IntervalKind, MetricSpec, NotEstimable, ScoreDistribution,
    Unit,
};

/// The area under the ROC curve of background positive, subgroup negative rows: low where the negative rows of a group are scored as high as the positive rows of others. The group's own is its `roc_auc`.
pub(super) static BPSN_AUC: MetricSpec = MetricSpec {
    name: "bpsn_auc",
    title: "BPSN AUC",
    summary: "probability that a positive row outside the group scores above a negative one of the group, ties counting half",
    formula: "P(s+ of the rest > s- of the group) + P(s+ = s-) / 2",
    paper: "Borkan, Dixon, Sorensen, Thain and Vasserman 2019; interval: DeLong, DeLong and Clarke-Pearson 1988",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::DeLong,
    definition: Definition::AgainstRest {
        value: bpsn_auc,
        standard_error: Some(|group, rest| standard_error(&compared(group, rest))),
    },
};

fn bpsn_auc(group: &ScoreDistribution, rest: &ScoreDistribution) -> Estimate {
    if group.negatives() <= 0.0 {
        return Err(NotEstimable::EmptyDenominator(
            "a negative label in the group",
        ));
    }
    if rest.positives() <= 0.0 {
        return Err(NotEstimable::EmptyDenominator(
            "a positive label outside the group",
        ));
    }
    roc_auc(&compared(group, rest))
}

/// The negative rows of the group and the positive rows of the rest.
fn compared(group: &ScoreDistribution, rest: &ScoreDistribution) -> ScoreDistribution {
    ScoreDistribution::of_classes(group, rest)
}
