//! The results in plain words, made from the numbers alone.

use super::{Cell, listed};
use crate::evidence::{Estimate, Evidence};
use crate::number::{self, Unit};
use crate::plot::Subject;
use crate::vocabulary::{Better, HEADLINE_GAP, HEADLINES, Headline};

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

/// The headlines that are set large.
const KEYS: [&str; 3] = [
    "Accuracy",
    "Demographic parity difference",
    "Worst-group accuracy",
];

/// The summary of a report.
pub(crate) fn summary(subject: &Subject<'_>) -> Summary {
    let mut sentences = vec![what_was_measured(subject)];
    for by in subject.input.group_attributes.iter().map(String::as_str) {
        for (model, evidence) in subject.input.models.iter().zip(&subject.evidence) {
            sentences.push(gap_in_words(subject, &model.name, evidence, by));
        }
    }
    sentences.extend(changes(subject));
    if subject.evidence.iter().any(|e| !e.audit().records.is_empty()) {
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

fn first_attribute<'a>(subject: &Subject<'a>) -> Vec<&'a str> {
    subject
        .input
        .group_attributes
        .first()
        .map(String::as_str)
        .into_iter()
        .collect()
}

fn keys(subject: &Subject<'_>) -> Vec<KeyNumber> {
    let by = first_attribute(subject);
    HEADLINES
        .iter()
        .filter(|headline| KEYS.contains(&headline.label))
        .filter(|_| !subject.input.models.is_empty())
        .map(|headline| KeyNumber {
            label: match (headline.better, by.first()) {
                (Better::Lower, Some(attribute)) => format!("{} by {attribute}", headline.label),
                _ => headline.label.to_owned(),
            },
            values: of_models(subject, headline)
                .into_iter()
                .map(|(name, estimate)| (name, Cell::of(Some(&estimate), headline.unit)))
                .collect(),
        })
        .collect()
}

fn of_models(subject: &Subject<'_>, headline: &Headline) -> Vec<(String, Estimate)> {
    let by = first_attribute(subject);
    subject
        .input
        .models
        .iter()
        .zip(&subject.evidence)
        .map(|(model, evidence)| {
            let estimate = headline.estimate(&model.summary, evidence, &by);
            (model.name.clone(), estimate)
        })
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
fn gap_in_words(subject: &Subject<'_>, model: &str, evidence: &Evidence<'_>, by: &str) -> String {
    let gap = evidence.gap(HEADLINE_GAP, &[by]).unwrap_or_default();
    let Some(size) = gap.value else {
        let reason = gap
            .reason
            .unwrap_or_else(|| "it was not measured".to_owned());
        return format!(
            "With the model “{model}”, the gap by {by} cannot be estimated: {reason}."
        );
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
    let mut rates: Vec<(f64, String)> = evidence
        .by_group("selection_rate", &[by])
        .into_iter()
        .filter_map(|(values, estimate)| Some((estimate.value?, values.join(" · "))))
        .collect();
    rates.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = Unit::Points.value(size);
    match rates.as_slice() {
        [(low, lowest), (high, highest)] => format!(
            "With the model “{model}”, people whose {by} is “{lowest}” are {predicted} {size} less \
             often than people whose {by} is “{highest}”: {} against {} ({interval}).",
            Unit::Percent.value(*low),
            Unit::Percent.value(*high),
        ),
        [(low, lowest), .., (high, highest)] => format!(
            "With the model “{model}”, the share that is {predicted} goes from {} where {by} is \
             “{lowest}” to {} where it is “{highest}”: a gap of {size} ({interval}).",
            Unit::Percent.value(*low),
            Unit::Percent.value(*high),
        ),
        _ => format!("With the model “{model}”, the gap by {by} is {size} ({interval})."),
    }
}

/// How each further model differs from the first.
fn changes(subject: &Subject<'_>) -> Vec<String> {
    let Some(baseline) = subject.input.models.first() else {
        return Vec::new();
    };
    let Some(attribute) = subject.input.group_attributes.first() else {
        return Vec::new();
    };
    let measured: Vec<(&Headline, Vec<(String, Estimate)>)> = HEADLINES
        .iter()
        .map(|headline| (headline, of_models(subject, headline)))
        .collect();
    let mut sentences = Vec::new();
    for (index, model) in subject.input.models.iter().enumerate().skip(1) {
        let pair = |label: &str| {
            measured
                .iter()
                .find(|(headline, _)| headline.label == label)
                .and_then(|(_, values)| Some((&values.first()?.1, &values.get(index)?.1)))
        };
        if let Some((from, to)) = pair("Demographic parity difference") {
            sentences.push(gap_change(&baseline.name, &model.name, attribute, from, to));
        }
        if let Some((from, to)) = pair("Accuracy") {
            sentences.extend(accuracy_change(&baseline.name, &model.name, from, to));
        }
        let worse: Vec<String> = measured
            .iter()
            .filter(|(headline, _)| {
                !["Accuracy", "Demographic parity difference"].contains(&headline.label)
            })
            .filter_map(|(headline, values)| {
                let from = values.first()?.1.value?;
                let to = values.get(index)?.1.value?;
                let worsens = match headline.better {
                    Better::Higher => to < from,
                    Better::Lower => to > from,
                };
                (worsens && (to - from).abs() >= 5e-4).then(|| {
                    format!(
                        "{} ({} against {})",
                        headline.label.to_lowercase().replace("roc auc", "ROC AUC"),
                        headline.unit.value(to),
                        headline.unit.value(from)
                    )
                })
            })
            .collect();
        if !worse.is_empty() {
            let worse: Vec<&str> = worse.iter().map(String::as_str).collect();
            sentences.push(format!(
                "The model “{}” is worse than “{}” in: {}.",
                model.name,
                baseline.name,
                listed(&worse)
            ));
        }
    }
    sentences
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
    let words = if (after - before).abs() < 5e-5 {
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

fn accuracy_change(
    baseline: &str,
    model: &str,
    from: &Estimate,
    to: &Estimate,
) -> Option<String> {
    let (before, after) = (from.value?, to.value?);
    let difference = after - before;
    let words = if difference.abs() < 5e-5 {
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
