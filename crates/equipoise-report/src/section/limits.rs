//! What was not measured, and what a number does not say.

use std::collections::BTreeMap;

use equipoise_metrics::{IntervalMethod, Scope};

use super::listed;
use super::rates::min_count;
use crate::evidence::all_groups;
use crate::number;
use crate::plot::Subject;
use crate::vocabulary::{capitalised, in_words, title};

/// The most lines of one list; the audit's file has all.
const MOST_LINES: usize = 40;

/// The limits of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The size below which a group is small.
    pub(crate) min_count: String,
    /// Small groups, with their size.
    pub(crate) small: Shortened<(String, String)>,
    /// Groups and intersections with nobody in them.
    pub(crate) empty: Shortened<String>,
    /// What could not be estimated.
    pub(crate) missing: Shortened<MissingRow>,
    /// How intervals were made, in sentences.
    pub(crate) intervals: Vec<String>,
    /// What the audits and the maker of the report note.
    pub(crate) notes: Vec<String>,
    /// What a gap does not say.
    pub(crate) unsaid: &'static [&'static str],
}

/// A list that may have been cut, with the number that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shortened<T> {
    /// What is shown.
    pub(crate) shown: Vec<T>,
    /// How many more there are.
    pub(crate) left_out: usize,
}

impl<T> Shortened<T> {
    fn of(mut all: Vec<T>) -> Self {
        let left_out = all.len().saturating_sub(MOST_LINES);
        all.truncate(MOST_LINES);
        Self {
            shown: all,
            left_out,
        }
    }
}

/// Numbers that one place lacks for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MissingRow {
    /// The group, or the attributes whose groups were to be compared.
    pub(crate) place: String,
    /// The measures.
    pub(crate) measures: String,
    /// The models.
    pub(crate) models: String,
    /// Why.
    pub(crate) reason: String,
}

/// What readers take a gap for, and should not.
const UNSAID: &[&str] = &[
    "A small gap in one measure does not mean a small gap in another: when base rates differ \
     between groups, equal selection rates and equal error rates cannot both hold, except for \
     predictions that say nothing about the label.",
    "A gap says that groups fare differently, not why. It is no proof of discrimination, and its \
     absence is no proof that there is none.",
    "The label is taken as true. Where past decisions made the labels, their bias is in every \
     number of this page.",
    "Groups that nobody named were not looked at, and neither were people within one group.",
    "The largest gap among many groups is larger by chance than the gap between two, the more so \
     the smaller the groups.",
    "The numbers hold for people like those in the data. Elsewhere, or later, they must be \
     measured again.",
];

/// The limits of a report.
pub(crate) fn limits(subject: &Subject<'_>) -> Limits {
    let least = min_count(subject);
    let mut small = Vec::new();
    let mut empty = Vec::new();
    for by in subject.partitions() {
        for group in all_groups(&subject.evidence, &by) {
            let pairs: Vec<String> = by
                .iter()
                .zip(&group.values)
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let label = pairs.join(", ");
            match group.count {
                Some(0) => empty.push(label),
                Some(count) if count < least => small.push((label, number::count(count))),
                _ => {}
            }
        }
    }
    Limits {
        min_count: number::count(least),
        small: Shortened::of(small),
        empty: Shortened::of(empty),
        missing: Shortened::of(missing(subject)),
        intervals: intervals(subject),
        notes: notes(subject),
        unsaid: UNSAID,
    }
}

/// All numbers that could not be estimated: one line for each place and reason.
fn missing(subject: &Subject<'_>) -> Vec<MissingRow> {
    type Lists<'a> = (Vec<String>, Vec<&'a str>);
    let mut order: Vec<(String, String)> = Vec::new();
    let mut lists: BTreeMap<(String, String), Lists<'_>> = BTreeMap::new();
    for (model, evidence) in subject.input.models.iter().zip(&subject.evidence) {
        for record in &evidence.audit().records {
            // Groups with nobody in them are listed on their own.
            let nobody = record.scope == Scope::Group && record.count == Some(0);
            if nobody || record.value.is_some_and(f64::is_finite) {
                continue;
            }
            let by = match &record.attributes {
                // Against the reference group.
                Some(group) => group.to_string(),
                None => record.by.as_deref().unwrap_or_default().join(" and "),
            };
            let place = match record.scope {
                Scope::Overall => "everybody".to_owned(),
                Scope::Group => record
                    .attributes
                    .as_ref()
                    .map_or_else(|| "a group without a name".to_owned(), ToString::to_string),
                Scope::Difference => format!("difference by {by}"),
                Scope::Ratio => format!("ratio by {by}"),
                Scope::Min => format!("lowest by {by}"),
                Scope::Max => format!("highest by {by}"),
                Scope::Variance => format!("variance by {by}"),
            };
            let reason = record
                .reason
                .clone()
                .unwrap_or_else(|| "the audit gives no reason".to_owned());
            let key = (place, reason);
            let (measures, models) = lists.entry(key.clone()).or_insert_with(|| {
                order.push(key);
                Lists::default()
            });
            let measure = title(&record.metric);
            if !measures.contains(&measure) {
                measures.push(measure);
            }
            if !models.contains(&model.name.as_str()) {
                models.push(&model.name);
            }
        }
    }
    order
        .into_iter()
        .filter_map(|key| {
            let (measures, models) = lists.remove(&key)?;
            let measures: Vec<&str> = measures.iter().map(String::as_str).collect();
            let (place, reason) = key;
            Some(MissingRow {
                place,
                measures: listed(&measures),
                models: listed(&models),
                reason,
            })
        })
        .collect()
}

/// The confidence, and each method that made an interval.
fn intervals(subject: &Subject<'_>) -> Vec<String> {
    let mut confidences: Vec<String> = Vec::new();
    let mut methods: Vec<IntervalMethod> = Vec::new();
    for evidence in &subject.evidence {
        let confidence = number::confidence(evidence.audit().confidence);
        if !confidences.contains(&confidence) {
            confidences.push(confidence);
        }
        for method in evidence.audit().records.iter().filter_map(|r| r.interval) {
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
    }
    if methods.is_empty() {
        return vec!["No number of this page has an interval.".to_owned()];
    }
    let confidences: Vec<&str> = confidences.iter().map(String::as_str).collect();
    let covered = if subject.input.is_of_training() {
        "They cover the chance of drawing this test part and not another; they do not cover \
         another training of the model, or a shift of the data."
    } else {
        "They cover the chance of drawing these people and not others; they do not cover a shift \
         of the data."
    };
    let mut sentences = vec![format!(
        "Intervals have a confidence of {}. {covered}",
        listed(&confidences)
    )];
    sentences.extend(methods.into_iter().map(in_a_sentence));
    if subject.input.models.len() > 1 {
        sentences.push(
            "Models are compared by whether their intervals overlap. As they are measured on the \
             same people, this is cautious: intervals can overlap where a test on the pairs of \
             predictions would tell the models apart."
                .to_owned(),
        );
    }
    sentences
}

fn in_a_sentence(method: IntervalMethod) -> String {
    match method {
        IntervalMethod::Wilson => {
            "Rates of one group: Wilson score intervals (Wilson 1927).".to_owned()
        }
        IntervalMethod::Bootstrap => {
            "Gaps, and other numbers for which no formula is used: percentiles \
                                      of the bootstrap (Efron 1979). A gap is never below 0, so near \
                                      parity its interval lies too high and may leave out 0 even \
                                      where groups are treated alike."
                .to_owned()
        }
        IntervalMethod::Normal => "Means: the value and its normal standard error.".to_owned(),
        IntervalMethod::DeLong => {
            "ROC AUC: the standard error of DeLong, DeLong and Clarke-Pearson (1988).".to_owned()
        }
        other => format!("Others: {}.", in_words(other.name())),
    }
}

/// The notes of the audits, named by model where not all say the same, then those of the input.
fn notes(subject: &Subject<'_>) -> Vec<String> {
    let mut order: Vec<&str> = Vec::new();
    let mut of_models: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (model, evidence) in subject.input.models.iter().zip(&subject.evidence) {
        for note in &evidence.audit().notes {
            let models = of_models.entry(note).or_insert_with(|| {
                order.push(note);
                Vec::new()
            });
            if !models.contains(&model.name.as_str()) {
                models.push(&model.name);
            }
        }
    }
    order
        .into_iter()
        .filter_map(|note| {
            let models = of_models.get(note)?;
            Some(if models.len() == subject.input.models.len() {
                sentence(note)
            } else {
                sentence(&format!("model {}: {note}", listed(models)))
            })
        })
        .chain(subject.input.notes.iter().cloned())
        .collect()
}

/// A note as a sentence: with a capital letter and a full stop.
fn sentence(note: &str) -> String {
    let text = capitalised(note.trim_end());
    if text.is_empty() || text.ends_with(['.', '!', '?']) {
        text
    } else {
        text + "."
    }
}
