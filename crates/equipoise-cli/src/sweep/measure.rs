//! The objectives of a finished run, on the validation and on the test part.

use equipoise_core::SplitPart;
use equipoise_data::{
    AuditColumns, BinaryColumns, DataFile, GroupConfig, OutcomeValues, read_audit_columns,
};
use equipoise_metrics::{AuditData, AuditOptions, audit};
use serde::Serialize;

use super::{objective::Objective, trial::Run};
use crate::{
    error::CliError,
    pipeline::{RunRecord, record::ModelRecord},
};

/// The column of the parts in a file of predictions.
const SPLIT: &str = "split";

/// One measured number.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(crate) struct Measured {
    /// The value; `None` where it is not estimable.
    pub(crate) value: Option<f64>,
    /// The lower end of its interval, where there is one.
    pub(crate) low: Option<f64>,
    /// The upper end of its interval, where there is one.
    pub(crate) high: Option<f64>,
    /// Why there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

/// What came out of one run: for each measure a number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunResult {
    pub(crate) run: Run,
    /// On the validation part, by which trials are compared.
    pub(crate) valid: Vec<Measured>,
    /// On the test part, by which nothing is chosen.
    pub(crate) test: Vec<Measured>,
}

/// Measures the model of a finished run: the fair one, or the plain one where there is no other.
///
/// # Errors
///
/// When the folder holds no finished run, or its predictions cannot be read or audited.
pub(crate) fn measure(
    run: Run,
    folder: &std::path::Path,
    measures: &[Objective],
    options: &AuditOptions,
) -> Result<RunResult, CliError> {
    let model = RunRecord::load(folder)?
        .models
        .pop()
        .map_or_else(String::new, |ModelRecord { name, .. }| name);
    let file = DataFile::new(folder.join(format!("predictions/{model}.parquet")))?;
    let mut attributes: Vec<&str> = Vec::new();
    for attribute in measures.iter().filter_map(Objective::attribute) {
        if !attributes.contains(&attribute) {
            attributes.push(attribute);
        }
    }
    // An audit has groups, so that a sweep of overall values alone has the parts as its groups.
    attributes.push(SPLIT);
    let groups = attributes.iter().map(|name| GroupConfig::column(*name));
    let columns = BinaryColumns {
        label: "label".to_owned(),
        prediction: Some("prediction".to_owned()),
        score: Some("score".to_owned()),
        positive: None,
    };
    let data = read_audit_columns(&[file], &AuditColumns::binary(columns, groups.collect()))?;
    let OutcomeValues::Binary(outcome) = &data.outcome else {
        return Err(CliError::usage(
            "a sweep compares decisions between two classes",
        ));
    };
    let mut metrics: Vec<String> = Vec::new();
    for metric in measures.iter().map(Objective::metric) {
        if !metrics.iter().any(|known| known == metric) {
            metrics.push(metric.to_owned());
        }
    }
    let options = AuditOptions {
        metrics: Some(metrics),
        ..options.clone()
    };
    let split = attributes.len() - 1;
    let of_part = |part: SplitPart| -> Result<Vec<Measured>, CliError> {
        let code = data.groups.schema().attributes()[split].code_of(part.name());
        let codes = data.groups.codes(split).iter().enumerate();
        let rows: Vec<usize> = codes
            .filter(|(_, found)| Some(**found) == code)
            .map(|(row, _)| row)
            .collect();
        let mut shown: Vec<usize> = (0..split).collect();
        if shown.is_empty() {
            shown.push(split);
        }
        let groups = data.groups.select(&shown).take(&rows);
        let labels = taken(&outcome.labels, &rows);
        let predictions = outcome.predictions.as_ref().map(|all| taken(all, &rows));
        let scores = outcome.scores.as_ref().map(|all| taken(all, &rows));
        let mut audited = AuditData::binary(&groups, &labels);
        if let Some(predictions) = &predictions {
            audited = audited.with_predictions(predictions);
        }
        if let Some(scores) = &scores {
            audited = audited.with_scores(scores);
        }
        let found = audit(&audited, &options)?;
        Ok(measures
            .iter()
            .map(|measure| match measure.find(&found) {
                Some(record) => Measured {
                    value: record.value,
                    low: record.low,
                    high: record.high,
                    reason: record.reason.clone(),
                },
                None => Measured {
                    reason: Some("the audit has no such value".to_owned()),
                    ..Measured::default()
                },
            })
            .collect())
    };
    Ok(RunResult {
        run,
        valid: of_part(SplitPart::Valid)?,
        test: of_part(SplitPart::Test)?,
    })
}

fn taken<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|row| values[*row]).collect()
}
