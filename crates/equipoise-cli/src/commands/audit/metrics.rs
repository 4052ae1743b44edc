//! Which metrics can be had of a task and its columns.

use equipoise_metrics::{Error as MetricsError, MetricSpec, Unit, metric};

use crate::{
    args::{AuditArgs, AuditTask},
    error::CliError,
};

/// Where to find what can be audited.
pub(super) const LISTED: &str = "`equipoise audit --list` shows for which tasks each metric is";

/// Whether a metric is defined for a task.
pub(super) fn suits(spec: &MetricSpec, task: AuditTask) -> bool {
    is_of_every_task(spec) || spec.is_of_regression() == (task == AuditTask::Regression)
}

/// Whether a metric asks neither for classes nor for numbers.
pub(super) fn is_of_every_task(spec: &MetricSpec) -> bool {
    spec.unit == Unit::Rows
}

/// Whether a metric needs scores.
pub(super) fn needs_scores(spec: &MetricSpec) -> bool {
    !spec.is_count_based() && !spec.is_of_regression()
}

/// Each metric is known, is defined for the task, and has what it needs.
pub(super) fn expect(args: &AuditArgs) -> Result<(), CliError> {
    let task = args.outcome.task;
    for name in &args.metrics {
        let spec = metric(name)?;
        if !suits(spec, task) {
            return Err(MetricsError::OtherOutcome {
                metric: spec.name,
                outcome: task.outcome(),
            }
            .into());
        }
        if args.outcome.score.is_empty() && needs_scores(spec) {
            return Err(MetricsError::NeedsScores { metric: spec.name }.into());
        }
    }
    Ok(())
}
