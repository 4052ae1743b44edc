//! From files to an audit: all rows at once, or in a stream.

use equipoise_data::{
    AuditChunk, AuditColumns, AuditStream, DroppedRows, GroupConfig, read_audit_columns,
};
use equipoise_metrics::{
    Audit, AuditData, AuditOptions, Error as MetricsError, GroupCube, Outcome as AuditOutcome,
    ScoreSketch, audit, audit_cube,
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
        weight: args.weight.clone(),
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
    let mut rows = AuditData::new(&data.groups, outcome);
    if let Some(weights) = &data.weights {
        rows = rows.with_weights(weights);
    }
    Ok(audit(&rows, options)?)
}

/// Counts the rows chunk by chunk.
fn audit_stream(
    files: &Files,
    columns: &AuditColumns,
    options: &AuditOptions,
) -> Result<Audit, CliError> {
    let stream = AuditStream::open(&files.files, columns).map_err(files.failed())?;
    warn_of_dropped(stream.dropped(), stream.rows());
    let mut counted = Counted {
        cube: GroupCube::empty(stream.schema().clone()),
        sketch: (columns.score.as_ref()).map(|_| ScoreSketch::empty(stream.schema().clone())),
    };
    let done = stream.for_each(
        |chunk| Counted::of(&chunk, options.threshold).map_err(CliError::from),
        |chunk| Ok(counted.merge(&chunk)?),
    );
    done.map_err(|error| match error {
        CliError::Data(error) => files.failed()(error),
        error => error,
    })?;
    Ok(audit_cube(&counted.cube, counted.sketch.as_ref(), options)?)
}

/// What is kept of the rows of a stream.
struct Counted {
    cube: GroupCube,
    sketch: Option<ScoreSketch>,
}

impl Counted {
    fn of(chunk: &AuditChunk, threshold: f64) -> Result<Self, MetricsError> {
        let scores = chunk.scores.as_deref();
        let decided: Vec<u8>;
        let predictions = if let Some(predictions) = &chunk.predictions {
            predictions
        } else {
            let scores = scores.unwrap_or_default().iter();
            decided = scores.map(|&score| u8::from(score >= threshold)).collect();
            &decided
        };
        let sketch = scores.map(|scores| {
            let mut sketch = ScoreSketch::empty(chunk.groups.schema().clone());
            sketch.update(&chunk.groups, &chunk.labels, scores)?;
            Ok::<_, MetricsError>(sketch)
        });
        Ok(Self {
            cube: GroupCube::from_rows(&chunk.groups, &chunk.labels, predictions)?,
            sketch: sketch.transpose()?,
        })
    }

    fn merge(&mut self, other: &Self) -> Result<(), MetricsError> {
        if let (Some(sketch), Some(other)) = (&mut self.sketch, &other.sketch) {
            sketch.merge(other)?;
        }
        self.cube.merge(&other.cube)
    }
}

fn warn_of_dropped(dropped: &[DroppedRows], rows: usize) {
    for dropped in dropped {
        let (count, reason) = (dropped.count, &dropped.reason);
        tracing::warn!("{count} of {rows} rows left out: {reason}");
    }
}
