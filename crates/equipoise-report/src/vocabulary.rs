//! What the numbers are called, and what they mean.

use crate::evidence::{Estimate, Evidence};
use crate::number::Unit;

/// Which direction is the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    /// Larger is better.
    Higher,
    /// Smaller is better.
    Lower,
}

/// A rate that every group has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// The name in an audit.
    pub(crate) metric: &'static str,
    /// The name in the report.
    pub(crate) label: &'static str,
    /// What it is the share of; `{positive}` stands for the positive label.
    pub(crate) meaning: &'static str,
}

impl Rate {
    /// The meaning, with the positive label put in.
    pub(crate) fn meaning(&self, positive: &str) -> String {
        self.meaning.replace("{positive}", positive)
    }
}

/// The rates that are shown for each group, in order.
pub(crate) const RATES: &[Rate] = &[
    Rate {
        metric: "selection_rate",
        label: "Selection rate",
        meaning: "Of all people of the group, the share that is predicted “{positive}”.",
    },
    Rate {
        metric: "true_positive_rate",
        label: "True positive rate",
        meaning: "Of those whose label is “{positive}”, the share that is predicted so.",
    },
    Rate {
        metric: "false_positive_rate",
        label: "False positive rate",
        meaning: "Of those with another label, the share that is wrongly predicted “{positive}”.",
    },
    Rate {
        metric: "accuracy",
        label: "Accuracy",
        meaning: "The share whose label is predicted rightly.",
    },
];

/// A number that stands for a whole model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measure {
    /// The name in the report.
    pub(crate) label: &'static str,
    /// What it means.
    pub(crate) meaning: &'static str,
    /// In what it is told.
    pub(crate) unit: Unit,
    /// Which direction is the better one.
    pub(crate) better: Better,
    /// Whether it is of the groups of some attributes, and not of everybody alike.
    pub(crate) of_groups: bool,
    /// Where the audit has it, for the groups of the given attributes.
    pub(crate) find: fn(Evidence<'_>, &[&str]) -> Option<Estimate>,
}

/// The name of the accuracy in the report.
pub(crate) const ACCURACY: &str = "Accuracy";
/// The name of the largest gap in the selection rate in the report.
pub(crate) const PARITY_GAP: &str = "Demographic parity difference";
/// The name of the accuracy of the group that is served worst in the report.
pub(crate) const WORST_ACCURACY: &str = "Worst-group accuracy";

/// The name in an audit of the gap whose intervals and sentences open the report.
pub(crate) const HEADLINE_GAP: &str = "demographic_parity";

/// The numbers of the comparison, in order.
pub(crate) const MEASURES: &[Measure] = &[
    Measure {
        label: ACCURACY,
        meaning: "share of right predictions",
        unit: Unit::Percent,
        better: Better::Higher,
        of_groups: false,
        find: |evidence, _| evidence.overall("accuracy"),
    },
    Measure {
        label: "ROC AUC",
        meaning: "chance that a positive is ranked above a negative",
        unit: Unit::Plain,
        better: Better::Higher,
        of_groups: false,
        find: |evidence, _| evidence.overall("roc_auc"),
    },
    Measure {
        label: "Average precision",
        meaning: "area under precision and recall",
        unit: Unit::Plain,
        better: Better::Higher,
        of_groups: false,
        find: |evidence, _| evidence.overall("average_precision"),
    },
    Measure {
        label: PARITY_GAP,
        meaning: "largest gap between groups in the selection rate",
        unit: Unit::Points,
        better: Better::Lower,
        of_groups: true,
        find: |evidence, by| evidence.gap("demographic_parity", by),
    },
    Measure {
        label: "Equalized odds difference",
        meaning: "larger of the gaps in the true and the false positive rate",
        unit: Unit::Points,
        better: Better::Lower,
        of_groups: true,
        find: |evidence, by| evidence.gap("equalized_odds", by),
    },
    Measure {
        label: "Equal opportunity difference",
        meaning: "largest gap between groups in the true positive rate",
        unit: Unit::Points,
        better: Better::Lower,
        of_groups: true,
        find: |evidence, by| evidence.gap("equal_opportunity", by),
    },
    Measure {
        label: WORST_ACCURACY,
        meaning: "accuracy of the group that is served worst",
        unit: Unit::Percent,
        better: Better::Higher,
        of_groups: true,
        find: |evidence, by| evidence.lowest("accuracy", by),
    },
    Measure {
        label: "Area between the groups’ score curves",
        meaning: "ABCC: gap in the scores over all thresholds",
        unit: Unit::Plain,
        better: Better::Lower,
        of_groups: true,
        find: |evidence, by| evidence.gap("abcc", by),
    },
];

/// A metric's name as words: `true_positive_rate` becomes `true positive rate`.
pub(crate) fn in_words(metric: &str) -> String {
    metric.replace(['_', '-'], " ")
}
