//! Sentences made from templates: are errors alike whatever group a sentence is about?

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};

use super::{MeasureSpec, ProbeOptions, ProbeRecord, TextClassifier, ask};
use crate::Error;

/// The score from which on a text counts as positive.
const THRESHOLD: f64 = 0.5;

/// The measures of probes by templates.
pub(super) const MEASURES: &[MeasureSpec] = &[
    MeasureSpec {
        name: "accuracy",
        summary: "share of texts that are decided rightly",
        ideal: Some(1.0),
        higher: "more texts are decided rightly",
        range: (0.0, 1.0),
    },
    MeasureSpec {
        name: "false_positive_rate",
        summary: "share of negative texts that are called positive",
        ideal: Some(0.0),
        higher: "more harmless texts are called harmful",
        range: (0.0, 1.0),
    },
    MeasureSpec {
        name: "true_positive_rate",
        summary: "share of positive texts that are called positive",
        ideal: Some(1.0),
        higher: "more harmful texts are found",
        range: (0.0, 1.0),
    },
    MeasureSpec {
        name: "false_positive_rate_gap",
        summary: "largest less smallest false positive rate of the groups that have one",
        ideal: Some(0.0),
        higher: "groups differ more in how often they are wrongly accused",
        range: (0.0, 1.0),
    },
    MeasureSpec {
        name: "true_positive_rate_gap",
        summary: "largest less smallest true positive rate of the groups that have one",
        ideal: Some(0.0),
        higher: "groups differ more in how well they are protected",
        range: (0.0, 1.0),
    },
];

/// Texts with labels and groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateSuite {
    /// The texts.
    pub texts: Vec<String>,
    /// 1 for positive texts (hateful, toxic), 0 for others.
    pub labels: Vec<u8>,
    /// The groups of the texts, such as the identity that each is about.
    pub groups: GroupColumns,
}

/// What a classifier says of a [`TemplateSuite`]: the columns of an audit.
///
/// `equipoise_metrics::AuditData::binary(&suite.groups, &suite.labels)` with these scores gives all
/// metrics, gaps and intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredTemplates {
    /// The probability of the positive class for each text, in `[0, 1]`.
    pub scores: Vec<f64>,
    /// 1 where the probability is at least 0.5.
    pub predictions: Vec<u8>,
}

/// Asks a classifier for all texts of a suite.
///
/// # Errors
///
/// When the suite is empty, when its columns differ in length, or when the model fails or gives what
/// is no probability.
pub fn score_templates(
    probe: &'static str,
    model: &dyn TextClassifier,
    suite: &TemplateSuite,
) -> Result<ScoredTemplates, Error> {
    if suite.texts.is_empty() {
        return Err(Error::Empty {
            place: format!("the data of `{probe}`"),
            what: "texts",
        });
    }
    for (what, found) in [
        ("labels of templates", suite.labels.len()),
        ("groups of templates", suite.groups.rows()),
    ] {
        if found != suite.texts.len() {
            return Err(Error::Lengths {
                what,
                expected: suite.texts.len(),
                found,
            });
        }
    }
    let scores = ask::probabilities(probe, model, &suite.texts)?;
    Ok(ScoredTemplates {
        predictions: scores
            .iter()
            .map(|&score| u8::from(score >= THRESHOLD))
            .collect(),
        scores,
    })
}

/// Accuracy and error rates with Wilson intervals, for all texts and for each value of each
/// attribute, and the gaps of an attribute's error rates. An audit has intervals for the gaps.
pub(super) fn records(
    probe: &'static str,
    suite: &TemplateSuite,
    scored: &ScoredTemplates,
    options: &ProbeOptions,
) -> Vec<ProbeRecord> {
    let outcomes: Vec<(u8, u8)> = (suite.labels.iter().copied())
        .zip(scored.predictions.iter().copied())
        .collect();
    let mut all = rates(probe, &[], &outcomes, options).to_vec();
    for (position, attribute) in suite.groups.schema().attributes().iter().enumerate() {
        let codes = suite.groups.codes(position);
        let mut of_values = Vec::new();
        for (code, value) in (0u32..).zip(attribute.values()) {
            let members: Vec<(u8, u8)> = (outcomes.iter().zip(codes))
                .filter(|(_, known)| **known == code)
                .map(|(outcome, _)| *outcome)
                .collect();
            of_values.push(rates(
                probe,
                &[(attribute.name(), value)],
                &members,
                options,
            ));
        }
        all.extend(of_values.iter().flatten().cloned());
        for (measure, index) in [
            ("false_positive_rate_gap", 1),
            ("true_positive_rate_gap", 2),
        ] {
            let values: Vec<f64> = of_values
                .iter()
                .filter_map(|rates| rates[index].value)
                .collect();
            all.push(gap(probe, measure, attribute.name(), &values));
        }
    }
    all
}

/// Accuracy, false positive rate and true positive rate.
fn rates(
    probe: &'static str,
    subset: &[(&str, &str)],
    outcomes: &[(u8, u8)],
    options: &ProbeOptions,
) -> [ProbeRecord; 3] {
    let count =
        |is_counted: fn(&(u8, u8)) -> bool| outcomes.iter().filter(|o| is_counted(o)).count();
    let positives = count(|(label, _)| *label == 1);
    let share = |measure, counts| ProbeRecord::share(probe, measure, subset, counts, options);
    [
        share(
            "accuracy",
            (count(|(label, decided)| label == decided), outcomes.len()),
        ),
        share(
            "false_positive_rate",
            (
                count(|outcome| *outcome == (0, 1)),
                outcomes.len() - positives,
            ),
        ),
        share(
            "true_positive_rate",
            (count(|outcome| *outcome == (1, 1)), positives),
        ),
    ]
}

fn gap(probe: &'static str, measure: &'static str, attribute: &str, values: &[f64]) -> ProbeRecord {
    let subset = [("by", attribute)];
    if values.len() < 2 {
        return ProbeRecord::missing(probe, measure, &subset, "fewer than two groups have a rate");
    }
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    ProbeRecord::value(probe, measure, &subset, values.len(), highest - lowest)
}

/// Groups by texts, whose values are sorted.
pub(super) fn groups_of(columns: &[(&str, Vec<&str>)]) -> Result<GroupColumns, Error> {
    let mut attributes = Vec::with_capacity(columns.len());
    let mut codes = Vec::with_capacity(columns.len());
    for (name, column) in columns {
        let mut values = column.clone();
        values.sort_unstable();
        values.dedup();
        let place = |value: &&str| values.binary_search(value).unwrap_or_else(|place| place);
        codes.push(
            (column.iter())
                .map(|value| u32::try_from(place(value)).unwrap_or(u32::MAX))
                .collect(),
        );
        attributes.push(GroupAttribute::new(*name, values.iter().copied())?);
    }
    Ok(GroupColumns::new(GroupSchema::new(attributes)?, codes)?)
}
