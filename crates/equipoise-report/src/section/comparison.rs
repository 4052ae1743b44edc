//! The models side by side: the first is the baseline, the others are compared with it.

use super::Cell;
use crate::evidence::Estimate;
use crate::number::Unit;
use crate::plot::Subject;
use crate::vocabulary::{Better, GAPS, HEADLINES};

/// A table of models side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// The models, the baseline first.
    pub(crate) models: Vec<String>,
    /// The rows.
    pub(crate) rows: Vec<Row>,
}

/// One measure of all models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// What is measured.
    pub(crate) label: String,
    /// What that means.
    pub(crate) meaning: String,
    /// The values, one for each model.
    pub(crate) cells: Vec<Cell>,
    /// How each model but the first differs from the first.
    pub(crate) changes: Vec<Change>,
}

/// How a model differs from the baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// An arrow: up, down, or level; empty where a value is missing.
    pub(crate) arrow: &'static str,
    /// The difference in words.
    pub(crate) text: String,
    /// Whether the intervals overlap, in words; empty where one is missing.
    pub(crate) certainty: &'static str,
    /// `better`, `worse`, `same` or `unknown`, for the style sheet.
    pub(crate) kind: &'static str,
}

impl Change {
    fn between(baseline: &Estimate, other: &Estimate, unit: Unit, better: Better) -> Self {
        let (Some(from), Some(to)) = (baseline.value, other.value) else {
            return Self {
                arrow: "",
                text: "cannot be compared".to_owned(),
                certainty: "",
                kind: "unknown",
            };
        };
        let certainty = match baseline.overlaps(other) {
            Some(true) => "the intervals overlap",
            Some(false) => "the intervals do not overlap",
            None => "",
        };
        let difference = to - from;
        if difference.abs() < 5e-5 {
            return Self {
                arrow: "=",
                text: "no difference".to_owned(),
                certainty,
                kind: "same",
            };
        }
        let rises = difference > 0.0;
        let improves = rises == (better == Better::Higher);
        Self {
            arrow: if rises { "▲" } else { "▼" },
            text: format!(
                "{} {}, {}",
                unit.distance(difference),
                if rises { "higher" } else { "lower" },
                if improves { "better" } else { "worse" },
            ),
            certainty,
            kind: if improves { "better" } else { "worse" },
        }
    }
}

/// The headline numbers, for the first group attribute.
pub(crate) fn headlines(subject: &Subject<'_>) -> Comparison {
    let by: Vec<&str> = subject
        .input
        .group_attributes
        .first()
        .map(String::as_str)
        .into_iter()
        .collect();
    let rows = HEADLINES
        .iter()
        .map(|headline| {
            let estimates: Vec<Estimate> = subject
                .input
                .models
                .iter()
                .zip(&subject.evidence)
                .map(|(model, evidence)| headline.estimate(&model.summary, evidence, &by))
                .collect();
            row(
                headline.label,
                headline.meaning,
                &estimates,
                headline.unit,
                headline.better,
            )
        })
        .collect();
    comparison(subject, rows)
}

/// The gaps of every further set of group attributes; a gap that no audit has is left out.
pub(crate) fn further_gaps(subject: &Subject<'_>) -> Comparison {
    let mut rows = Vec::new();
    for by in subject.partitions().iter().skip(1) {
        for gap in GAPS {
            let found: Vec<Option<Estimate>> = subject
                .evidence
                .iter()
                .map(|evidence| (gap.of_audit)(evidence, by))
                .collect();
            if found.iter().all(Option::is_none) {
                continue;
            }
            let estimates: Vec<Estimate> = found
                .into_iter()
                .map(|estimate| Estimate::of_summary(
                    estimate.as_ref().and_then(|e| e.value),
                    estimate,
                ))
                .collect();
            rows.push(row(
                gap.label,
                &format!("by {}", by.join(" and ")),
                &estimates,
                gap.unit,
                gap.better,
            ));
        }
    }
    comparison(subject, rows)
}

fn comparison(subject: &Subject<'_>, rows: Vec<Row>) -> Comparison {
    Comparison {
        models: subject
            .input
            .models
            .iter()
            .map(|model| model.name.clone())
            .collect(),
        rows,
    }
}

fn row(label: &str, meaning: &str, estimates: &[Estimate], unit: Unit, better: Better) -> Row {
    let changes = match estimates {
        [baseline, others @ ..] => others
            .iter()
            .map(|other| Change::between(baseline, other, unit, better))
            .collect(),
        [] => Vec::new(),
    };
    Row {
        label: label.to_owned(),
        meaning: meaning.to_owned(),
        cells: estimates
            .iter()
            .map(|estimate| Cell::of(Some(estimate), unit))
            .collect(),
        changes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(value: f64, interval: (f64, f64)) -> Estimate {
        Estimate {
            value: Some(value),
            interval: Some(interval),
            ..Estimate::default()
        }
    }

    #[test]
    fn a_smaller_gap_is_better_and_a_smaller_accuracy_worse() {
        let (from, to) = (estimate(0.191, (0.17, 0.21)), estimate(0.032, (0.01, 0.05)));
        let gap = Change::between(&from, &to, Unit::Points, Better::Lower);
        assert_eq!((gap.arrow, gap.kind), ("▼", "better"));
        assert_eq!(gap.text, "15.9 points lower, better");
        assert_eq!(gap.certainty, "the intervals do not overlap");
        let rate = Change::between(&from, &to, Unit::Percent, Better::Higher);
        assert_eq!((rate.arrow, rate.kind), ("▼", "worse"));
    }

    #[test]
    fn what_is_missing_is_not_compared() {
        let change = Change::between(
            &estimate(0.1, (0.0, 0.2)),
            &Estimate::default(),
            Unit::Points,
            Better::Lower,
        );
        assert_eq!(change.text, "cannot be compared");
    }
}
