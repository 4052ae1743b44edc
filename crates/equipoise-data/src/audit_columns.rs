//! The columns of an audit: labels, decisions, scores and groups, as plain vectors.
//!
//! Files of predictions may have many millions of rows. Columns of numbers and booleans are read
//! in their own type, columns of texts as codes into their distinct values; no row makes a
//! `String`. The row groups of Parquet files are decoded and coded side by side, so that nothing
//! wider than a code is ever held of all rows.

mod binary;
mod levels;
mod part;
mod piece;
mod stream;

use equipoise_core::GroupColumns;
use rayon::prelude::*;

use self::binary::Binary;
use self::part::Values;
use self::piece::{ColumnsOfPiece, pieces};
pub use self::stream::{AuditChunk, AuditStream};
use crate::annotate::annotate_columns;
use crate::read::{DataFile, FileState, Frame};
use crate::target::require_all;
use crate::{DroppedRows, Error, GroupConfig};

/// Which columns of a file to audit.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditColumns {
    /// The true labels: booleans, 0 and 1, or any values with [`Self::positive`].
    pub label: String,
    /// The decisions, written like the labels or as 0 and 1.
    pub prediction: Option<String>,
    /// The scores: numbers from 0 to 1, the higher the more positive.
    pub score: Option<String>,
    /// The group attributes; rows that an attribute drops are left out of everything.
    pub groups: Vec<GroupConfig>,
    /// Row weights above 0.
    pub weight: Option<String>,
    /// The label that counts as 1.
    pub positive: Option<String>,
    /// Texts that stand for a missing value.
    pub missing_values: Vec<String>,
}

impl AuditColumns {
    /// The columns of a file that [`crate::write_predictions`] made.
    pub fn new(label: impl Into<String>, groups: Vec<GroupConfig>) -> Self {
        Self {
            label: label.into(),
            prediction: None,
            score: None,
            groups,
            weight: None,
            positive: None,
            missing_values: Vec::new(),
        }
    }

    fn check(&self) -> Result<(), Error> {
        if self.prediction.is_none() && self.score.is_none() {
            return Err(Error::NothingToAudit);
        }
        Ok(())
    }

    /// The names of all columns, each once.
    fn select(&self) -> Vec<String> {
        let mut select: Vec<String> = Vec::new();
        let named = [Some(&self.label), self.prediction.as_ref()]
            .into_iter()
            .chain([self.score.as_ref(), self.weight.as_ref()])
            .flatten()
            .chain(self.groups.iter().map(|group| &group.column));
        for name in named {
            if !select.contains(name) {
                select.push(name.clone());
            }
        }
        select
    }
}

/// The columns of an audit; all vectors have one entry for each row that was kept.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AuditData {
    /// The number of rows in the files.
    pub rows: usize,
    /// The labels, 0 or 1.
    pub labels: Vec<u8>,
    /// The decisions, 0 or 1.
    pub predictions: Option<Vec<u8>>,
    /// The scores.
    pub scores: Option<Vec<f64>>,
    /// The weights.
    pub weights: Option<Vec<f64>>,
    /// The groups; the values of each attribute are sorted (see [`crate::Annotation`]).
    pub groups: GroupColumns,
    /// The rows that were left out.
    pub dropped: Vec<DroppedRows>,
}

/// Reads the columns of an audit from one or several files of any formats, one after the other.
///
/// Unlike training, an audit may have one class or one group only: what cannot be estimated from
/// them is for the metrics to say.
///
/// # Errors
///
/// When no file is named, or neither predictions nor scores are; when a column is not there; when
/// a label, prediction, score or weight is missing; when labels or predictions cannot be read as 0
/// and 1, a score lies outside `[0, 1]`, or a weight is not above 0; when the positive value does
/// not occur among the labels; when groups cannot be made of their columns; when a column holds
/// numbers in one file and texts in another; or when a file changes while it is read.
pub fn read_audit_columns(files: &[DataFile], columns: &AuditColumns) -> Result<AuditData, Error> {
    let before: Vec<FileState> = files.iter().map(FileState::of).collect();
    let read = read_pieces(files, columns);
    // Asked of what failed too: half a file reads like a broken one.
    before.iter().try_for_each(FileState::expect_unchanged)?;
    put_together(read?, columns).map_err(|error| in_all_files(error, files))
}

/// Decodes all pieces of all files, in their order.
fn read_pieces(files: &[DataFile], columns: &AuditColumns) -> Result<Vec<ColumnsOfPiece>, Error> {
    columns.check()?;
    let select = columns.select();
    let pieces = pieces(files, &select)?;
    let decoded: Vec<Result<ColumnsOfPiece, Error>> = pieces
        .par_iter()
        .map(|piece| ColumnsOfPiece::decode(&piece.read()?, columns))
        .collect();
    // The first failure in the order of the rows, whichever thread met it.
    decoded.into_iter().collect()
}

/// An error that names rows and no file: of several files, all rows are counted through.
fn in_all_files(error: Error, files: &[DataFile]) -> Error {
    let names_rows = matches!(
        error,
        Error::MissingGroup { .. }
            | Error::MissingValues { .. }
            | Error::ScoreRange { .. }
            | Error::Weight { .. }
    );
    if files.len() == 1 || !names_rows {
        return error;
    }
    Error::InAllFiles {
        files: files.len(),
        source: Box::new(error),
    }
}

fn put_together(pieces: Vec<ColumnsOfPiece>, columns: &AuditColumns) -> Result<AuditData, Error> {
    let all = ColumnsOfPiece::concat(pieces, columns)?;
    let groups = all.groups.into_iter().map(|group| group.texts).collect();
    let annotated = annotate_columns(all.rows, &columns.groups, groups)?;
    let kept = Kept::of_all(annotated.kept.as_deref());

    let positive = columns.positive.as_deref();
    let labels = Binary::labels(all.label?, &columns.label, positive)?;
    let predictions = match (all.prediction, &columns.prediction) {
        (Some(part), Some(column)) => {
            let predictions = labels.predictions(part?, column, positive)?;
            Some(kept.of(predictions.values, "prediction", column)?)
        }
        _ => None,
    };
    let labels = kept.of(labels.values, "label", &columns.label)?;
    let scores = match (all.score, &columns.score) {
        (Some(part), Some(column)) => {
            let scores = kept.of(part?.into_numbers("score", column)?, "score", column)?;
            score_range(kept, &scores, column)?;
            Some(scores)
        }
        _ => None,
    };
    let weights = match (all.weight, &columns.weight) {
        (Some(part), Some(column)) => {
            let weights = kept.of(part?.into_numbers("weight", column)?, "weight", column)?;
            weight_range(kept, &weights, column)?;
            Some(weights)
        }
        _ => None,
    };
    Ok(AuditData {
        rows: all.rows,
        labels,
        predictions,
        scores,
        weights,
        groups: annotated.groups,
        dropped: annotated.dropped,
    })
}

fn score_range(kept: Kept<'_>, scores: &[f64], column: &str) -> Result<(), Error> {
    let is_legal = |score| (0.0..=1.0).contains(&score);
    kept.expect_each(scores, is_legal, |row, value| Error::ScoreRange {
        column: column.to_owned(),
        row,
        value,
    })
}

fn weight_range(kept: Kept<'_>, weights: &[f64], column: &str) -> Result<(), Error> {
    let is_legal = |weight| weight > 0.0;
    kept.expect_each(weights, is_legal, |row, value| Error::Weight {
        column: column.to_owned(),
        row,
        value,
    })
}

/// The rows that are audited.
#[derive(Clone, Copy)]
struct Kept<'a> {
    /// The rows before all of these.
    before: usize,
    /// All where it is `None`.
    rows: Option<&'a [usize]>,
}

impl<'a> Kept<'a> {
    fn of_all(rows: Option<&'a [usize]>) -> Self {
        Self { before: 0, rows }
    }

    /// Some of the rows of a frame.
    fn of_frame(rows: Option<&'a [usize]>, frame: &Frame) -> Self {
        Self {
            before: frame.rows_before(),
            rows,
        }
    }

    /// The number of a row in the file, from 0.
    fn row_in_file(self, row: usize) -> usize {
        self.before + self.rows.map_or(row, |rows| rows[row])
    }

    /// The values of these rows, none of which may be missing.
    fn of<T: Copy>(
        self,
        values: Values<T>,
        what: &'static str,
        column: &str,
    ) -> Result<Vec<T>, Error> {
        match (values, self.rows) {
            (Values::All(values), None) => Ok(values),
            (Values::All(values), Some(rows)) => Ok(rows.iter().map(|&row| values[row]).collect()),
            (Values::Some(values), None) => {
                require_all(&values, |row| self.row_in_file(row), what, column)
            }
            (Values::Some(values), Some(rows)) => {
                let values: Vec<Option<T>> = rows.iter().map(|&row| values[row]).collect();
                require_all(&values, |row| self.row_in_file(row), what, column)
            }
        }
    }

    /// Checks numbers that [`Self::of`] gave; `wrong` makes the error of a row, from 1.
    fn expect_each(
        self,
        numbers: &[f64],
        is_legal: impl Fn(f64) -> bool + Sync,
        wrong: impl Fn(usize, f64) -> Error,
    ) -> Result<(), Error> {
        match numbers
            .par_iter()
            .position_first(|&number| !is_legal(number))
        {
            None => Ok(()),
            Some(row) => Err(wrong(self.row_in_file(row) + 1, numbers[row])),
        }
    }
}
