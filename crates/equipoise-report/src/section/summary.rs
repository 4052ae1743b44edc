//! The results in plain words, made from the numbers alone.

use super::comparison::NO_DIFFERENCE;
use super::{Cell, listed};
use crate::evidence::{Estimate, Evidence};
use crate::number::{self, Unit};
use crate::plot::Subject;
use crate::vocabulary::{
    ACCURACY, Better, Measure, PARITY_GAP, SELECTION_RATE, WORST_ACCURACY, capitalised,
    in_a_sentence, sole_part,
};

/// The opening of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Summary {
    /// The numbers that are set large.
    pub(crate) keys: Vec<KeyNumber>,
    /// The sentences.
    pub(crate) sentences: Vec<String>,
}

/// A number that is set large, for each model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyNumber {
    /// What it is.
    pub(crate) label: String,
    /// The model and its number.
    pub(crate) values: Vec<(String, Cell)>,
}

/// The measures that are set large where they were audited; others fill the places left.
const KEYS: [&str; 3] = [ACCURACY, PARITY_GAP, WORST_ACCURACY];

/// A loss below this, in shares, is left to the table.
const NOT_WORTH_A_WORD: f64 = 5e-4;

/// The summary of a report; `classes` are the subjects of its classes alone, where there are
/// several.
pub(crate) fn summary(subject: &Subject<'_>, classes: &[(String, Subject<'_>)]) -> Summary {
    let mut sentences = vec![what_was_measured(subject)];
    sentences.extend(constant_models(subject));
    if classes.is_empty() {
        sentences.extend(gaps_in_words(subject));
    } else {
        sentences.push(format!(
            "There are {} classes or outputs. A number that each of them has is told as the mean \
             over all, in which what is special to one does not show.",
            classes.len()
        ));
        sentences.extend(widest_gaps(subject, classes));
    }
    if let Some(gap) = subject.measures.headline_gap() {
        sentences.extend(changes(subject, gap));
    }
    if subject
        .evidence
        .iter()
        .any(|e| !e.audit().records.is_empty())
    {
        let words = if subject.input.is_of_training() {
            "All this is of one test part and one training of each model; another seed or another \
             sample gives other numbers."
        } else {
            "All this is of these people alone; another sample of people gives other numbers."
        };
        sentences.push(words.to_owned());
    }
    Summary {
        keys: keys(subject),
        sentences,
    }
}

fn keys(subject: &Subject<'_>) -> Vec<KeyNumber> {
    let by = subject.first_attribute();
    let found: Vec<(&Measure<'_>, Vec<Option<Estimate>>)> = subject
        .measures
        .iter()
        .map(|measure| (measure, of_models(subject, measure)))
        .filter(|(_, estimates)| estimates.iter().any(Option::is_some))
        .collect();
    let (keys, others): (Vec<_>, Vec<_>) = found
        .iter()
        .partition(|(measure, _)| KEYS.contains(&measure.label.as_str()));
    keys.into_iter()
        .chain(others)
        .take(KEYS.len())
        .map(|(measure, estimates)| KeyNumber {
            label: match by.first() {
                Some(attribute) if measure.is_of_groups() => {
                    format!("{} by {attribute}", measure.label)
                }
                _ => measure.label.clone(),
            },
            values: subject
                .input
                .models
                .iter()
                .zip(estimates)
                .map(|(model, estimate)| {
                    let cell = Cell::of(estimate.as_ref(), measure.unit);
                    (model.name.clone(), cell)
                })
                .collect(),
        })
        .collect()
}

/// A measure of each model, for the groups of the first attribute.
fn of_models(subject: &Subject<'_>, measure: &Measure<'_>) -> Vec<Option<Estimate>> {
    let by = subject.first_attribute();
    subject
        .evidence
        .iter()
        .map(|evidence| measure.find(*evidence, &by))
        .collect()
}

fn what_was_measured(subject: &Subject<'_>) -> String {
    let input = subject.input;
    let names: Vec<String> = input
        .models
        .iter()
        .map(|model| format!("“{}”", model.name))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let attributes: Vec<&str> = input.group_attributes.iter().map(String::as_str).collect();
    let target = if input.label.positive.is_empty() {
        "the label".to_owned()
    } else {
        format!(
            "whether “{}” is “{}”",
            input.label.column, input.label.positive
        )
    };
    let Some(evidence) = subject.evidence.first() else {
        return format!("No model was audited. The target is {target}.");
    };
    let by = if attributes.is_empty() {
        "no group attribute was named".to_owned()
    } else {
        format!("people are compared by {}", listed(&attributes))
    };
    let rows = number::count(evidence.audit().rows);
    if !input.is_of_training() {
        let of = if subject.is_of_one_model() {
            String::new()
        } else {
            format!(" of {}", listed(&names))
        };
        return format!("{rows} predictions{of} of {target} were audited; {by}.");
    }
    let (models, predict) = if names.len() == 1 {
        ("model", "predicts")
    } else {
        ("models", "predict")
    };
    format!(
        "The {models} {} {predict} {target}, measured on {rows} rows of test data; {by}.",
        listed(&names),
    )
}

/// What being predicted positive is called.
fn predicted(subject: &Subject<'_>) -> String {
    match subject.input.label.positive.as_str() {
        "" => "predicted positive".to_owned(),
        positive => format!("predicted “{positive}”"),
    }
}

/// Whom a model predicts positive, if it predicts the same for all.
fn constant(evidence: Evidence<'_>) -> Option<&'static str> {
    match evidence.overall(SELECTION_RATE)?.value? {
        share if share <= 0.0 => Some("nobody"),
        share if share >= 1.0 => Some("everybody"),
        _ => None,
    }
}

/// Models that treat all alike because they tell nobody apart.
fn constant_models(subject: &Subject<'_>) -> Vec<String> {
    let predicted = predicted(subject);
    subject
        .input
        .models
        .iter()
        .zip(&subject.evidence)
        .filter_map(|(model, evidence)| {
            let whom = capitalised(constant(*evidence)?);
            let by = if subject.is_of_one_model() {
                String::new()
            } else {
                format!(" by the model “{}”", model.name)
            };
            Some(format!(
                "{whom} is {predicted}{by}: the gaps of decisions (selection rate, true and \
                 false positive rate) are 0 and say nothing."
            ))
        })
        .collect()
}

/// What each model does to the groups of each attribute.
pub(super) fn gaps_in_words(subject: &Subject<'_>) -> Vec<String> {
    let Some(gap) = subject.measures.headline_gap() else {
        return Vec::new();
    };
    let mut sentences = Vec::new();
    for by in subject.input.group_attributes.iter().map(String::as_str) {
        for (model, evidence) in subject.input.models.iter().zip(&subject.evidence) {
            let words = gap_in_words(subject, gap, *evidence, by);
            sentences.push(if subject.is_of_one_model() {
                capitalised(&words)
            } else {
                format!("With the model “{}”, {words}", model.name)
            });
        }
    }
    sentences
}

/// The class with the widest gap of each attribute and model.
fn widest_gaps(subject: &Subject<'_>, classes: &[(String, Subject<'_>)]) -> Vec<String> {
    let mut sentences = Vec::new();
    for by in subject.input.group_attributes.iter().map(String::as_str) {
        for (index, model) in subject.input.models.iter().enumerate() {
            let gaps = classes.iter().filter_map(|(name, class)| {
                let (gap, evidence) = (class.measures.headline_gap()?, *class.evidence.get(index)?);
                let size = gap.find(evidence, &[by])?.value?;
                Some((size, name, gap_in_words(class, gap, evidence, by)))
            });
            let Some((_, name, words)) = gaps.max_by(|a, b| a.0.total_cmp(&b.0)) else {
                continue;
            };
            let whose = if subject.is_of_one_model() {
                String::new()
            } else {
                format!(" of the model “{}”", model.name)
            };
            sentences.push(format!(
                "The widest gap by {by}{whose} is that of “{name}”: {words}"
            ));
        }
    }
    sentences
}

/// What one model does to the groups of one attribute.
fn gap_in_words(
    subject: &Subject<'_>,
    measure: &Measure<'_>,
    evidence: Evidence<'_>,
    by: &str,
) -> String {
    let name = gap_name(measure, by);
    let Some(gap) = measure.find(evidence, &[by]) else {
        return format!("the {name} was not measured.");
    };
    let Some(size) = gap.value else {
        let reason = gap.reason.unwrap_or_default();
        return format!("the {name} cannot be estimated: {reason}.");
    };
    let interval = gap.interval.map_or_else(
        || "no interval of the gap is known".to_owned(),
        |(low, high)| {
            format!(
                "{} interval of the gap: {}",
                number::confidence(evidence.audit().confidence),
                measure.unit.interval(low, high)
            )
        },
    );
    let told = measure.unit.value(size);
    let metric = measure.gap_of().unwrap_or_default();
    let metric = sole_part(metric).unwrap_or(metric);
    let rate = subject.rates.iter().find(|rate| rate.metric == metric);
    let groups = sorted_groups(evidence, metric, by);
    let (Some(rate), [lowest, .., highest]) = (rate, groups.as_slice()) else {
        return format!("the {name} is {told} ({interval}).");
    };
    let (low, high) = (
        rate.unit.value(lowest.value),
        rate.unit.value(highest.value),
    );
    let (least, most) = (&lowest.group, &highest.group);
    let of_decisions = metric == SELECTION_RATE;
    let what = if of_decisions {
        format!("share that is {}", predicted(subject))
    } else {
        in_a_sentence(&rate.label)
    };
    let even = lowest.value.total_cmp(&highest.value).is_eq();
    let words = if even && of_decisions {
        format!(
            "people are {} equally often, whatever their {by} is: {low} ({interval}).",
            predicted(subject)
        )
    } else if even {
        format!("the {what} is the same, whatever the {by} is: {low} ({interval}).")
    } else if size <= 0.0 {
        // Groups that are too small to take part in the gap can differ where it is 0.
        format!("the {name} is {told} ({interval}).")
    } else if of_decisions && groups.len() == 2 {
        format!(
            "people whose {by} is “{least}” are {} {told} less often than people whose {by} is \
             “{most}”: {low} against {high} ({interval}).",
            predicted(subject)
        )
    } else {
        format!(
            "the {what} goes from {low} where {by} is “{least}” to {high} where it is “{most}”: \
             a gap of {told} ({interval})."
        )
    };
    words + &few(evidence, [lowest, highest])
}

/// What the gap of a measure is called in a sentence.
fn gap_name(measure: &Measure<'_>, by: &str) -> String {
    if measure.label == PARITY_GAP {
        format!("gap by {by}")
    } else {
        format!("{} by {by}", in_a_sentence(&measure.label))
    }
}

/// A group with a value.
struct Known {
    value: f64,
    group: String,
    count: Option<u64>,
}

/// The groups that have a value, from the lowest to the highest.
fn sorted_groups(evidence: Evidence<'_>, metric: &str, by: &str) -> Vec<Known> {
    let mut groups: Vec<Known> = evidence
        .by_group(metric, &[by])
        .into_iter()
        .filter_map(|(values, estimate)| {
            Some(Known {
                value: estimate.value?,
                group: values.join(" · "),
                count: estimate.count,
            })
        })
        .collect();
    groups.sort_by(|a, b| a.value.total_cmp(&b.value));
    groups
}

/// A warning for each of the two groups that has few people.
fn few(evidence: Evidence<'_>, groups: [&Known; 2]) -> String {
    let least = evidence.audit().min_count;
    groups
        .into_iter()
        .filter_map(|known| {
            let count = known.count.filter(|count| *count < least)?;
            Some(format!(
                " The group “{}” has only {} people.",
                known.group,
                number::count(count)
            ))
        })
        .collect()
}

/// How each further model differs from the first.
fn changes(subject: &Subject<'_>, gap: &Measure<'_>) -> Vec<String> {
    let (Some(baseline), Some(attribute)) = (
        subject.input.models.first(),
        subject.input.group_attributes.first(),
    ) else {
        return Vec::new();
    };
    let name = gap_name(gap, attribute);
    let measured: Vec<(&Measure<'_>, Vec<Option<Estimate>>)> = subject
        .measures
        .first
        .iter()
        .map(|measure| (measure, of_models(subject, measure)))
        .collect();
    let mut sentences = Vec::new();
    for (index, model) in subject.input.models.iter().enumerate().skip(1) {
        let mut losses = Vec::new();
        for (measure, estimates) in &measured {
            let (Some(Some(from)), Some(Some(to))) = (estimates.first(), estimates.get(index))
            else {
                continue;
            };
            if *measure == gap {
                sentences.push(gap_change(
                    &baseline.name,
                    &model.name,
                    gap,
                    &name,
                    from,
                    to,
                ));
                if subject
                    .evidence
                    .get(index)
                    .is_some_and(|e| constant(*e).is_some())
                {
                    sentences.push(format!(
                        "“{}” predicts the same for everybody, so its gap is no achievement.",
                        model.name
                    ));
                }
            } else if measure.label == ACCURACY {
                sentences.extend(accuracy_change(&baseline.name, &model.name, from, to));
            } else {
                losses.extend(loss(measure, from, to));
            }
        }
        if !losses.is_empty() {
            let losses: Vec<&str> = losses.iter().map(String::as_str).collect();
            sentences.push(format!(
                "The model “{}” is worse than “{}” in: {}.",
                model.name,
                baseline.name,
                listed(&losses)
            ));
        }
    }
    sentences
}

/// A measure that got worse, with both numbers and whether their intervals overlap.
fn loss(measure: &Measure<'_>, from: &Estimate, to: &Estimate) -> Option<String> {
    let (before, after) = (from.value?, to.value?);
    let worsens = match measure.better {
        Better::Higher => after < before,
        Better::Lower => after > before,
        Better::Neither => false,
    };
    let certainty = match from.overlaps(to) {
        Some(true) => ", the intervals overlap",
        Some(false) => ", the intervals do not overlap",
        None => "",
    };
    (worsens && (after - before).abs() >= NOT_WORTH_A_WORD).then(|| {
        format!(
            "{} ({} against {}{certainty})",
            in_a_sentence(&measure.label),
            measure.unit.value(after),
            measure.unit.value(before)
        )
    })
}

fn gap_change(
    baseline: &str,
    model: &str,
    gap: &Measure<'_>,
    name: &str,
    from: &Estimate,
    to: &Estimate,
) -> String {
    let (Some(before), Some(after)) = (from.value, to.value) else {
        return format!(
            "Whether the {name} of “{model}” is smaller than that of “{baseline}” cannot be told, \
             because one of the two is not estimable."
        );
    };
    let words = if (after - before).abs() < NO_DIFFERENCE {
        "the same".to_owned()
    } else {
        format!(
            "{} {}",
            gap.unit.distance(after - before),
            if after < before { "smaller" } else { "larger" }
        )
    };
    let certainty = match from.overlaps(to) {
        Some(true) => {
            "The intervals of the two gaps overlap, so these people alone do not settle \
             which of the two is smaller."
        }
        Some(false) => "The intervals of the two gaps do not overlap.",
        None => "One of the two gaps has no interval, so how sure this is is not known.",
    };
    format!(
        "Compared with “{baseline}”, the {name} of “{model}” is {words}: {} against {}. {certainty}",
        gap.unit.value(after),
        gap.unit.value(before),
    )
}

fn accuracy_change(baseline: &str, model: &str, from: &Estimate, to: &Estimate) -> Option<String> {
    let (before, after) = (from.value?, to.value?);
    let difference = after - before;
    let words = if difference.abs() < NO_DIFFERENCE {
        "the same".to_owned()
    } else {
        format!(
            "{} {}",
            Unit::Percent.distance(difference),
            if difference < 0.0 { "lower" } else { "higher" }
        )
    };
    let certainty = match from.overlaps(to) {
        Some(true) => " The two intervals overlap.",
        Some(false) => " The two intervals do not overlap.",
        None => "",
    };
    Some(format!(
        "Compared with “{baseline}”, the accuracy of “{model}” is {words}: {} against {}.{certainty}",
        Unit::Percent.value(after),
        Unit::Percent.value(before),
    ))
}
