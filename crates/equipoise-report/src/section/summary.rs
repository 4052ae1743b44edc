//! The results in plain words, made from the numbers alone.

use super::comparison::NO_DIFFERENCE;
use super::{Cell, listed};
use crate::evidence::{Estimate, Evidence};
use crate::number::{self, Unit};
use crate::plot::Subject;
use crate::vocabulary::{
    ACCURACY, Better, HEADLINE_GAP, MEASURES, Measure, PARITY_GAP, WORST_ACCURACY,
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

/// The measures that are set large.
const KEYS: [&str; 3] = [ACCURACY, PARITY_GAP, WORST_ACCURACY];

/// A loss below this, in shares, is left to the table.
const NOT_WORTH_A_WORD: f64 = 5e-4;

/// The summary of a report.
pub(crate) fn summary(subject: &Subject<'_>) -> Summary {
    let mut sentences = vec![what_was_measured(subject)];
    for by in subject.input.group_attributes.iter().map(String::as_str) {
        for (model, evidence) in subject.input.models.iter().zip(&subject.evidence) {
            sentences.push(gap_in_words(subject, &model.name, *evidence, by));
        }
    }
    sentences.extend(changes(subject));
    if subject
        .evidence
        .iter()
        .any(|e| !e.audit().records.is_empty())
    {
        sentences.push(
            "All this is of one test part and one training of each model; another seed or \
             another sample gives other numbers."
                .to_owned(),
        );
    }
    Summary {
        keys: keys(subject),
        sentences,
    }
}

fn keys(subject: &Subject<'_>) -> Vec<KeyNumber> {
    if subject.input.models.is_empty() {
        return Vec::new();
    }
    MEASURES
        .iter()
        .filter(|measure| KEYS.contains(&measure.label))
        .map(|measure| KeyNumber {
            label: match subject.first_attribute().first() {
                Some(attribute) if measure.of_groups => {
                    format!("{} by {attribute}", measure.label)
                }
                _ => measure.label.to_owned(),
            },
            values: subject
                .input
                .models
                .iter()
                .zip(of_models(subject, measure))
                .map(|(model, estimate)| {
                    (
                        model.name.clone(),
                        Cell::of(estimate.as_ref(), measure.unit),
                    )
                })
                .collect(),
        })
        .collect()
}

/// A measure of each model, for the groups of the first attribute.
fn of_models(subject: &Subject<'_>, measure: &Measure) -> Vec<Option<Estimate>> {
    let by = subject.first_attribute();
    subject
        .evidence
        .iter()
        .map(|evidence| (measure.find)(*evidence, &by))
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
    let (models, predict) = if names.len() == 1 {
        ("model", "predicts")
    } else {
        ("models", "predict")
    };
    format!(
        "The {models} {} {predict} {target}, measured on {} rows of test data; {by}.",
        listed(&names),
        number::count(evidence.audit().rows),
    )
}

/// What one model does to the groups of one attribute.
fn gap_in_words(subject: &Subject<'_>, model: &str, evidence: Evidence<'_>, by: &str) -> String {
    let gap = evidence.gap(HEADLINE_GAP, &[by]).unwrap_or_default();
    let Some(size) = gap.value else {
        let reason = gap
            .reason
            .unwrap_or_else(|| "it was not measured".to_owned());
        return format!("With the model “{model}”, the gap by {by} cannot be estimated: {reason}.");
    };
    let positive = &subject.input.label.positive;
    let predicted = if positive.is_empty() {
        "predicted positive".to_owned()
    } else {
        format!("predicted “{positive}”")
    };
    let interval = gap.interval.map_or_else(
        || "no interval of the gap is known".to_owned(),
        |(low, high)| {
            format!(
                "{} interval of the gap: {}",
                number::confidence(evidence.audit().confidence),
                Unit::Points.interval(low, high)
            )
        },
    );
    let mut rates: Vec<(f64, Estimate, String)> = evidence
        .by_group("selection_rate", &[by])
        .into_iter()
        .filter_map(|(values, estimate)| Some((estimate.value?, estimate, values.join(" · "))))
        .collect();
    rates.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = Unit::Points.value(size);
    match rates.as_slice() {
        [(low, small, lowest), .., (high, large, highest)] => {
            let words = if rates.len() == 2 {
                format!(
                    "people whose {by} is “{lowest}” are {predicted} {size} less often than people \
                     whose {by} is “{highest}”: {} against {} ({interval}).",
                    Unit::Percent.value(*low),
                    Unit::Percent.value(*high),
                )
            } else {
                format!(
                    "the share that is {predicted} goes from {} where {by} is “{lowest}” to {} \
                     where it is “{highest}”: a gap of {size} ({interval}).",
                    Unit::Percent.value(*low),
                    Unit::Percent.value(*high),
                )
            };
            let least = evidence.audit().min_count;
            let few: String = [(small, lowest), (large, highest)]
                .into_iter()
                .filter_map(|(estimate, group)| {
                    let count = estimate.count.filter(|count| *count < least)?;
                    Some(format!(
                        " The group “{group}” has only {} people.",
                        number::count(count)
                    ))
                })
                .collect();
            format!("With the model “{model}”, {words}{few}")
        }
        _ => format!("With the model “{model}”, the gap by {by} is {size} ({interval})."),
    }
}

/// How each further model differs from the first.
fn changes(subject: &Subject<'_>) -> Vec<String> {
    let (Some(baseline), Some(attribute)) = (
        subject.input.models.first(),
        subject.input.group_attributes.first(),
    ) else {
        return Vec::new();
    };
    let measured: Vec<(&Measure, Vec<Option<Estimate>>)> = MEASURES
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
            match measure.label {
                PARITY_GAP => {
                    sentences.push(gap_change(&baseline.name, &model.name, attribute, from, to));
                }
                ACCURACY => {
                    sentences.extend(accuracy_change(&baseline.name, &model.name, from, to));
                }
                _ => losses.extend(loss(measure, from, to)),
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
fn loss(measure: &Measure, from: &Estimate, to: &Estimate) -> Option<String> {
    let (before, after) = (from.value?, to.value?);
    let worsens = match measure.better {
        Better::Higher => after < before,
        Better::Lower => after > before,
    };
    let certainty = match from.overlaps(to) {
        Some(true) => ", the intervals overlap",
        Some(false) => ", the intervals do not overlap",
        None => "",
    };
    (worsens && (after - before).abs() >= NOT_WORTH_A_WORD).then(|| {
        format!(
            "{} ({} against {}{certainty})",
            in_a_sentence(measure.label),
            measure.unit.value(after),
            measure.unit.value(before)
        )
    })
}

/// A name within a sentence: without its capital letter, unless it begins with an abbreviation.
fn in_a_sentence(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(label.chars().skip(1)).collect()
        }
        _ => label.to_owned(),
    }
}

fn gap_change(
    baseline: &str,
    model: &str,
    attribute: &str,
    from: &Estimate,
    to: &Estimate,
) -> String {
    let (Some(before), Some(after)) = (from.value, to.value) else {
        return format!(
            "Whether “{model}” treats groups by {attribute} more alike than “{baseline}” cannot be \
             told, because one of the gaps is not estimable."
        );
    };
    let words = if (after - before).abs() < NO_DIFFERENCE {
        "the same".to_owned()
    } else {
        format!(
            "{} {}",
            Unit::Points.distance(after - before),
            if after < before { "smaller" } else { "larger" }
        )
    };
    let certainty = match from.overlaps(to) {
        Some(true) => {
            "The intervals of the two gaps overlap, so this test part alone does not settle \
             which of the two is smaller."
        }
        Some(false) => "The intervals of the two gaps do not overlap.",
        None => "One of the two gaps has no interval, so how sure this is is not known.",
    };
    format!(
        "Compared with “{baseline}”, the gap by {attribute} of “{model}” is {words}: {} against \
         {}. {certainty}",
        Unit::Points.value(after),
        Unit::Points.value(before),
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
