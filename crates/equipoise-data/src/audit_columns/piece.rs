//! The pieces into which files fall: each is decoded by one thread.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::AuditColumns;
use super::part::Part;
use crate::annotate::{GroupValues, ValueOrder, group_values};
use crate::read::texts::Texts;
use crate::read::values::decode;
use crate::read::{DataFile, FileFormat, Frame, RowGroups, Slice, read_frame_as};
use crate::{ColumnType, Error, ReadOptions};

/// What asks for the columns, as an error says it.
pub(super) const ASKED_BY: &str = "the audit";

/// Some rows of a file.
pub(super) enum Piece<'a> {
    /// A slice of a Parquet file.
    Slice(RowGroups, Slice),
    /// A file of another format, whose decoder has threads of its own.
    Whole(&'a DataFile, &'a [String]),
}

/// The pieces of all files, in their order.
pub(super) fn pieces<'a>(
    files: &'a [DataFile],
    select: &'a [String],
) -> Result<Vec<Piece<'a>>, Error> {
    let mut pieces = Vec::new();
    for file in files {
        if file.format() == FileFormat::Parquet {
            let row_groups = RowGroups::open(file.path(), select, ASKED_BY)?;
            let slices = row_groups.slices().into_iter();
            pieces.extend(slices.map(|slice| Piece::Slice(row_groups.clone(), slice)));
        } else {
            pieces.push(Piece::Whole(file, select));
        }
    }
    if pieces.is_empty() {
        return Err(Error::NoFiles);
    }
    Ok(pieces)
}

impl Piece<'_> {
    /// Decodes the piece.
    pub(super) fn read(&self) -> Result<Frame, Error> {
        match self {
            Self::Slice(row_groups, slice) => row_groups.read(*slice),
            Self::Whole(file, select) => {
                read_frame_as(file.path(), file.format(), Some(select), ASKED_BY)
            }
        }
    }
}

/// The columns of one piece, by what they are for.
///
/// What is wrong with groups is told first: rows that they leave out may have anything elsewhere.
pub(super) struct ColumnsOfPiece {
    pub(super) rows: usize,
    pub(super) label: Result<Part, Error>,
    pub(super) prediction: Option<Result<Part, Error>>,
    pub(super) score: Option<Result<Part, Error>>,
    pub(super) weight: Option<Result<Part, Error>>,
    pub(super) groups: Vec<GroupValues>,
}

impl ColumnsOfPiece {
    /// The columns of decoded rows.
    pub(super) fn decode(frame: &Frame, columns: &AuditColumns) -> Result<Self, Error> {
        let missing = &columns.missing_values;
        let number = |column: &Option<String>| {
            let column = column.as_deref();
            column.map(|column| Part::of_numbers(frame, column, missing))
        };
        let groups = columns.groups.iter().map(|group| {
            let options = options(&group.column, missing, None);
            let decoded = decode(frame.column(&group.column)?, frame, &options)?;
            group_values(group, decoded)
        });
        let prediction = columns.prediction.as_deref();
        Ok(Self {
            rows: frame.rows(),
            label: Part::of_labels(frame, &columns.label, missing),
            prediction: prediction.map(|column| Part::of_labels(frame, column, missing)),
            score: number(&columns.score),
            weight: number(&columns.weight),
            groups: groups.collect::<Result<_, Error>>()?,
        })
    }

    /// The columns of all rows, in the order of the pieces.
    pub(super) fn concat(pieces: Vec<Self>, columns: &AuditColumns) -> Result<Self, Error> {
        let rows = pieces.iter().map(|piece| piece.rows).sum();
        let mut labels = Vec::with_capacity(pieces.len());
        let (mut predictions, mut scores, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        let mut groups: Vec<Vec<GroupValues>> = columns.groups.iter().map(|_| Vec::new()).collect();
        for piece in pieces {
            labels.push(piece.label);
            predictions.extend(piece.prediction);
            scores.extend(piece.score);
            weights.extend(piece.weight);
            for (parts, part) in groups.iter_mut().zip(piece.groups) {
                parts.push(part);
            }
        }
        let all = |column: &str, parts: Vec<Result<Part, Error>>| {
            // The first failure in the order of the rows.
            let parts = parts.into_iter().collect::<Result<Vec<Part>, Error>>()?;
            Part::concat(parts, column)
        };
        let several = |column: &Option<String>, parts: Vec<Result<Part, Error>>| {
            let column = column.as_deref();
            column.map(|column| all(column, parts))
        };
        // The columns are independent of each other.
        let ((label, prediction), (groups, (score, weight))) = rayon::join(
            || {
                (
                    all(&columns.label, labels),
                    several(&columns.prediction, predictions),
                )
            },
            || {
                let parts = groups.into_par_iter().zip(&columns.groups);
                let groups: Vec<Result<GroupValues, Error>> = parts
                    .map(|(parts, group)| concat_values(parts, &group.column))
                    .collect();
                let numbers = (
                    several(&columns.score, scores),
                    several(&columns.weight, weights),
                );
                (groups, numbers)
            },
        );
        Ok(Self {
            rows,
            label,
            prediction,
            score,
            weight,
            groups: groups.into_iter().collect::<Result<_, Error>>()?,
        })
    }
}

/// The values of one attribute of all rows.
fn concat_values(parts: Vec<GroupValues>, column: &str) -> Result<GroupValues, Error> {
    let known = |part: &&GroupValues| !part.texts.levels.is_empty();
    let order = parts.iter().find(known).map(|part| part.order);
    let order = order.unwrap_or(ValueOrder::Letters);
    if (parts.iter().filter(known)).any(|part| part.order != order) {
        return Err(Error::KindsDiffer {
            column: column.to_owned(),
        });
    }
    let texts: Vec<Texts> = parts.into_iter().map(|part| part.texts).collect();
    let texts = match order {
        ValueOrder::Size => Texts::concat(&texts, by_size),
        // All bins are listed in each part, so they need not be sorted.
        ValueOrder::Letters | ValueOrder::Bins => Texts::concat(&texts, str::cmp),
    };
    Ok(GroupValues { texts, order })
}

/// Numbers by their size, as texts.
fn by_size(a: &str, b: &str) -> std::cmp::Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(x), Ok(y)) => x.total_cmp(&y).then_with(|| a.cmp(b)),
        _ => a.cmp(b),
    }
}

/// How one column is decoded.
pub(super) fn options(
    column: &str,
    missing_values: &[String],
    kind: Option<ColumnType>,
) -> ReadOptions {
    ReadOptions {
        select: None,
        columns: BTreeMap::from_iter(kind.map(|kind| (column.to_owned(), kind))),
        missing_values: missing_values.to_vec(),
    }
}
