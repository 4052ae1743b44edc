//! The numbers that stand for a whole model.

use equipoise_metrics::{Definition, Direction};

use super::{capitalised, in_a_sentence, sole_part, spec, title, unit};
use crate::evidence::{Estimate, Evidence, all_metrics};
use crate::number::Unit;

/// The name of the accuracy in the report.
pub(crate) const ACCURACY: &str = "Accuracy";
/// The name of the largest gap in the selection rate in the report.
pub(crate) const PARITY_GAP: &str = "Demographic parity difference";
/// The name of the accuracy of the group that is served worst in the report.
pub(crate) const WORST_ACCURACY: &str = "Worst-group accuracy";

/// The most rows of the first table, unless more were preferred.
const MOST_ROWS: usize = 12;

/// Which direction is the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    /// Larger is better.
    Higher,
    /// Smaller is better.
    Lower,
    /// Neither by itself.
    Neither,
}

/// Where an audit has a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source<'a> {
    /// The metric of everybody.
    Overall(&'a str),
    /// The largest gap in the metric between groups.
    Gap(&'a str),
    /// The metric of the group that has the least.
    Lowest(&'a str),
}

/// A number that stands for a whole model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Measure<'a> {
    /// The name in the report.
    pub(crate) label: String,
    /// What it means.
    pub(crate) meaning: String,
    /// In what it is told.
    pub(crate) unit: Unit,
    /// Which direction is the better one.
    pub(crate) better: Better,
    source: Source<'a>,
}

impl<'a> Measure<'a> {
    /// The number of an audit, for the groups of the given attributes; `None` where the audit
    /// does not have it.
    pub(crate) fn find(&self, evidence: Evidence<'_>, by: &[&str]) -> Option<Estimate> {
        match self.source {
            Source::Overall(metric) => evidence.overall(metric),
            Source::Gap(metric) => evidence.gap(metric, by),
            Source::Lowest(metric) => evidence.lowest(metric, by),
        }
    }

    /// Whether it is of the groups of some attributes, and not of everybody alike.
    pub(crate) fn is_of_groups(&self) -> bool {
        !matches!(self.source, Source::Overall(_))
    }

    /// The metric whose gap it is, if it is a gap.
    pub(crate) fn gap_of(&self) -> Option<&'a str> {
        match self.source {
            Source::Gap(metric) => Some(metric),
            Source::Overall(_) | Source::Lowest(_) => None,
        }
    }
}

/// What was audited, as measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Measures<'a> {
    /// Those of the first table: the preferred ones, and all others where these are few.
    pub(crate) first: Vec<Measure<'a>>,
    /// The others.
    pub(crate) further: Vec<Measure<'a>>,
}

impl<'a> Measures<'a> {
    /// The measures that any of the audits has for any of the sets of attributes.
    pub(crate) fn audited(evidence: &[Evidence<'a>], partitions: &[Vec<&str>]) -> Self {
        let audited = |measure: &Measure<'_>| {
            evidence.iter().any(|evidence| {
                if measure.is_of_groups() {
                    partitions
                        .iter()
                        .any(|by| measure.find(*evidence, by).is_some())
                } else {
                    measure.find(*evidence, &[]).is_some()
                }
            })
        };
        Self::sorted(&all_metrics(evidence), audited)
    }

    /// All measures of some metrics.
    #[cfg(test)]
    pub(crate) fn of_metrics(metrics: &[&'a str]) -> Self {
        Self::sorted(metrics, |_| true)
    }

    fn sorted(metrics: &[&'a str], audited: impl Fn(&Measure<'_>) -> bool) -> Self {
        let mut first = preferred(metrics);
        first.retain(|measure| audited(measure));
        let others: Vec<Measure<'a>> = metrics
            .iter()
            .flat_map(|metric| others(metric, metrics))
            .filter(|measure| {
                !first.iter().any(|known| known.source == measure.source) && audited(measure)
            })
            .collect();
        let inline = if first.len() + others.len() <= MOST_ROWS {
            others.len()
        } else if first.is_empty() {
            MOST_ROWS
        } else {
            0
        };
        let mut others = others.into_iter();
        first.extend(others.by_ref().take(inline));
        Self {
            first,
            further: others.collect(),
        }
    }

    /// All measures.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Measure<'a>> {
        self.first.iter().chain(&self.further)
    }

    /// The gap whose sentences open the report: that in the selection rate where it was audited,
    /// and otherwise the first.
    pub(crate) fn headline_gap(&self) -> Option<&Measure<'a>> {
        let gaps = || self.iter().filter(|measure| measure.gap_of().is_some());
        gaps()
            .find(|measure| measure.label == PARITY_GAP)
            .or_else(|| gaps().next())
    }
}

/// The measures that come first where they were audited, in order.
fn preferred<'a>(metrics: &[&'a str]) -> Vec<Measure<'a>> {
    let measure = |label: &str, meaning: &str, unit, better, source| Measure {
        label: label.to_owned(),
        meaning: meaning.to_owned(),
        unit,
        better,
        source,
    };
    vec![
        measure(
            ACCURACY,
            "share of right predictions",
            Unit::Percent,
            Better::Higher,
            Source::Overall("accuracy"),
        ),
        measure(
            "ROC AUC",
            "chance that a positive is ranked above a negative",
            Unit::Plain,
            Better::Higher,
            Source::Overall("roc_auc"),
        ),
        measure(
            "Average precision",
            "mean of the precision over thresholds, each weighted by the recall gained there",
            Unit::Plain,
            Better::Higher,
            Source::Overall("average_precision"),
        ),
        measure(
            PARITY_GAP,
            "largest gap between groups in the selection rate",
            Unit::Points,
            Better::Lower,
            Source::Gap(notion_or_rate("demographic_parity", metrics)),
        ),
        measure(
            "Equalized odds difference",
            "larger of the gaps in the true and the false positive rate",
            Unit::Points,
            Better::Lower,
            Source::Gap("equalized_odds"),
        ),
        measure(
            "Equal opportunity difference",
            "largest gap between groups in the true positive rate",
            Unit::Points,
            Better::Lower,
            Source::Gap(notion_or_rate("equal_opportunity", metrics)),
        ),
        measure(
            WORST_ACCURACY,
            "accuracy of the group that is served worst",
            Unit::Percent,
            Better::Higher,
            Source::Lowest("accuracy"),
        ),
        measure(
            "Area between the groups’ score curves",
            "ABCC: gap in the scores over all thresholds",
            Unit::Plain,
            Better::Lower,
            Source::Gap("abcc"),
        ),
    ]
}

/// A notion where it was audited, and otherwise the rate that it asks to be equal, whose gap is
/// the same number.
fn notion_or_rate<'a>(notion: &'static str, metrics: &[&'a str]) -> &'a str {
    match sole_part(notion) {
        Some(rate) if !metrics.contains(&notion) && metrics.contains(&rate) => rate,
        _ => notion,
    }
}

/// What any metric can give: its value of everybody, and its gap unless a notion that was
/// audited is that gap.
fn others<'a>(metric: &'a str, metrics: &[&str]) -> Vec<Measure<'a>> {
    let spec = spec(metric);
    if spec.is_some_and(|spec| spec.unit == equipoise_metrics::Unit::Rows) {
        return Vec::new();
    }
    let title = title(metric);
    let label = capitalised(&title);
    let unit = unit(metric);
    let mut measures = vec![Measure {
        label: label.clone(),
        meaning: spec.map_or_else(String::new, |spec| spec.summary.to_owned()),
        unit,
        better: match spec.map(|spec| spec.direction) {
            Some(Direction::HigherIsBetter) => Better::Higher,
            Some(Direction::LowerIsBetter) => Better::Lower,
            Some(Direction::Neutral) | None => Better::Neither,
        },
        source: Source::Overall(metric),
    }];
    if !metrics
        .iter()
        .any(|notion| sole_part(notion) == Some(metric))
    {
        let of = sole_part(metric).map_or(title, super::title);
        // What exists between groups alone is no gap of values that each group has.
        let between_groups_alone = spec.filter(|spec| {
            matches!(
                spec.definition,
                Definition::Joint(_)
                    | Definition::Distance(_)
                    | Definition::CurveDistance { .. }
                    | Definition::OutcomeDistance(_)
            )
        });
        let (label, meaning) = match between_groups_alone {
            Some(spec) => (label, spec.summary.to_owned()),
            None => (
                format!("{label} difference"),
                format!("largest gap between groups in the {}", in_a_sentence(&of)),
            ),
        };
        measures.push(Measure {
            label,
            meaning,
            unit: match unit {
                Unit::Percent => Unit::Points,
                unit => unit,
            },
            better: Better::Lower,
            source: Source::Gap(metric),
        });
    }
    measures
}
