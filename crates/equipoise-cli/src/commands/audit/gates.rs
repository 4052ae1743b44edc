//! `--fail-if`: read before the file is, judged when the audit is there.

use equipoise_metrics::{Audit, Gate};

use super::attribute_names;
use super::metrics::{LISTED, needs_scores, suits};
use crate::{
    args::{AuditArgs, AuditTask},
    commands::columns::not_a_group,
    error::CliError,
    outcome::Outcome,
};

/// The gates, each of which is about something that will be audited.
///
/// # Errors
///
/// When a gate cannot be read, or is about a metric or a group that the other options leave out.
pub(super) fn read(args: &AuditArgs) -> Result<Vec<Gate>, CliError> {
    args.fail_if
        .iter()
        .map(|text| {
            let gate: Gate = text.parse()?;
            expect_audited(&gate, args)?;
            Ok(gate)
        })
        .collect()
}

fn expect_audited(gate: &Gate, args: &AuditArgs) -> Result<(), CliError> {
    let metric = gate.quantity().metric();
    let text = gate.text();
    if !args.metrics.is_empty() && !args.metrics.iter().any(|name| name == metric.name) {
        return Err(CliError::Usage {
            message: format!(
                "fairness gate `{text}`: metric `{}` is not among `--metrics`",
                metric.name
            ),
            help: Some(format!("add `{}` to `--metrics`", metric.name)),
        });
    }
    if !suits(metric, args.outcome.task) {
        return Err(CliError::Usage {
            message: format!(
                "fairness gate `{text}`: metric `{}` is not defined for {}",
                metric.name,
                args.outcome.task.outcome()
            ),
            help: Some(LISTED.to_owned()),
        });
    }
    if args.outcome.score.is_empty() && needs_scores(metric) {
        return Err(CliError::Usage {
            message: format!(
                "fairness gate `{text}`: metric `{}` needs scores",
                metric.name
            ),
            help: Some("name their column with `--score`".to_owned()),
        });
    }
    expect_selected(gate, args)?;
    let attributes = gate.attributes().unwrap_or_default();
    let known = attribute_names(args);
    match attributes.iter().find(|name| !known.contains(name)) {
        Some(attribute) => Err(not_a_group(
            &format!("fairness gate `{text}`"),
            attribute,
            &known,
        )),
        None => Ok(()),
    }
}

/// A gate selects among classes that the task has, and among strata of controls.
fn expect_selected(gate: &Gate, args: &AuditArgs) -> Result<(), CliError> {
    let has_classes = matches!(
        args.outcome.task,
        AuditTask::Multiclass | AuditTask::Multilabel
    );
    let controls = &args.comparison.control;
    for (name, _) in gate.selected() {
        if (has_classes && name == "class") || controls.contains(name) {
            continue;
        }
        let text = gate.text();
        return Err(if name == "class" {
            CliError::Usage {
                message: format!(
                    "fairness gate `{text}`: {} has no classes",
                    args.outcome.task.outcome()
                ),
                help: Some(
                    "leave out `class`, or name `--task multiclass` or `--task multilabel`"
                        .to_owned(),
                ),
            }
        } else {
            CliError::Usage {
                message: format!(
                    "fairness gate `{text}` selects by `{name}`, which is not among `--control`"
                ),
                help: Some(format!(
                    "add `{name}` to `--control`; groups are named in brackets, as in `[{name}]`"
                )),
            }
        });
    }
    Ok(())
}

/// Whether every gate is met. All are judged, so that one audit tells all that failed.
///
/// # Errors
///
/// When the audit does not hold what a gate asks for.
pub(super) fn judge(audit: &Audit, gates: &[Gate]) -> Result<Outcome, CliError> {
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
