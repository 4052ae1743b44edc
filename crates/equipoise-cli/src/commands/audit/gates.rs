//! `--fail-if`: read before the file is, judged when the audit is there.

use equipoise_metrics::{Audit, Gate};

use super::metrics::{LISTED, needs_scores, suits};
use super::attribute_names;
use crate::{args::AuditArgs, commands::columns::not_a_group, error::CliError, outcome::Outcome};

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
