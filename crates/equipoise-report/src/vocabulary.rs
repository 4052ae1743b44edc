//! What the numbers are called, and what they mean.

use crate::stub::TestSummary;

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
pub(crate) struct Headline {
    /// The name in the report.
    pub(crate) label: &'static str,
    /// What it means.
    pub(crate) meaning: &'static str,
    /// In what it is told.
    pub(crate) unit: Unit,
    /// Which direction is the better one.
    pub(crate) better: Better,
    /// Where the summary has it.
    pub(crate) of_summary: fn(&TestSummary) -> Option<f64>,
    /// Where the audit has it, with its interval or the reason why it is missing.
    pub(crate) of_audit: fn(&Evidence<'_>, &[&str]) -> Option<Estimate>,
}

impl Headline {
    /// The summary's value, with the interval or the reason that the audit gives.
    pub(crate) fn estimate(
        &self,
        summary: &TestSummary,
        evidence: &Evidence<'_>,
        by: &[&str],
    ) -> Estimate {
        let value = (self.of_summary)(summary);
        let audited = (self.of_audit)(evidence, by);
        Estimate::of_summary(value, audited)
    }
}

/// The gap whose intervals and sentences open the report.
pub(crate) const HEADLINE_GAP: &str = "demographic_parity";

/// The numbers of the comparison, in order.
pub(crate) const HEADLINES: &[Headline] = &[
    Headline {
        label: "Accuracy",
        meaning: "share of right predictions",
        unit: Unit::Percent,
        better: Better::Higher,
        of_summary: |summary| summary.accuracy,
        of_audit: |evidence, _| evidence.overall("accuracy"),
    },
    Headline {
        label: "ROC AUC",
        meaning: "chance that a positive is ranked above a negative",
        unit: Unit::Plain,
        better: Better::Higher,
        of_summary: |summary| summary.roc_auc,
        of_audit: |evidence, _| evidence.overall("roc_auc"),
    },
    Headline {
        label: "Average precision",
        meaning: "area under precision and recall",
        unit: Unit::Plain,
        better: Better::Higher,
        of_summary: |summary| summary.average_precision,
        of_audit: |evidence, _| evidence.overall("average_precision"),
    },
    Headline {
        label: "Demographic parity difference",
        meaning: "largest gap between groups in the selection rate",
        unit: Unit::Points,
        better: Better::Lower,
        of_summary: |summary| summary.demographic_parity_difference,
        of_audit: |evidence, by| evidence.gap("demographic_parity", by),
    },
    Headline {
        label: "Equalized odds difference",
        meaning: "larger of the gaps in the true and the false positive rate",
        unit: Unit::Points,
        better: Better::Lower,
        of_summary: |summary| summary.equalized_odds_difference,
        of_audit: |evidence, by| evidence.gap("equalized_odds", by),
    },
    Headline {
        label: "Equal opportunity difference",
        meaning: "largest gap between groups in the true positive rate",
        unit: Unit::Points,
        better: Better::Lower,
        of_summary: |summary| summary.equal_opportunity_difference,
        of_audit: |evidence, by| evidence.gap("equal_opportunity", by),
    },
    Headline {
        label: "Worst-group accuracy",
        meaning: "accuracy of the group that is served worst",
        unit: Unit::Percent,
        better: Better::Higher,
        of_summary: |summary| summary.worst_group_accuracy,
        of_audit: |evidence, by| evidence.lowest("accuracy", by),
    },
    Headline {
        label: "Area between the groups’ score curves",
        meaning: "ABCC: gap in the scores over all thresholds",
        unit: Unit::Plain,
        better: Better::Lower,
        of_summary: |summary| summary.abcc,
        of_audit: |evidence, by| evidence.gap("abcc", by),
    },
];

/// A gap that every set of group attributes has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gap {
    /// The name in the report.
    pub(crate) label: &'static str,
    /// In what it is told.
    pub(crate) unit: Unit,
    /// Which direction is the better one.
    pub(crate) better: Better,
    /// Where the audit has it.
    pub(crate) of_audit: fn(&Evidence<'_>, &[&str]) -> Option<Estimate>,
}

/// The gaps that are told for each further set of group attributes.
pub(crate) const GAPS: &[Gap] = &[
    Gap {
        label: "Demographic parity difference",
        unit: Unit::Points,
        better: Better::Lower,
        of_audit: |evidence, by| evidence.gap("demographic_parity", by),
    },
    Gap {
        label: "Equalized odds difference",
        unit: Unit::Points,
        better: Better::Lower,
        of_audit: |evidence, by| evidence.gap("equalized_odds", by),
    },
    Gap {
        label: "Equal opportunity difference",
        unit: Unit::Points,
        better: Better::Lower,
        of_audit: |evidence, by| evidence.gap("equal_opportunity", by),
    },
    Gap {
        label: "Worst-group accuracy",
        unit: Unit::Percent,
        better: Better::Higher,
        of_audit: |evidence, by| evidence.lowest("accuracy", by),
    },
];

/// A metric's name as words: `true_positive_rate` becomes `true positive rate`.
pub(crate) fn in_words(metric: &str) -> String {
    metric.replace(['_', '-'], " ")
}
