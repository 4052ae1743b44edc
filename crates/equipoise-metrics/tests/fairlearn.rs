//! Under the convention `fairlearn`, every number is that of fairlearn 0.15.0 and scikit-learn
//! 1.9.1 (`tests/golden/` of the workspace says how the numbers were made).

use std::{error::Error, fs, path::Path};

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use equipoise_metrics::{
    Attributes, Audit, AuditData, AuditOptions, Convention, Method, Quantity, Record, Scope, audit,
};
use serde_json::Value;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const TOLERANCE: f64 = 1e-9;

struct Golden {
    labels: Vec<u8>,
    scores: Vec<f64>,
    predictions: Vec<u8>,
    groups: GroupColumns,
}

fn compas() -> Outcome<Golden> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/compas.csv");
    let text = fs::read_to_string(path)?;
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().ok_or("no head line")?;
    let rows: Vec<Vec<&str>> = lines.collect();
    let column = |index: usize| rows.iter().map(move |row| row[index]);
    let (mut attributes, mut codes) = (Vec::new(), Vec::new());
    for (index, name) in head.iter().enumerate().skip(3) {
        let mut values: Vec<&str> = column(index).collect();
        values.sort_unstable();
        values.dedup();
        let attribute = GroupAttribute::new(*name, values)?;
        let of_column = column(index).map(|value| attribute.code_of(value).ok_or("no code"));
        codes.push(of_column.collect::<Result<Vec<_>, _>>()?);
        attributes.push(attribute);
    }
    Ok(Golden {
        labels: column(0).map(str::parse).collect::<Result<_, _>>()?,
        scores: column(1).map(str::parse).collect::<Result<_, _>>()?,
        predictions: column(2).map(str::parse).collect::<Result<_, _>>()?,
        groups: GroupColumns::new(GroupSchema::new(attributes)?, codes)?,
    })
}

fn audited() -> Outcome<Audit> {
    let golden = compas()?;
    let options = AuditOptions {
        convention: Convention::Fairlearn,
        replicates: 0,
        ..AuditOptions::default()
    };
    let data = AuditData::binary(&golden.groups, &golden.labels)
        .with_predictions(&golden.predictions)
        .with_scores(&golden.scores);
    Ok(audit(&data, &options)?)
}

fn oracle() -> Outcome<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/compas.json");
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

/// Counts the numbers compared, and says which ones differ.
#[derive(Default)]
struct Comparison {
    compared: usize,
    differing: Vec<String>,
}

impl Comparison {
    fn check(&mut self, place: &str, expected: &Value, record: Option<&Record>) {
        self.compared += 1;
        let found = record.map(|record| record.value);
        let same = match (expected.as_f64(), found) {
            (Some(expected), Some(Some(found))) => (expected - found).abs() <= TOLERANCE,
            (None, Some(None)) => true,
            _ => false,
        };
        if !same {
            let line = format!("{place}: expected {expected}, found {found:?}");
            self.differing.push(line);
        }
    }
}

fn object(value: &Value) -> Outcome<&serde_json::Map<String, Value>> {
    Ok(value.as_object().ok_or("not an object")?)
}

#[test]
fn every_number_is_that_of_fairlearn() -> Outcome {
    let (audit, oracle) = (audited()?, oracle()?);
    assert_eq!(Some(audit.rows), oracle["rows"].as_u64());
    let mut comparison = Comparison::default();
    let sections = oracle["sections"].as_array().ok_or("no sections")?;
    for section in sections {
        let by: Vec<&str> = section["by"]
            .as_array()
            .ok_or("no attributes")?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let place = |what: &str, name: &str| format!("{} {what} {name}", by.join(" x "));
        for (metric, expected) in object(&section["overall"])? {
            comparison.check(&place("overall", metric), expected, audit.overall(metric));
        }
        for group in section["groups"].as_array().ok_or("no groups")? {
            let wanted: Vec<&str> = object(&group["attributes"])?
                .values()
                .filter_map(Value::as_str)
                .collect();
            for (metric, expected) in object(&group["metrics"])? {
                let record = audit.groups(metric, &by).find(|record| {
                    let attributes = record.attributes.iter();
                    attributes
                        .flat_map(Attributes::values)
                        .eq(wanted.iter().copied())
                });
                let place = place(&wanted.join(" x "), metric);
                if metric == "count" && expected.is_null() {
                    // An empty intersection has no rows: a fact that is known.
                    let count = record.and_then(|record| record.count);
                    assert_eq!(count, Some(0), "{place}");
                } else {
                    comparison.check(&place, expected, record);
                }
            }
        }
        for (scope, key) in [(Scope::Difference, "difference"), (Scope::Ratio, "ratio")] {
            for method in [Method::BetweenGroups, Method::ToOverall] {
                for (metric, expected) in object(&section[key][method.name()])? {
                    let record = audit.aggregate(metric, scope, &by, Some(method));
                    let what = format!("{key} {}", method.name());
                    comparison.check(&place(&what, metric), expected, record);
                }
            }
        }
        for (scope, key) in [(Scope::Min, "group_min"), (Scope::Max, "group_max")] {
            for (metric, expected) in object(&section[key])? {
                let record = audit.aggregate(metric, scope, &by, None);
                comparison.check(&place(key, metric), expected, record);
            }
        }
        for (name, expected) in object(&section["fairness"])? {
            let quantity: Quantity = name.parse()?;
            comparison.check(&place("", name), expected, quantity.find(&audit, &by));
        }
    }
    assert!(
        comparison.differing.is_empty(),
        "{:#?}",
        comparison.differing
    );
    assert_eq!(sections.len(), 7);
    assert!(
        comparison.compared > 1900,
        "{} compared",
        comparison.compared
    );
    Ok(())
}

#[test]
fn the_default_convention_says_what_fairlearn_puts_a_number_on() -> Outcome {
    let golden = compas()?;
    let data =
        AuditData::binary(&golden.groups, &golden.labels).with_predictions(&golden.predictions);
    let options = AuditOptions {
        replicates: 0,
        ..AuditOptions::default()
    };
    let ours = audit(&data, &options)?;
    let theirs = audited()?;
    let by = ["race", "sex"];
    let pairs = ours
        .groups("true_positive_rate", &by)
        .zip(theirs.groups("true_positive_rate", &by));
    let mut filled = 0;
    for (ours, theirs) in pairs {
        if ours.value.is_none() && ours.count != Some(0) {
            assert_eq!(ours.reason.as_deref(), Some("no row has a positive label"));
            assert_eq!(theirs.value, Some(0.0));
            assert_eq!((theirs.low, theirs.high), (None, None));
            assert_eq!(
                theirs.notes,
                ["no row has a positive label; fairlearn puts a number here"]
            );
            filled += 1;
        }
    }
    assert!(filled > 0);
    Ok(())
}
