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
    /// What it means.
    pub(crate) meaning: String,
    /// In what it is told.
    pub(crate) unit: Unit,
}

/// What a rate means.
struct Meaning {
    metric: &'static str,
    /// Where one label is positive, for which `{positive}` stands.
    of_one: &'static str,
    /// Where each of several classes or outputs has a rate of its own.
    of_several: &'static str,
}

/// The rates that come first where they were audited, with what they mean.
const PREFERRED: [Meaning; 4] = [
    Meaning {
        metric: SELECTION_RATE,
        of_one: "Of all people of the group, the share that is predicted “{positive}”.",
        of_several: "Of all people of the group, the share that is predicted to be of a class; the \
                     mean over all classes.",
    },
    Meaning {
        metric: "true_positive_rate",
        of_one: "Of those whose label is “{positive}”, the share that is predicted so.",
        of_several: "Of those whose label is a class, the share that is predicted so; the mean \
                     over all classes.",
    },
    Meaning {
        metric: "false_positive_rate",
        of_one: "Of those with another label, the share that is wrongly predicted “{positive}”.",
        of_several: "Of those whose label is not a class, the share that is wrongly predicted to \
                     be of it; the mean over all classes.",
    },
    Meaning {
        metric: "accuracy",
        of_one: "The share whose label is predicted rightly.",
        of_several: "The share whose label is predicted rightly.",
    },
];

/// The sizes of groups, which stand beside the rates and are none.
const COUNT: &str = "count";

/// All rates by group of any of the audits: the preferred first, then the others in the order of
/// the audits. `positive` is the label that counts as positive, empty where there is none.
pub(crate) fn rates<'a>(evidence: &[Evidence<'a>], positive: &str) -> Vec<Rate<'a>> {
    // Where each row is of one class, the mean of their shares is the same whatever is predicted.
    let says_something = |metric: &str| {
        metric != SELECTION_RATE
            || !positive.is_empty()
            || evidence.iter().any(|evidence| !evidence.is_even(metric))
    };
    let mut metrics: Vec<&str> = all_metrics(evidence)
        .into_iter()
        .filter(|metric| *metric != COUNT && evidence.iter().any(|e| e.has_groups(metric)))
        .filter(|metric| says_something(metric))
        .collect();
    metrics.sort_by_key(|metric| {
        PREFERRED
            .iter()
            .position(|preferred| preferred.metric == *metric)
            .unwrap_or(PREFERRED.len())
    });
    let rates = metrics.into_iter();
    rates.map(|metric| rate(metric, positive)).collect()
}

fn rate<'a>(metric: &'a str, positive: &str) -> Rate<'a> {
    let preferred = PREFERRED.iter().find(|known| known.metric == metric);
    let meaning = match (preferred, spec(metric)) {
        (Some(known), _) if positive.is_empty() => known.of_several.to_owned(),
        (Some(known), _) => known.of_one.replace("{positive}", positive),
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
