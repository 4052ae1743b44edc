//! `equipoise audit FILE`: group metrics of predictions that any model made.

mod html;
mod list;

use std::path::Path;

use equipoise_data::{AuditColumns, GroupConfig, read_audit_columns};
use equipoise_metrics::{Audit, AuditData, AuditOptions, Gate, audit};

use crate::{
    args::{AuditArgs, AuditFormat},
    context::Context,
    error::CliError,
    outcome::Outcome,
    output,
};

/// Audits a file, or lists what can be audited.
pub(crate) fn execute(args: &AuditArgs, context: &Context<'_>) -> Result<Outcome, CliError> {
    context.expect_no_config("audit")?;
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
    // A gate that cannot be read is told before the file is.
    let gates = args
        .fail_if
        .iter()
        .map(|gate| gate.parse())
        .collect::<Result<Vec<Gate>, _>>()?;
    let audit = audit_file(file, label, args, context)?;
    output::print(&write(&audit, file, label, args)?)?;
    judge(&audit, &gates)
}

fn audit_file(
    file: &Path,
    label: &str,
    args: &AuditArgs,
    context: &Context<'_>,
) -> Result<Audit, CliError> {
    let groups = args
        .group
        .iter()
        .map(|column| GroupConfig::column(column).with_missing(args.missing.policy()))
        .collect();
    let data = read_audit_columns(
        file,
        &AuditColumns {
            prediction: args.prediction.clone(),
            score: args.score.clone(),
            positive: args.positive.clone(),
            missing_values: args.missing_values.clone(),
            ..AuditColumns::new(label, groups)
        },
    )?;
    for dropped in &data.dropped {
        tracing::warn!(
            "{} of {} rows were left out: {}",
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
        seed: context.seed().unwrap_or(defaults.seed),
        ..defaults
    };
    Ok(audit(
        &AuditData {
            groups: &data.groups,
            labels: &data.labels,
            predictions: data.predictions.as_deref(),
            scores: data.scores.as_deref(),
        },
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

/// Whether every fairness gate is met. All are judged, so that one run tells all that failed.
fn judge(audit: &Audit, gates: &[Gate]) -> Result<Outcome, CliError> {
    let mut outcome = Outcome::Done;
    for gate in gates {
        for judged in gate.evaluate(audit)? {
            if judged.failed {
                outcome = Outcome::GateNotMet;
                tracing::warn!("{judged}");
            } else {
                tracing::info!("{judged}");
            }
        }
    }
    Ok(outcome)
}
