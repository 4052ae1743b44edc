//! `equipoise audit FILE`: group metrics of predictions that any model made.

mod gates;
mod html;
mod list;

use std::path::Path;

use equipoise_data::{AuditColumns, DataFile, GroupConfig, read_audit_columns};
use equipoise_metrics::{
    Audit, AuditData, AuditOptions, Error as MetricsError, Outcome as AuditOutcome, audit, metric,
};

use super::columns::{expect_distinct, groups};
use crate::{
    args::{AuditArgs, AuditFormat},
    error::CliError,
    outcome::Outcome,
    output,
};

/// Audits a file, or lists what can be audited.
pub(crate) fn execute(args: &AuditArgs) -> Result<Outcome, CliError> {
    if args.list {
        output::print(&list::render())?;
        return Ok(Outcome::Done);
    }
    // The grammar of the command line asks for both; this is what its types cannot say.
    let (Some(file), Some(label)) = (&args.file, &args.label) else {
        return Err(CliError::usage(
            "a file and the column of its label are needed",
        ));
    };
    if args.prediction.is_none() && args.score.is_none() {
        return Err(CliError::Usage {
            message: "neither `--prediction` nor `--score` is given".to_owned(),
            help: Some("name the column of the predicted label, of the score, or both".to_owned()),
        });
    }
    // What is wrong whatever the file holds is told before it is read.
    expect_roles(label, args)?;
    expect_metrics(args)?;
    let groups = groups(&args.group, &args.columns.bins, args.missing.policy())?;
    let gates = gates::read(args)?;
    let audit = audit_file(file, label, groups, args)?;
    output::print(&write(&audit, file, label, args)?)?;
    gates::judge(&audit, &gates)
}

/// Each column has one role.
fn expect_roles(label: &str, args: &AuditArgs) -> Result<(), CliError> {
    let predicted = [("--prediction", &args.prediction), ("--score", &args.score)];
    let predicted = predicted
        .into_iter()
        .filter_map(|(option, column)| Some((option, column.as_deref()?)));
    let groups = args.group.iter().map(|column| ("--group", column.as_str()));
    expect_distinct(
        [("--label", label)]
            .into_iter()
            .chain(predicted)
            .chain(groups),
    )
}

/// Each metric is known, and has what it needs.
fn expect_metrics(args: &AuditArgs) -> Result<(), CliError> {
    for name in &args.metrics {
        let spec = metric(name)?;
        if args.score.is_none() && !spec.is_count_based() {
            return Err(MetricsError::NeedsScores { metric: spec.name }.into());
        }
    }
    Ok(())
}

fn audit_file(
    file: &Path,
    label: &str,
    groups: Vec<GroupConfig>,
    args: &AuditArgs,
) -> Result<Audit, CliError> {
    let data = read_audit_columns(
        &[DataFile::new(file).map_err(CliError::ByOptions)?],
        &AuditColumns {
            prediction: args.prediction.clone(),
            score: args.score.clone(),
            positive: args.positive.clone(),
            missing_values: args.columns.missing_values.clone(),
            ..AuditColumns::new(label, groups)
        },
    )
    .map_err(CliError::ByOptions)?;
    for dropped in &data.dropped {
        tracing::warn!(
            "{} of {} rows left out: {}",
            dropped.count,
            data.rows,
            dropped.reason
        );
    }
    let defaults = AuditOptions::default();
    let options = AuditOptions {
        convention: args.convention,
        confidence: args.confidence,
        min_count: args.min_count,
        min_count_excludes: args.min_count_excludes,
        metrics: (!args.metrics.is_empty()).then(|| args.metrics.clone()),
        threshold: args.threshold.unwrap_or(defaults.threshold),
        seed: args.seed.unwrap_or(defaults.seed),
        ..defaults
    };
    Ok(audit(
        &AuditData::new(
            &data.groups,
            AuditOutcome::Binary {
                labels: &data.labels,
                predictions: data.predictions.as_deref(),
                scores: data.scores.as_deref(),
            },
        ),
        &options,
    )?)
}

fn write(audit: &Audit, file: &Path, label: &str, args: &AuditArgs) -> Result<String, CliError> {
    match args.format {
        AuditFormat::Table => Ok(audit.to_table()),
        AuditFormat::Json => {
            let json = serde_json::to_string_pretty(audit)
                .map_err(CliError::encode("the audit as JSON"))?;
            Ok(json + "\n")
        }
        AuditFormat::Csv => {
            // One line a record leaves no room for what is to be known of the whole.
            for note in &audit.notes {
                tracing::warn!("{note}");
            }
            Ok(audit.to_csv())
        }
        AuditFormat::Html => html::render(audit.clone(), file, label, args.positive.as_deref()),
    }
}
