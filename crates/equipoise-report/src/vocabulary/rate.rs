//! The rates that every group has.

use super::{capitalised, spec, title, unit};
use crate::evidence::{Evidence, all_metrics};
use crate::number::Unit;

/// The name in an audit of the share that is predicted positive.
pub(crate) const SELECTION_RATE: &str = "selection_rate";

/// A number that every group has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rate<'a> {
    /// The name in an audit.
    pub(crate) metric: &'a str,
    /// The name in the report.
    pub(crate) label: String,
    /// What it means; `{positive}` stands for the positive label.
    meaning: String,
    /// In what it is told.
    pub(crate) unit: Unit,
}

impl Rate<'_> {
    /// The meaning, with the positive label put in.
    pub(crate) fn meaning(&self, positive: &str) -> String {
        self.meaning.replace("{positive}", positive)
    }
}

/// The rates that come first where they were audited, with what they mean.
const PREFERRED: [(&str, &str); 4] = [
    (
        SELECTION_RATE,
        "Of all people of the group, the share that is predicted “{positive}”.",
    ),
    (
        "true_positive_rate",
        "Of those whose label is “{positive}”, the share that is predicted so.",
    ),
    (
        "false_positive_rate",
        "Of those with another label, the share that is wrongly predicted “{positive}”.",
    ),
    ("accuracy", "The share whose label is predicted rightly."),
];

/// The sizes of groups, which stand beside the rates and are none.
const COUNT: &str = "count";

/// All rates by group of any of the audits: the preferred first, then the others in the order of
/// the audits.
pub(crate) fn rates<'a>(evidence: &[Evidence<'a>]) -> Vec<Rate<'a>> {
    let mut metrics: Vec<&str> = all_metrics(evidence)
        .into_iter()
        .filter(|metric| *metric != COUNT && evidence.iter().any(|e| e.has_groups(metric)))
        .collect();
    metrics.sort_by_key(|metric| {
        PREFERRED
            .iter()
            .position(|(preferred, _)| preferred == metric)
            .unwrap_or(PREFERRED.len())
    });
    metrics.into_iter().map(rate).collect()
}

fn rate(metric: &str) -> Rate<'_> {
    let preferred = PREFERRED.iter().find(|(name, _)| *name == metric);
    let meaning = match (preferred, spec(metric)) {
        (Some((_, meaning)), _) => (*meaning).to_owned(),
        (None, Some(spec)) => format!("{}.", capitalised(spec.summary)),
        (None, None) => String::new(),
    };
    Rate {
        metric,
        label: capitalised(&title(metric)),
        meaning,
        unit: unit(metric),
    }
}
