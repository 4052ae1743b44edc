//! Bounds hold over every assignment of the rows of unknown group, and are reached where they say.

use std::error::Error;

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema, MissingPolicy};
use equipoise_metrics::{Attributes, Audit, AuditData, AuditOptions, Method, Record, Scope, audit};
use proptest::prelude::*;

type Outcome<T> = Result<T, Box<dyn Error>>;

const TOLERANCE: f64 = 1e-12;
const METRICS: [&str; 9] = [
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "precision",
    "accuracy",
    "f1",
    "demographic_parity",
    "equalized_odds",
    "predictive_parity",
];

#[derive(Debug, Clone)]
struct Rows {
    /// How many values the first attribute has.
    values: u32,
    /// Of each row: the codes of two attributes, the last one for a missing value; label and
    /// prediction.
    rows: Vec<([u32; 2], u8, u8)>,
}

impl Rows {
    fn audit(&self) -> Outcome<Audit> {
        let named = |count: u32| (0..count).map(|code| format!("g{code}"));
        let values = |count: u32| named(count).chain([MissingPolicy::OWN_GROUP.to_owned()]);
        let schema = GroupSchema::new(vec![
            GroupAttribute::new("a", values(self.values))?,
            GroupAttribute::new("b", values(2))?,
        ]);
        let column = |at: usize| self.rows.iter().map(|row| row.0[at]).collect();
        let groups = GroupColumns::new(schema?, vec![column(0), column(1)])?;
        let labels: Vec<u8> = self.rows.iter().map(|row| row.1).collect();
        let predictions: Vec<u8> = self.rows.iter().map(|row| row.2).collect();
        let data = AuditData {
            groups: &groups,
            labels: &labels,
            predictions: Some(&predictions),
            scores: None,
        };
        let options = AuditOptions {
            bounds: vec!["a".to_owned(), "b".to_owned()],
            reference: vec![
                ("a".to_owned(), "g0".to_owned()),
                ("b".to_owned(), "g1".to_owned()),
            ],
            metrics: Some(METRICS.map(str::to_owned).to_vec()),
            replicates: 0,
            ..AuditOptions::default()
        };
        Ok(audit(&data, &options)?)
    }

    /// All ways to fill in what is missing.
    fn completions(&self) -> Vec<Self> {
        let sizes = [self.values, 2];
        let Some((row, at)) = self.rows.iter().enumerate().find_map(|(index, row)| {
            let at = (0..2).find(|&at| row.0[at] == sizes[at])?;
            Some((index, at))
        }) else {
            return vec![self.clone()];
        };
        (0..sizes[at])
            .flat_map(|code| {
                let mut filled = self.clone();
                filled.rows[row].0[at] = code;
                filled.completions()
            })
            .collect()
    }
}

type Key = (
    String,
    Scope,
    Option<Attributes>,
    Option<Vec<String>>,
    Option<Method>,
);

fn key(record: &Record) -> Key {
    let Record {
        metric,
        scope,
        attributes,
        by,
        method,
        ..
    } = record.clone();
    (metric, scope, attributes, by, method)
}

/// Whether some assignment reaches the lower and the upper bound, as documented.
fn is_exact(record: &Record, values: u32) -> (bool, bool) {
    let groups = match record.by.as_deref() {
        Some([name]) if name == "b" => 2,
        Some([_]) => values,
        _ => 2 * values,
    };
    match (record.scope, record.method) {
        (Scope::Group, _) | (_, Some(Method::ToReference)) => (true, true),
        (Scope::Difference, Some(Method::ToOverall)) | (Scope::Max, _) => (false, true),
        (Scope::Ratio, Some(Method::ToOverall)) | (Scope::Min, _) => (true, false),
        (Scope::Ratio, _) => (true, groups == 2),
        // Equalized odds is exact as its parts are, for these do not share rows.
        _ => (groups == 2, true),
    }
}

/// Each crossed group has one known row of each kind and a few more, so that it always has values.
fn rows() -> impl Strategy<Value = Rows> {
    let known = (0u32..3, 0u32..2, 0u8..2, 0u8..2);
    let unknown = (0u32..4, 0u32..3, 0u8..2, 0u8..2);
    (
        2u32..4,
        prop::collection::vec(known, 0..16),
        prop::collection::vec(unknown, 1..4),
    )
        .prop_map(|(values, known, unknown)| {
            let mut rows = Vec::new();
            for cell in 0..2 * values {
                for kind in 0..4u8 {
                    rows.push(([cell / 2, cell % 2], kind / 2, kind % 2));
                }
            }
            rows.extend(
                known
                    .into_iter()
                    .map(|(a, b, y, p)| ([a.min(values - 1), b], y, p)),
            );
            rows.extend(
                unknown
                    .into_iter()
                    .map(|(a, b, y, p)| ([a.min(values), b], y, p)),
            );
            Rows { values, rows }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn bounds_are_those_of_all_assignments(rows in rows()) {
        let audited = rows.audit().unwrap();
        let completions: Vec<Audit> = rows.completions().iter().map(|rows| rows.audit().unwrap()).collect();
        let is_missing = |attributes: &Attributes| attributes.values().any(|v| v == MissingPolicy::OWN_GROUP);
        let mut bounded = 0;
        for (index, record) in audited.records.iter().enumerate() {
            let Some(bounds) = record.bounds else { continue };
            bounded += 1;
            prop_assert!(!record.attributes.as_ref().is_some_and(is_missing));
            let values: Vec<f64> = completions
                .iter()
                .map(|audit| {
                    assert_eq!(key(&audit.records[index]), key(record));
                    audit.records[index].value.unwrap()
                })
                .collect();
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let (low_exact, high_exact) = is_exact(record, rows.values);
            let place = format!("{:?} {bounds:?} against {low} to {high}", key(record));
            prop_assert!(bounds.low <= low + TOLERANCE && bounds.high >= high - TOLERANCE, "{place}");
            prop_assert!(!low_exact || bounds.low >= low - TOLERANCE, "low: {place}");
            prop_assert!(!high_exact || bounds.high <= high + TOLERANCE, "high: {place}");
            let value = record.value.unwrap();
            prop_assert!(value.is_finite());
        }
        let unknown_a = rows.rows.iter().any(|row| row.0[0] == rows.values);
        let unknown_b = rows.rows.iter().any(|row| row.0[1] == 2);
        prop_assert_eq!(bounded > 0, unknown_a || unknown_b);
    }
}

#[test]
fn a_group_that_stands_for_the_unknown_has_no_part_in_the_gaps() {
    let rows = Rows {
        values: 2,
        rows: (0..40u32)
            .map(|i| ([i % 3, 0], u8::from(i % 2 == 0), u8::from(i % 3 > 0)))
            .collect(),
    };
    let audit = rows.audit().unwrap();
    let between = Some(Method::BetweenGroups);
    let gap = audit
        .aggregate("demographic_parity", Scope::Difference, &["a"], between)
        .unwrap();
    assert_eq!(gap.value, Some(1.0));
    let note = "a: the group of 13 rows is unknown; values are of the other rows, bounds of all";
    assert!(
        audit.notes.iter().any(|found| found == note),
        "{:?}",
        audit.notes
    );
    let unknown = audit.groups("selection_rate", &["a"]).last().unwrap();
    assert_eq!((unknown.value, unknown.bounds), (Some(1.0), None));
    assert!(
        audit
            .groups("f1", &["a"])
            .all(|record| record.bounds.is_none())
    );
}
