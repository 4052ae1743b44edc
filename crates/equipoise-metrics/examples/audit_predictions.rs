//! Audits predictions that are already in memory.
//!
//! ```text
//! cargo run -p equipoise-metrics --example audit_predictions
//! ```
#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::error::Error;

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use equipoise_metrics::{AuditData, AuditOptions, Gate, audit};

fn main() -> Result<(), Box<dyn Error>> {
    // Two hundred people of two sexes and two ages; the model scores women lower.
    let people = 0..200u32;
    let sex: Vec<u32> = people.clone().map(|i| i % 2).collect();
    let age: Vec<u32> = people.clone().map(|i| i / 2 % 2).collect();
    let labels: Vec<u8> = people.clone().map(|i| u8::from(i * 7 % 10 < 4)).collect();
    let scores: Vec<f64> = people
        .zip(labels.iter().zip(&sex))
        .map(|(i, (&label, &sex))| {
            let noise = f64::from(i * 31 % 100) / 100.0;
            0.35 * f64::from(label) + 0.15 * f64::from(sex) + 0.5 * noise
        })
        .collect();

    let schema = GroupSchema::new(vec![
        GroupAttribute::new("sex", ["Female", "Male"])?,
        GroupAttribute::new("age", ["under 40", "40 and over"])?,
    ])?;
    let groups = GroupColumns::new(schema, vec![sex, age])?;
    let data = AuditData::binary(&groups, &labels).with_scores(&scores);
    let audit = audit(&data, &AuditOptions::default())?;
    println!("{}", audit.to_table());

    for gate in Gate::parse_list("demographic_parity_difference[sex]>0.1, roc_auc<0.7")? {
        for outcome in gate.evaluate(&audit)? {
            println!("{outcome}");
        }
    }
    Ok(())
}
