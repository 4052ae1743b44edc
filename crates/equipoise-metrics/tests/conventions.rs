//! Under each convention, every number is that of its toolkit (`golden/make_conventions.py` says
//! how they were made).

use std::{error::Error, fs, path::Path};

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema, Help};
use equipoise_metrics::{
    Audit, AuditData, AuditOptions, Convention, Method, Record, Scope, audit, benjamini_hochberg,
    holm,
};
use serde::Deserialize;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
struct Golden {
    edges: Rows,
    cases: Vec<Case>,
    p_values: Vec<f64>,
    corrected: Corrected,
}

#[derive(Deserialize)]
struct Corrected {
    holm: Vec<f64>,
    fdr_bh: Vec<f64>,
}

#[derive(Deserialize, Clone)]
struct Rows {
    group: Vec<String>,
    label: Vec<u8>,
    prediction: Vec<u8>,
}

#[derive(Deserialize)]
struct Case {
    data: String,
    convention: Convention,
    attribute: String,
    reference: Option<Reference>,
    values: Vec<Number>,
}

#[derive(Deserialize, Debug)]
#[serde(untagged)]
enum Reference {
    Group(String),
    Pair(Vec<String>),
}

#[derive(Deserialize)]
struct Number {
    metric: String,
    scope: Scope,
    method: Option<Method>,
    group: Option<String>,
    value: Option<f64>,
}

fn golden() -> Outcome<Golden> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/conventions.json");
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

/// One attribute of the golden predictions.
fn compas(attribute: &str) -> Outcome<Rows> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/compas.csv");
    let text = fs::read_to_string(path)?;
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().ok_or("no head line")?;
    let column = head
        .iter()
        .position(|name| *name == attribute)
        .ok_or("no attribute")?;
    let rows: Vec<Vec<&str>> = lines.collect();
    Ok(Rows {
        group: rows.iter().map(|row| row[column].to_owned()).collect(),
        label: rows
            .iter()
            .map(|row| row[0].parse())
            .collect::<Result<_, _>>()?,
        prediction: rows
            .iter()
            .map(|row| row[2].parse())
            .collect::<Result<_, _>>()?,
    })
}

fn audited(attribute: &str, rows: &Rows, options: &AuditOptions) -> Outcome<Audit> {
    let mut values = rows.group.clone();
    values.sort();
    values.dedup();
    let attribute = GroupAttribute::new(attribute, values)?;
    let codes = rows
        .group
        .iter()
        .map(|value| attribute.code_of(value).ok_or("no code"));
    let codes = codes.collect::<Result<Vec<_>, _>>()?;
    let groups = GroupColumns::new(GroupSchema::new(vec![attribute])?, vec![codes])?;
    let data = AuditData {
        groups: &groups,
        labels: &rows.label,
        predictions: Some(&rows.prediction),
        scores: None,
    };
    Ok(audit(&data, options)?)
}

fn find<'a>(audit: &'a Audit, attribute: &str, value: &Number) -> Option<&'a Record> {
    audit.records.iter().find(|record| {
        record.metric == value.metric
            && record.scope == value.scope
            && record.method == value.method
            && record
                .attributes
                .as_ref()
                .and_then(|group| group.get(attribute))
                == value.group.as_deref()
    })
}

#[test]
fn every_number_is_that_of_its_toolkit() -> Outcome {
    let golden = golden()?;
    let (mut compared, mut differing) = (0, Vec::new());
    for case in &golden.cases {
        let mut rows = if case.data == "compas" {
            compas(&case.attribute)?
        } else {
            golden.edges.clone()
        };
        let mut reference = Vec::new();
        match &case.reference {
            Some(Reference::Group(group)) => {
                reference.push((case.attribute.clone(), group.clone()));
            }
            Some(Reference::Pair(pair)) => {
                let keep: Vec<bool> = rows
                    .group
                    .iter()
                    .map(|group| pair.contains(group))
                    .collect();
                let mut kept = keep.iter();
                rows.group.retain(|_| kept.next() == Some(&true));
                let mut kept = keep.iter();
                rows.label.retain(|_| kept.next() == Some(&true));
                let mut kept = keep.iter();
                rows.prediction.retain(|_| kept.next() == Some(&true));
            }
            None => {}
        }
        let options = AuditOptions {
            convention: case.convention,
            reference,
            replicates: 0,
            ..AuditOptions::default()
        };
        let audit = audited(&case.attribute, &rows, &options)?;
        for value in &case.values {
            compared += 1;
            let found = find(&audit, &case.attribute, value).map(|record| record.value);
            let same = match (value.value, found) {
                (Some(expected), Some(Some(found))) => (expected - found).abs() <= TOLERANCE,
                (None, Some(None)) => true,
                _ => false,
            };
            if !same {
                let Number {
                    metric,
                    scope,
                    method,
                    group,
                    value,
                } = value;
                differing.push(format!(
                    "{} {} {:?} {metric} {scope:?} {method:?} {group:?}: expected {value:?}, found {found:?}",
                    case.convention, case.attribute, case.reference
                ));
            }
        }
    }
    assert!(
        differing.is_empty(),
        "{} of {compared}:\n{}",
        differing.len(),
        differing.join("\n")
    );
    assert!(compared > 700, "only {compared} numbers");
    Ok(())
}

#[test]
fn corrections_for_many_tests_are_those_of_statsmodels() -> Outcome {
    let golden = golden()?;
    for (found, expected) in [
        (holm(&golden.p_values), golden.corrected.holm),
        (
            benjamini_hochberg(&golden.p_values),
            golden.corrected.fdr_bh,
        ),
    ] {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }
    let with_nan = holm(&[0.01, f64::NAN, 0.04]);
    assert_eq!((with_nan[0], with_nan[2]), (0.02, 0.04));
    assert!(with_nan[1].is_nan() && holm(&[]).is_empty());
    Ok(())
}

#[test]
fn what_a_toolkit_does_not_define_is_listed_with_that_reason() -> Outcome {
    let rows = compas("race")?;
    for (convention, scope, method, reason) in [
        (
            Convention::Aif360,
            Scope::Difference,
            Method::BetweenGroups,
            "does not define this",
        ),
        (
            Convention::Aequitas,
            Scope::Difference,
            Method::BetweenGroups,
            "does not define this",
        ),
        (
            Convention::Ffb,
            Scope::Difference,
            Method::ToOverall,
            "does not define this",
        ),
        (
            Convention::Ffb,
            Scope::Difference,
            Method::BetweenGroups,
            "compares two groups, found 6",
        ),
    ] {
        let options = AuditOptions {
            convention,
            reference: vec![("race".to_owned(), "Caucasian".to_owned())],
            replicates: 20,
            ..AuditOptions::default()
        };
        let audit = audited("race", &rows, &options)?;
        let record = audit.aggregate("demographic_parity", scope, &["race"], Some(method));
        let record = record.ok_or("not listed")?;
        assert_eq!((record.value, record.low), (None, None));
        let found = record.reason.as_deref().ok_or("no reason")?;
        assert!(
            found.contains(reason) && found.contains(convention.name()),
            "{found}"
        );
    }
    Ok(())
}

#[test]
fn a_reference_group_that_is_not_there_is_an_error_with_help() -> Outcome {
    let rows = compas("sex")?;
    let error = |reference: &[(&str, &str)], convention| -> Outcome<(String, Option<String>)> {
        let reference = reference
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        let options = AuditOptions {
            convention,
            reference: reference.collect(),
            ..AuditOptions::default()
        };
        let error = audited("sex", &rows, &options).err().ok_or("no error")?;
        let error = error.downcast::<equipoise_metrics::Error>()?;
        Ok((error.to_string(), error.help()))
    };
    let (message, help) = error(&[], Convention::Aif360)?;
    assert_eq!(
        message,
        "the convention `aif360` needs a reference group, and `sex` has none"
    );
    assert!(help.is_some_and(|help| help.contains("`sex=VALUE`")));
    let (message, help) = error(&[("sex", "male")], Convention::Equipoise)?;
    assert_eq!(message, "the reference group `male` is no value of `sex`");
    assert_eq!(help.as_deref(), Some("did you mean `Male`?"));
    let (message, _) = error(&[("sx", "Male")], Convention::Equipoise)?;
    assert_eq!(
        message,
        "`reference` names `sx`, which is not among the groups that are compared"
    );
    let (message, _) = error(&[("sex", "Male"), ("sex", "Female")], Convention::Equipoise)?;
    assert_eq!(message, "`sex` has two reference groups, and one is legal");
    Ok(())
}

#[test]
fn a_difference_to_the_reference_has_a_sign_and_the_interval_of_the_gap() -> Outcome {
    let rows = compas("sex")?;
    let options = AuditOptions {
        reference: vec![("sex".to_owned(), "Male".to_owned())],
        ..AuditOptions::default()
    };
    let audit = audited("sex", &rows, &options)?;
    let mut found = audit.to_reference("demographic_parity", Scope::Difference, &["sex"]);
    let record = found.next().ok_or("not audited")?;
    assert!(found.next().is_none());
    assert_eq!(
        record.reference.as_ref().and_then(|group| group.get("sex")),
        Some("Male")
    );
    assert_eq!(
        record
            .attributes
            .as_ref()
            .and_then(|group| group.get("sex")),
        Some("Female")
    );
    let between = Some(Method::BetweenGroups);
    let gap = audit.aggregate("demographic_parity", Scope::Difference, &["sex"], between);
    let gap = gap.ok_or("no gap")?;
    let value = record.value.ok_or("no value")?;
    assert!(value < 0.0 && (value.abs() - gap.value.ok_or("no gap")?).abs() < 1e-15);
    // On the same replicates, all of which keep the sign, the interval is the mirror image.
    let (low, high) = (record.low.ok_or("no low")?, record.high.ok_or("no high")?);
    assert!((low + gap.high.ok_or("no high")?).abs() < 1e-12);
    assert!((high + gap.low.ok_or("no low")?).abs() < 1e-12);
    // Under the default convention opposite signs never cancel.
    assert!(
        audit
            .to_reference("equalized_odds", Scope::Difference, &["sex"])
            .next()
            .is_none()
    );
    Ok(())
}
