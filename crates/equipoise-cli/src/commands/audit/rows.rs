//! From files to an audit: all rows at once, or in a stream.

use equipoise_data::{
    AuditChunk, AuditColumns, AuditStream, DroppedRows, GroupConfig, read_audit_columns,
};
use equipoise_metrics::{
    Audit, AuditData, AuditOptions, GroupCube, Outcome as AuditOutcome, audit, audit_cube,
};

use super::files::Files;
use crate::{args::AuditArgs, error::CliError};

/// Audits the rows of files.
pub(super) fn audit_rows(
    files: &Files,
    label: &str,
    groups: Vec<GroupConfig>,
    args: &AuditArgs,
    options: &AuditOptions,
) -> Result<Audit, CliError> {
    let columns = AuditColumns {
        prediction: args.prediction.clone(),
        score: args.score.clone(),
        positive: args.positive.clone(),
        missing_values: args.columns.missing_values.clone(),
        ..AuditColumns::new(label, groups)
    };
    if args.input.streaming {
        return audit_stream(files, &columns, options);
    }
    let data = read_audit_columns(&files.files, &columns).map_err(files.failed())?;
    warn_of_dropped(&data.dropped, data.rows);
    let outcome = AuditOutcome::Binary {
        labels: &data.labels,
        predictions: data.predictions.as_deref(),
        scores: data.scores.as_deref(),
    };
    Ok(audit(&AuditData::new(&data.groups, outcome), options)?)
}

/// Counts the rows chunk by chunk.
fn audit_stream(
    files: &Files,
    columns: &AuditColumns,
    options: &AuditOptions,
) -> Result<Audit, CliError> {
    let stream = AuditStream::open(&files.files, columns).map_err(files.failed())?;
    warn_of_dropped(stream.dropped(), stream.rows());
    if columns.score.is_some() {
        tracing::warn!("metrics of scores are left out: they need all rows at once");
    }
    let mut cube = GroupCube::empty(stream.schema().clone());
    let counted = stream.for_each(
        |chunk| count(&chunk, options.threshold).map_err(CliError::from),
        |chunk| Ok(cube.merge(&chunk)?),
    );
    counted.map_err(|error| match error {
        CliError::Data(error) => files.failed()(error),
        error => error,
    })?;
    Ok(audit_cube(&cube, options)?)
}

fn count(chunk: &AuditChunk, threshold: f64) -> Result<GroupCube, equipoise_metrics::Error> {
    let scores = chunk.scores.as_deref().unwrap_or_default();
    let decided: Vec<u8>;
    let predictions = match &chunk.predictions {
        Some(predictions) => predictions,
        None => {
            let decisions = scores.iter().map(|&score| u8::from(score >= threshold));
            decided = decisions.collect();
            &decided
        }
    };
    GroupCube::from_rows(&chunk.groups, &chunk.labels, predictions)
}

fn warn_of_dropped(dropped: &[DroppedRows], rows: usize) {
    for dropped in dropped {
        let (count, reason) = (dropped.count, &dropped.reason);
        tracing::warn!("{count} of {rows} rows left out: {reason}");
    }
}
