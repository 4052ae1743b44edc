//! What a model said of each row, as a Parquet file.
//!
//! | column | type | holds |
//! |---|---|---|
//! | `id` | integer | the row's number in the data file, from 0 |
//! | `label` | 0 or 1, text, or number | the label: positive or not, the class, or the number |
//! | `score` | number | the probability of the positive or of the predicted class, or the predicted number |
//! | `prediction` | as `label` | the decision: `score >= threshold`, the most probable class, or the predicted number |
//! | `score:CLASS` | number | several classes only: the probability of each |
//! | one for each group attribute | text | the row's group |
//! | `split` | text | `train`, `valid` or `test` |
//!
//! The file can be audited as it is: see [`crate::read_audit_columns`].

use std::path::Path;

use equipoise_core::{Examples, Scores, SplitPart, Task};
use polars::prelude::{
    Column, DataFrame, IntoColumn, NamedFrom, NewChunkedArray, ParquetWriter, Series, StringChunked,
};

use crate::Error;
use crate::atomic::write_atomically;

/// The scores of one part of the data.
#[derive(Debug, Clone, Copy)]
pub struct PredictedPart<'a> {
    /// Which part.
    pub part: SplitPart,
    /// Its rows.
    pub examples: &'a Examples,
    /// Their scores, in the same order.
    pub scores: &'a Scores,
}

/// Writes the predictions of a model.
///
/// `threshold`, in `[0, 1]`, turns the score of two classes into a decision; other tasks ignore
/// it. The folder is made where it is not there; the file is written beside its place and renamed,
/// so that it is never there in part. The same values give the same bytes.
///
/// # Errors
///
/// When the scores are not of the task's kind or not as many as the rows, or when the file cannot
/// be written.
pub fn write_predictions(
    path: &Path,
    task: &Task,
    threshold: f64,
    parts: &[PredictedPart<'_>],
) -> Result<(), Error> {
    for part in parts {
        if part.scores.rows() != part.examples.len() {
            return Err(equipoise_core::Error::Lengths {
                what: "scores",
                expected: part.examples.len(),
                found: part.scores.rows(),
            }
            .into());
        }
    }
    let ids: Vec<u64> = (parts.iter())
        .flat_map(|part| part.examples.ids().iter().copied())
        .collect();
    let rows = ids.len();
    let mut columns = vec![Series::new("id".into(), ids).into_column()];
    columns.extend(score_columns(task, threshold, parts)?);
    if let Some(first) = parts.first() {
        let schema = first.examples.groups().schema();
        for (position, attribute) in schema.attributes().iter().enumerate() {
            let values = parts.iter().flat_map(|part| {
                let groups = part.examples.groups();
                let values = groups.schema().attributes()[position].values();
                (groups.codes(position).iter()).map(|&code| values[code as usize].as_str())
            });
            columns.push(text_column(attribute.name(), values));
        }
    }
    columns.push(text_column(
        "split",
        (parts.iter()).flat_map(|part| std::iter::repeat_n(part.part.name(), part.examples.len())),
    ));
    let encode = |source| Error::Encode {
        path: path.to_owned(),
        source: Box::new(source),
    };
    let mut frame = DataFrame::new(rows, columns).map_err(encode)?;
    // Encoded in memory first: the writer does not hand on why a file could not be written.
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .finish(&mut frame)
        .map_err(encode)?;
    Ok(write_atomically(path, &bytes)?)
}

/// The label, score and prediction columns.
fn score_columns(
    task: &Task,
    threshold: f64,
    parts: &[PredictedPart<'_>],
) -> Result<Vec<Column>, Error> {
    let targets: Vec<f32> = (parts.iter())
        .flat_map(|part| part.examples.targets().iter().copied())
        .collect();
    Ok(match task {
        Task::Binary { .. } => {
            let mut scores: Vec<f64> = Vec::with_capacity(targets.len());
            for part in parts {
                match part.scores {
                    Scores::Binary(values) => scores.extend(values),
                    other => return Err(score_kind(other, "binary")),
                }
            }
            let labels: Vec<u8> = targets.iter().map(|&y| u8::from(y > 0.5)).collect();
            let predictions: Vec<u8> = scores.iter().map(|&s| u8::from(s >= threshold)).collect();
            vec![
                byte_column("label", labels),
                Series::new("score".into(), scores).into_column(),
                byte_column("prediction", predictions),
            ]
        }
        Task::Multiclass { classes } => multiclass_columns(classes, &targets, parts)?,
        _ => {
            let mut scores: Vec<f64> = Vec::with_capacity(targets.len());
            for part in parts {
                match part.scores {
                    Scores::Regression(values) => scores.extend(values),
                    other => return Err(score_kind(other, "regression")),
                }
            }
            let labels: Vec<f64> = targets.iter().map(|&y| f64::from(y)).collect();
            vec![
                Series::new("label".into(), labels).into_column(),
                Series::new("score".into(), scores.clone()).into_column(),
                Series::new("prediction".into(), scores).into_column(),
            ]
        }
    })
}

fn multiclass_columns(
    classes: &[String],
    targets: &[f32],
    parts: &[PredictedPart<'_>],
) -> Result<Vec<Column>, Error> {
    let mut by_class: Vec<Vec<f64>> = vec![Vec::with_capacity(targets.len()); classes.len()];
    let mut best: Vec<usize> = Vec::with_capacity(targets.len());
    for part in parts {
        let Scores::Multiclass {
            classes: width,
            probabilities,
        } = part.scores
        else {
            return Err(score_kind(part.scores, "multiclass"));
        };
        if *width != classes.len() || classes.is_empty() {
            return Err(equipoise_core::Error::Lengths {
                what: "probabilities in each row",
                expected: classes.len(),
                found: *width,
            }
            .into());
        }
        for row in probabilities.chunks_exact(*width) {
            // Of several most probable classes the first.
            let mut top = 0;
            for (class, probability) in row.iter().enumerate() {
                by_class[class].push(*probability);
                if *probability > row[top] {
                    top = class;
                }
            }
            best.push(top);
        }
    }
    let scores: Vec<f64> = (best.iter().enumerate())
        .map(|(row, &class)| by_class[class][row])
        .collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the target is the index of a class"
    )]
    let labels = targets
        .iter()
        .map(|&target| classes.get(target as usize).map_or("", String::as_str));
    let mut columns = vec![
        text_column("label", labels),
        Series::new("score".into(), scores).into_column(),
        text_column(
            "prediction",
            best.iter().map(|&class| classes[class].as_str()),
        ),
    ];
    for (class, probabilities) in classes.iter().zip(by_class) {
        columns.push(Series::new(format!("score:{class}").into(), probabilities).into_column());
    }
    Ok(columns)
}

fn score_kind(scores: &Scores, expected: &'static str) -> Error {
    Error::ScoreKind {
        found: match scores {
            Scores::Binary(_) => "binary",
            Scores::Multiclass { .. } => "multiclass",
            Scores::Regression(_) => "regression",
            _ => "of a kind that is not known here",
        },
        expected,
    }
}

fn byte_column(name: &str, values: Vec<u8>) -> Column {
    Series::new(name.into(), values).into_column()
}

fn text_column<'a>(name: &str, values: impl Iterator<Item = &'a str>) -> Column {
    StringChunked::from_iter_values(name.into(), values).into_column()
}
