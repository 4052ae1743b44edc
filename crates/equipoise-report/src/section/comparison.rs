//! The models side by side: the first is the baseline, the others are compared with it.

use super::Cell;
use crate::evidence::Estimate;
use crate::plot::Subject;
use crate::vocabulary::{Better, Measure};

/// Differences below half a hundredth of a point are none.
pub(super) const NO_DIFFERENCE: f64 = 5e-5;

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
    /// Whether that is better, and how sure it is.
    pub(crate) verdict: String,
    /// `better` or `worse` where the intervals lie apart, and `open` otherwise, for the style
    /// sheet.
    pub(crate) kind: &'static str,
}

impl Change {
    fn between(
        baseline: Option<&Estimate>,
        other: Option<&Estimate>,
        measure: &Measure<'_>,
    ) -> Self {
        let known = |estimate: Option<&Estimate>| estimate.and_then(|estimate| estimate.value);
        let (Some(from), Some(to)) = (known(baseline), known(other)) else {
            return Self {
                arrow: "",
                text: "cannot be compared".to_owned(),
                verdict: String::new(),
                kind: "open",
            };
        };
        let difference = to - from;
        if difference.abs() < NO_DIFFERENCE {
            return Self {
                arrow: "=",
                text: "no difference".to_owned(),
                verdict: String::new(),
                kind: "open",
            };
        }
        let rises = difference > 0.0;
        let direction = match (measure.better, rises) {
            (Better::Higher, true) | (Better::Lower, false) => Some("better"),
            (Better::Higher, false) | (Better::Lower, true) => Some("worse"),
            (Better::Neither, _) => None,
        };
        let overlap = baseline.zip(other).and_then(|(a, b)| a.overlaps(b));
        let certainty = match overlap {
            Some(true) => "the intervals overlap",
            Some(false) => "the intervals do not overlap",
            None => "without an interval",
        };
        let verdict = match direction {
            Some(direction) if overlap == Some(true) => format!("{direction}, but {certainty}"),
            Some(direction) => format!("{direction}, {certainty}"),
            None => certainty.to_owned(),
        };
        let kind = match overlap {
            Some(false) => direction.unwrap_or("open"),
            _ => "open",
        };
        Self {
            arrow: if rises { "▲" } else { "▼" },
            text: format!(
                "{} {}",
                measure.unit.distance(difference),
                if rises { "higher" } else { "lower" },
            ),
            verdict,
            kind,
        }
    }
}

/// The measures of the first table, with the gaps of the first group attribute. What no audit has
/// is left out.
pub(crate) fn headlines(subject: &Subject<'_>) -> Comparison {
    of_first_attribute(subject, &subject.measures.first)
}

/// All further measures, with the gaps of the first group attribute.
pub(crate) fn further_measures(subject: &Subject<'_>) -> Comparison {
    of_first_attribute(subject, &subject.measures.further)
}

/// The gaps of the first table for every further set of group attributes.
pub(crate) fn further_gaps(subject: &Subject<'_>) -> Comparison {
    let mut rows = Vec::new();
    for by in subject.partitions().iter().skip(1) {
        let meaning = format!("by {}", by.join(" and "));
        let of_groups = |measure: &&Measure<'_>| measure.is_of_groups();
        rows.extend(
            subject
                .measures
                .first
                .iter()
                .filter(of_groups)
                .filter_map(|measure| row(subject, measure, by, &meaning)),
        );
    }
    comparison(subject, rows)
}

fn of_first_attribute(subject: &Subject<'_>, measures: &[Measure<'_>]) -> Comparison {
    let by = subject.first_attribute();
    let rows = measures
        .iter()
        .filter_map(|measure| row(subject, measure, &by, &measure.meaning))
        .collect();
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

/// A row, or `None` where no audit has the measure.
fn row(subject: &Subject<'_>, measure: &Measure<'_>, by: &[&str], meaning: &str) -> Option<Row> {
    let estimates: Vec<Option<Estimate>> = subject
        .evidence
        .iter()
        .map(|evidence| measure.find(*evidence, by))
        .collect();
    if estimates.iter().all(Option::is_none) {
        return None;
    }
    let changes = match estimates.as_slice() {
        [baseline, others @ ..] => others
            .iter()
            .map(|other| Change::between(baseline.as_ref(), other.as_ref(), measure))
            .collect(),
        [] => Vec::new(),
    };
    Some(Row {
        label: measure.label.clone(),
        meaning: meaning.to_owned(),
        cells: estimates
            .iter()
            .map(|estimate| Cell::of(estimate.as_ref(), measure.unit))
            .collect(),
        changes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{ACCURACY, Measures, PARITY_GAP};

    fn estimate(value: f64, interval: (f64, f64)) -> Estimate {
        Estimate {
            value: Some(value),
            interval: Some(interval),
            ..Estimate::default()
        }
    }

    fn change(label: &str, from: &Estimate, to: &Estimate) -> Change {
        let measures = Measures::of_metrics(&["accuracy", "demographic_parity", "selection_rate"]);
        let measure = measures.iter().find(|m| m.label == label).unwrap();
        Change::between(Some(from), Some(to), measure)
    }

    #[test]
    fn what_is_neither_better_nor_worse_has_no_verdict() {
        let (from, to) = (estimate(0.2, (0.1, 0.3)), estimate(0.5, (0.4, 0.6)));
        let change = change("Selection rate", &from, &to);
        assert_eq!(change.kind, "open");
        assert_eq!(change.verdict, "the intervals do not overlap");
    }

    #[test]
    fn a_smaller_gap_is_better_and_a_smaller_accuracy_worse() {
        let (from, to) = (estimate(0.191, (0.17, 0.21)), estimate(0.032, (0.01, 0.05)));
        let gap = change(PARITY_GAP, &from, &to);
        assert_eq!((gap.arrow, gap.kind), ("▼", "better"));
        assert_eq!(gap.text, "15.9 points lower");
        assert_eq!(gap.verdict, "better, the intervals do not overlap");
        let rate = change(ACCURACY, &from, &to);
        assert_eq!((rate.arrow, rate.kind), ("▼", "worse"));
    }

    #[test]
    fn overlapping_intervals_leave_the_verdict_open() {
        let (from, to) = (estimate(0.10, (0.05, 0.15)), estimate(0.08, (0.04, 0.12)));
        let change = change(PARITY_GAP, &from, &to);
        assert_eq!(change.kind, "open");
        assert_eq!(change.verdict, "better, but the intervals overlap");
    }

    #[test]
    fn what_is_missing_is_not_compared() {
        let change = change(PARITY_GAP, &estimate(0.1, (0.0, 0.2)), &Estimate::default());
        assert_eq!(change.text, "cannot be compared");
    }
}
