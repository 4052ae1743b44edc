//! Several classes or outputs, one by one: each against the rest.

use equipoise_metrics::{Audit, MACRO, MICRO, Record};

use super::comparison::{self, Comparison};
use super::rates::{self, RatePart};
use super::summary::gaps_in_words;
use crate::input::{LabelDescription, ModelReport, ReportInput};
use crate::plot::Subject;

/// The most classes on one page; the audit's file has all.
const MOST_CLASSES: usize = 20;

/// The classes of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Classes {
    /// Those that are shown.
    pub(crate) parts: Vec<ClassPart>,
    /// How many are left out.
    pub(crate) left_out: usize,
}

/// What there is to say of one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClassPart {
    /// The class.
    pub(crate) name: String,
    /// The gaps, in words.
    pub(crate) sentences: Vec<String>,
    /// The numbers of everybody, and the gaps.
    pub(crate) headlines: Comparison,
    /// The rates of the groups of each attribute.
    pub(crate) rates: Vec<RatePart>,
}

/// The input of a report of each class alone; none where the outcome is one.
pub(crate) fn inputs(input: &ReportInput) -> Vec<(String, ReportInput)> {
    let mut names: Vec<&str> = Vec::new();
    for class in input.models.iter().flat_map(|model| model.audit.classes()) {
        if let Some(class) = class
            && ![MACRO, MICRO].contains(&class)
            && !names.contains(&class)
        {
            names.push(class);
        }
    }
    let of_class = |class: &str| ReportInput {
        // What is predicted is the class, or something else.
        label: LabelDescription {
            column: input.label.column.clone(),
            positive: class.to_owned(),
        },
        group_attributes: input.group_attributes.clone(),
        models: (input.models.iter())
            .map(|model| ModelReport {
                audit: audit_of_class(&model.audit, class),
                ..model.clone()
            })
            .collect(),
        ..ReportInput::default()
    };
    let inputs = names.into_iter();
    inputs
        .map(|class| (class.to_owned(), of_class(class)))
        .collect()
}

/// The records of one class, as if there were no other.
fn audit_of_class(audit: &Audit, class: &str) -> Audit {
    let records = audit.records.iter();
    Audit {
        records: records
            .filter(|record| record.class.as_deref() == Some(class))
            .map(|record| Record {
                class: None,
                ..record.clone()
            })
            .collect(),
        notes: Vec::new(),
        ..audit.clone()
    }
}

/// What there is to say of each class.
pub(crate) fn classes(subjects: &[(String, Subject<'_>)]) -> Classes {
    let shown = subjects.iter().take(MOST_CLASSES);
    Classes {
        parts: shown.map(|(name, subject)| part(name, subject)).collect(),
        left_out: subjects.len().saturating_sub(MOST_CLASSES),
    }
}

fn part(name: &str, subject: &Subject<'_>) -> ClassPart {
    let attributes = subject.input.group_attributes.len();
    ClassPart {
        name: name.to_owned(),
        sentences: gaps_in_words(subject),
        headlines: comparison::headlines(subject),
        // Attributes alone come first; their intersections are in the files of the audit.
        rates: rates::parts(subject).into_iter().take(attributes).collect(),
    }
}
