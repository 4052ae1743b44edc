//! From files to an audit: all rows at once, or in a stream.

use equipoise_data::{
    AuditChunk, AuditColumns, AuditData as ReadData, AuditStream, DroppedRows, OutcomeColumns,
    OutcomeValues, read_audit_columns,
};
use equipoise_metrics::{
    Audit, AuditData, AuditOptions, Error as MetricsError, GroupCube, LabelColumn, Membership,
    Outcome, ScoreSketch, audit, audit_cube,
};

use super::files::Files;
use crate::{args::AuditArgs, error::CliError};

/// Audits the rows of files.
pub(super) fn audit_rows(
    files: &Files,
    columns: &AuditColumns,
    args: &AuditArgs,
    options: &AuditOptions,
) -> Result<Audit, CliError> {
    if args.input.streaming {
        return audit_stream(files, columns, options);
    }
    let data = read_audit_columns(&files.files, columns).map_err(files.failed())?;
    warn_of_dropped(&data.dropped, data.rows);
    match &data.outcome {
        OutcomeValues::Binary(values) => audit_outcome(
            &data,
            Outcome::Binary {
                labels: &values.labels,
                predictions: values.predictions.as_deref(),
                scores: values.scores.as_deref(),
            },
            options,
        ),
        OutcomeValues::Multiclass {
            classes,
            labels,
            predictions,
            scores,
        } => {
            let scores: Option<Vec<&[f64]>> =
                (scores.as_ref()).map(|scores| scores.iter().map(Vec::as_slice).collect());
            audit_outcome(
                &data,
                Outcome::Multiclass {
                    classes,
                    labels,
                    predictions: predictions.as_deref(),
                    scores: scores.as_deref(),
                },
                options,
            )
        }
        OutcomeValues::Multilabel(outputs) => {
            let outputs = outputs.iter().map(|output| LabelColumn {
                name: &output.name,
                labels: &output.values.labels,
                predictions: output.values.predictions.as_deref(),
                scores: output.values.scores.as_deref(),
            });
            let outputs: Vec<LabelColumn<'_>> = outputs.collect();
            audit_outcome(&data, Outcome::Multilabel { outputs: &outputs }, options)
        }
        OutcomeValues::Regression {
            labels,
            predictions,
        } => audit_outcome(
            &data,
            Outcome::Regression {
                labels,
                predictions,
            },
            options,
        ),
    }
}

/// Audits an outcome of rows that were read.
fn audit_outcome(
    data: &ReadData,
    outcome: Outcome<'_>,
    options: &AuditOptions,
) -> Result<Audit, CliError> {
    let probabilities: Vec<Vec<&[f64]>> = (data.memberships.iter())
        .map(|membership| {
            let columns = membership.probabilities.iter();
            columns.map(Vec::as_slice).collect()
        })
        .collect();
    let memberships: Vec<Membership<'_>> = (data.memberships.iter().zip(&probabilities))
        .map(|(membership, probabilities)| Membership {
            attribute: membership.attribute,
            probabilities,
        })
        .collect();
    let mut rows = AuditData::new(&data.groups, outcome).with_memberships(&memberships);
    if let Some(weights) = &data.weights {
        rows = rows.with_weights(weights);
    }
    if let Some(entities) = &data.entities {
        rows = rows.with_entities(entities);
    }
    Ok(audit(&rows, options)?)
}

/// Counts the rows chunk by chunk.
fn audit_stream(
    files: &Files,
    columns: &AuditColumns,
    options: &AuditOptions,
) -> Result<Audit, CliError> {
    let has_scores =
        matches!(&columns.outcome, OutcomeColumns::Binary(binary) if binary.score.is_some());
    let stream = AuditStream::open(&files.files, columns).map_err(files.failed())?;
    warn_of_dropped(stream.dropped(), stream.rows());
    let mut counted = Counted {
        cube: GroupCube::empty(stream.schema().clone()),
        sketch: has_scores.then(|| ScoreSketch::empty(stream.schema().clone())),
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
