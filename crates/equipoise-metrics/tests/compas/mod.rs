//! The golden rows of COMPAS, their audit, and the comparison of numbers.

use std::{error::Error, fs, path::Path};

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use equipoise_metrics::{Attributes, Audit, AuditData, AuditOptions, Convention, Record, audit};
use serde_json::Value;

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const TOLERANCE: f64 = 1e-9;

pub(crate) struct Golden {
    pub(crate) labels: Vec<u8>,
    pub(crate) scores: Vec<f64>,
    pub(crate) predictions: Vec<u8>,
    pub(crate) groups: GroupColumns,
}

pub(crate) fn compas() -> Outcome<Golden> {
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

pub(crate) fn audited() -> Outcome<Audit> {
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

pub(crate) fn oracle(file: &str) -> Outcome<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    Ok(serde_json::from_str(&fs::read_to_string(
        folder.join(file),
    )?)?)
}

/// The attributes' names of a section of an oracle.
pub(crate) fn by(section: &Value) -> Outcome<Vec<&str>> {
    let names = section["by"].as_array().ok_or("no attributes")?;
    Ok(names.iter().filter_map(Value::as_str).collect())
}

/// The record of a metric for a group of a section of an oracle.
pub(crate) fn group_record<'a>(
    audit: &'a Audit,
    metric: &str,
    by: &[&str],
    values: &[&str],
) -> Option<&'a Record> {
    audit.groups(metric, by).find(|record| {
        let attributes = record.attributes.iter();
        let found = attributes.flat_map(Attributes::values);
        found.eq(values.iter().copied())
    })
}

/// Counts the numbers compared, and says which ones differ.
#[derive(Default)]
pub(crate) struct Comparison {
    pub(crate) compared: usize,
    pub(crate) differing: Vec<String>,
}

impl Comparison {
    pub(crate) fn check(&mut self, place: &str, expected: &Value, record: Option<&Record>) {
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

pub(crate) fn object(value: &Value) -> Outcome<&serde_json::Map<String, Value>> {
    Ok(value.as_object().ok_or("not an object")?)
}
