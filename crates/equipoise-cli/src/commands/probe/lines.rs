//! The results as CSV: one line a record.

use super::results::ProbeResults;
use crate::error::CliError;

const HEADER: [&str; 10] = [
    "model", "probe", "measure", "subset", "count", "value", "low", "high", "p_value", "reason",
];

/// What is written, for errors.
const WHAT: &str = "the probes as CSV";

/// A line with the names of the columns, a line for each record, and one without a value for each
/// probe that did not ask a model.
pub(super) fn render(results: &ProbeResults) -> Result<String, CliError> {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut rows: Vec<[String; 10]> = vec![HEADER.map(str::to_owned)];
    for record in &results.records {
        let subset: Vec<String> = (record.subset.iter())
            .filter_map(|(name, value)| Some(format!("{name}={}", value.as_str()?)))
            .collect();
        rows.push([
            record.model.clone(),
            record.probe.clone(),
            record.measure.clone(),
            subset.join(";"),
            record.count.to_string(),
            number(record.value),
            number(record.low),
            number(record.high),
            number(record.p_value),
            record.reason.clone().unwrap_or_default(),
        ]);
    }
    for refused in &results.not_asked {
        let mut row: [String; 10] = Default::default();
        row[0] = refused.model.clone().unwrap_or_default();
        refused.probe.clone_into(&mut row[1]);
        row[9].clone_from(&refused.reason);
        rows.push(row);
    }
    for row in &rows {
        writer.write_record(row).map_err(CliError::encode(WHAT))?;
    }
    let bytes = writer.into_inner().map_err(|error| CliError::Encode {
        what: WHAT,
        source: error.into_error().into(),
    })?;
    String::from_utf8(bytes).map_err(CliError::encode(WHAT))
}
