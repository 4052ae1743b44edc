//! The columns of an audit: labels, what a model made of them, and groups, as plain vectors.
//!
//! Files of predictions may have many millions of rows. Columns of numbers and booleans are read
//! in their own type, columns of texts as codes into their distinct values; no row makes a
//! `String`. The row groups of Parquet files are decoded and coded side by side, so that nothing
//! wider than a code is ever held of all rows.

mod binary;
mod classes;
mod entities;
mod levels;
mod memberships;
mod outcome;
mod part;
mod piece;
mod stream;

use equipoise_core::GroupColumns;
use rayon::prelude::*;

pub use self::memberships::{MembershipColumn, MembershipColumns, MembershipValues};
pub use self::outcome::{
    BinaryColumns, BinaryValues, ClassScore, ClassScores, OutcomeColumns, OutcomeValues,
    OutputValues,
};
use self::part::Values;
use self::piece::{AllColumns, Asked, ColumnsOfPiece, Kind, pieces};
pub use self::stream::{AuditChunk, AuditStream};
use crate::annotate::annotate_columns;
use crate::read::{DataFile, FileState, Frame};
use crate::target::require_all;
use crate::{DroppedRows, Error, GroupConfig};

/// Which columns of a file to audit.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditColumns {
    /// The labels, and what a model made of them.
    pub outcome: OutcomeColumns,
    /// The group attributes; rows that an attribute drops are left out of everything.
    pub groups: Vec<GroupConfig>,
    /// Attributes whose groups are known as probabilities only; they stand behind
    /// [`groups`](Self::groups).
    pub memberships: Vec<MembershipColumns>,
    /// The column that rows of the same person, hospital or other entity have the same value in.
    pub entity: Option<String>,
    /// Row weights above 0.
    pub weight: Option<String>,
    /// Texts that stand for a missing value.
    pub missing_values: Vec<String>,
}

impl AuditColumns {
    /// The columns of an outcome and of groups.
    pub fn new(outcome: OutcomeColumns, groups: Vec<GroupConfig>) -> Self {
        Self {
            outcome,
            groups,
            memberships: Vec::new(),
            entity: None,
            weight: None,
            missing_values: Vec::new(),
        }
    }

    /// The columns of a binary outcome, such as those of a file that
    /// [`crate::write_predictions`] made, and of groups.
    pub fn binary(outcome: BinaryColumns, groups: Vec<GroupConfig>) -> Self {
        Self::new(OutcomeColumns::Binary(outcome), groups)
    }

    /// The same with every column by its name, of files of which this is the first.
    fn listed(&self, files: &[DataFile]) -> Result<Self, Error> {
        let outcome = match (&self.outcome, files.first()) {
            (
                OutcomeColumns::Multiclass {
                    scores: Some(ClassScores::Named { .. }),
                    ..
                },
                Some(file),
            ) => self.outcome.listed(&file.column_names()?)?,
            (outcome, _) => outcome.clone(),
        };
        Ok(Self {
            outcome,
            ..self.clone()
        })
    }

    /// The columns that are no groups, in the order in which errors in them are told.
    fn asked(&self) -> Vec<Asked<'_>> {
        let weight = self.weight.as_deref();
        let entity = self.entity.as_deref();
        let mut asked = self.outcome.asked();
        asked.extend(weight.map(|column| Asked::new(column, Kind::Numbers)));
        asked.extend(entity.map(|column| Asked::new(column, Kind::Names)));
        asked.extend(self.memberships.iter().flat_map(MembershipColumns::asked));
        asked
    }

    /// The names of all columns, each once.
    fn select(&self) -> Vec<String> {
        let mut select: Vec<String> = Vec::new();
        let asked = self.asked().into_iter().map(Asked::column);
        let groups = self.groups.iter().map(|group| group.column.as_str());
        for name in asked.chain(groups) {
            if !select.iter().any(|known| known == name) {
                select.push(name.to_owned());
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
    /// The labels, and what a model made of them.
    pub outcome: OutcomeValues,
    /// The weights.
    pub weights: Option<Vec<f64>>,
    /// A code for each row; rows of the same entity have the same code.
    pub entities: Option<Vec<u32>>,
    /// The groups; the values of each attribute are sorted (see [`crate::Annotation`]).
    pub groups: GroupColumns,
    /// The probabilities of the groups of the last attributes.
    pub memberships: Vec<MembershipValues>,
    /// The rows that were left out.
    pub dropped: Vec<DroppedRows>,
}

/// Reads the columns of an audit from one or several files of any formats, one after the other.
///
/// Unlike training, an audit may have one class or one group only: what cannot be estimated from
/// them is for the metrics to say.
///
/// Files are mapped into memory. One that is replaced by another or grows while it is read is an
/// error. One that is *cut off in place* within that time may end the process by a signal
/// (`SIGBUS`), as it does with every program that maps files: write a new file and rename it
/// instead. [`AuditStream`] maps Parquet and Arrow IPC files only.
///
/// # Errors
///
/// When no file is named, or neither predictions nor scores are; when a column is not there; when
/// a label, prediction, score, weight, entity or probability is missing; when binary labels or
/// predictions cannot be read as 0 and 1, classes are fractions, predictions have no class in
/// common with the labels, or a class has no scores while others have; when a score or a
/// probability lies outside `[0, 1]`, the probabilities of a row do not sum to 1, or a weight is
/// not above 0; when the positive value does not occur among the labels; when groups cannot be made
/// of their columns; when a column holds numbers in one file and texts in another; or when a file
/// changes while it is read.
pub fn read_audit_columns(files: &[DataFile], columns: &AuditColumns) -> Result<AuditData, Error> {
    let before: Vec<FileState> = files.iter().map(FileState::of).collect();
    let read = columns.listed(files).and_then(|columns| {
        let pieces = read_pieces(files, &columns)?;
        Ok((columns, pieces))
    });
    // Asked of what failed too: half a file reads like a broken one.
    before.iter().try_for_each(FileState::expect_unchanged)?;
    let (columns, pieces) = read?;
    put_together(pieces, &columns).map_err(|error| in_all_files(error, files))
}

/// Decodes all pieces of all files, in their order.
fn read_pieces(files: &[DataFile], columns: &AuditColumns) -> Result<Vec<ColumnsOfPiece>, Error> {
    columns.outcome.check()?;
    let select = columns.select();
    let asked = columns.asked();
    let pieces = pieces(files, &select)?;
    let decoded: Vec<Result<ColumnsOfPiece, Error>> = pieces
        .par_iter()
        .map(|piece| ColumnsOfPiece::decode(&piece.read()?, &asked, columns))
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
            | Error::FractionalClass { .. }
            | Error::MembershipRange { .. }
            | Error::MembershipSum { .. }
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
    let AllColumns {
        rows,
        mut parts,
        groups,
    } = ColumnsOfPiece::concat(pieces, columns.asked(), columns)?;
    let groups = groups.into_iter().map(|group| group.texts).collect();
    let annotated = annotate_columns(rows, &columns.groups, groups)?;
    let kept = Kept::of_all(annotated.kept.as_deref());

    let outcome = columns.outcome.values(&mut parts, kept)?;
    let weights = columns.weight.as_ref().map(|column| {
        let weights = parts.numbers(kept, "weight", column)?;
        weight_range(kept, &weights, column)?;
        Ok::<_, Error>(weights)
    });
    let weights = weights.transpose()?;
    let entities = columns.entity.as_ref();
    let entities = entities.map(|column| entities::read(&mut parts, kept, column));
    let entities = entities.transpose()?;
    let (memberships, groups) =
        memberships::read(&mut parts, kept, &columns.memberships, annotated.groups)?;
    Ok(AuditData {
        rows,
        outcome,
        weights,
        entities,
        groups,
        memberships,
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

    /// The first row, from 1, of which the code is found, with what was found.
    fn find<T>(self, codes: &[u32], found: impl Fn(u32) -> Option<T>) -> Option<(usize, T)> {
        let rows = self.rows.map_or(codes.len(), <[usize]>::len);
        (0..rows).find_map(|row| {
            let at = self.rows.map_or(row, |rows| rows[row]);
            Some((self.row_in_file(row) + 1, found(codes[at])?))
        })
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
