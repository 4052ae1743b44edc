//! What people and programs read.

use std::error::Error;

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use equipoise_metrics::{Audit, AuditData, AuditOptions, METRICS, TestSummary, audit};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Sixty rows in which one intersection is empty and one group has no positive label.
fn small_audit(metrics: &[&str]) -> Outcome<Audit> {
    let schema = GroupSchema::new(vec![
        GroupAttribute::new("sex", ["Female", "Male"])?,
        GroupAttribute::new("race", ["Black", "White"])?,
    ])?;
    let rows = 0..60u32;
    let sex: Vec<u32> = rows.clone().map(|i| u32::from(i >= 20)).collect();
    let race: Vec<u32> = rows
        .clone()
        .map(|i| u32::from(i < 20 || i % 3 > 0))
        .collect();
    let labels: Vec<u8> = rows
        .clone()
        .map(|i| u8::from(i >= 20 && i % 2 == 0))
        .collect();
    let scores: Vec<f64> = rows.map(|i| f64::from(i * 37 % 60) / 60.0).collect();
    let groups = GroupColumns::new(schema, vec![sex, race])?;
    let data = AuditData::binary(&groups, &labels).with_scores(&scores);
    let names = metrics.iter().map(|&name| name.to_owned()).collect();
    let options = AuditOptions {
        metrics: Some(names),
        replicates: 200,
        ..AuditOptions::default()
    };
    Ok(audit(&data, &options)?)
}

const SOME: [&str; 8] = [
    "count",
    "selection_rate",
    "true_positive_rate",
    "f1",
    "roc_auc",
    "abcc",
    "demographic_parity",
    "equalized_odds",
];

#[test]
fn table() -> Outcome {
    insta::assert_snapshot!(small_audit(&SOME)?.to_table());
    Ok(())
}

#[test]
fn csv() -> Outcome {
    let audit = small_audit(&["true_positive_rate", "f1", "equalized_odds"])?;
    insta::assert_snapshot!(audit.to_csv());
    Ok(())
}

#[test]
fn json() -> Outcome {
    let audit = small_audit(&["true_positive_rate", "equalized_odds"])?;
    insta::assert_json_snapshot!(audit);
    Ok(())
}

#[test]
fn summary() -> Outcome {
    let audit = small_audit(&[
        "accuracy",
        "roc_auc",
        "average_precision",
        "demographic_parity",
        "equalized_odds",
        "abcc",
    ])?;
    insta::assert_json_snapshot!(TestSummary::new(&audit));
    Ok(())
}

#[test]
fn registry() {
    let lines: Vec<String> = METRICS
        .iter()
        .map(|spec| {
            format!(
                "{} | {} | {:?} | {:?} | {:?} | {:?} | {:?} | {}",
                spec.name,
                spec.formula,
                spec.range,
                spec.ideal,
                spec.direction,
                spec.unit,
                spec.interval,
                spec.paper
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
