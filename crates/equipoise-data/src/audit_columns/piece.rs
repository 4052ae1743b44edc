//! The pieces into which files fall: each is decoded by one thread.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::part::Part;
use super::{AuditColumns, Kept};
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

/// A column that is read besides the groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked<'a> {
    column: &'a str,
    kind: Kind,
}

/// What a column is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Labels or decisions that are to become 0 and 1.
    Labels,
    /// Finite numbers.
    Numbers,
    /// Names: of classes, or of entities.
    Names,
}

impl<'a> Asked<'a> {
    pub(super) fn new(column: &'a str, kind: Kind) -> Self {
        Self { column, kind }
    }

    pub(super) fn column(self) -> &'a str {
        self.column
    }

    fn read(self, frame: &Frame, missing: &[String]) -> Result<Part, Error> {
        match self.kind {
            Kind::Labels => Part::of_labels(frame, self.column, missing),
            Kind::Numbers => Part::of_numbers(frame, self.column, missing),
            Kind::Names => Part::of_names(frame, self.column, missing),
        }
    }
}

/// The columns of all rows, each of which is taken once.
pub(super) struct Parts<'a>(Vec<(Asked<'a>, Option<Result<Part, Error>>)>);

impl Parts<'_> {
    /// A column as it was asked for.
    pub(super) fn take(&mut self, column: &str, kind: Kind) -> Result<Part, Error> {
        let wanted = Asked::new(column, kind);
        let mut parts = self.0.iter_mut().filter(|(asked, _)| *asked == wanted);
        parts.find_map(|(_, part)| part.take()).unwrap_or_else(|| {
            Err(Error::Core(equipoise_core::Error::UnknownColumn {
                column: column.to_owned(),
                closest: None,
            }))
        })
    }

    /// A column of numbers in the rows that are kept.
    pub(super) fn numbers(
        &mut self,
        kept: Kept<'_>,
        what: &'static str,
        column: &str,
    ) -> Result<Vec<f64>, Error> {
        let part = self.take(column, Kind::Numbers)?;
        kept.of(part.into_numbers(what, column)?, what, column)
    }

    /// A column of names in all rows.
    pub(super) fn names(&mut self, column: &str) -> Result<Texts, Error> {
        let part = self.take(column, Kind::Names)?;
        Ok(part.into_texts())
    }
}

/// The columns of one piece.
///
/// What is wrong with groups is told first: rows that they leave out may have anything elsewhere.
pub(super) struct ColumnsOfPiece {
    rows: usize,
    /// One for each column that is asked for.
    parts: Vec<Result<Part, Error>>,
    groups: Vec<GroupValues>,
}

/// The columns of all rows.
pub(super) struct AllColumns<'a> {
    pub(super) rows: usize,
    pub(super) parts: Parts<'a>,
    pub(super) groups: Vec<GroupValues>,
}

impl ColumnsOfPiece {
    /// The columns of decoded rows.
    pub(super) fn decode(
        frame: &Frame,
        asked: &[Asked<'_>],
        columns: &AuditColumns,
    ) -> Result<Self, Error> {
        let missing = &columns.missing_values;
        let groups = columns.groups.iter().map(|group| {
            let options = options(&group.column, missing, None);
            let decoded = decode(frame.column(&group.column)?, frame, &options)?;
            group_values(group, decoded)
        });
        let parts = asked.iter().map(|asked| asked.read(frame, missing));
        Ok(Self {
            rows: frame.rows(),
            parts: parts.collect(),
            groups: groups.collect::<Result<_, Error>>()?,
        })
    }

    /// The columns of all rows, in the order of the pieces.
    pub(super) fn concat<'a>(
        pieces: Vec<Self>,
        asked: Vec<Asked<'a>>,
        columns: &AuditColumns,
    ) -> Result<AllColumns<'a>, Error> {
        let rows = pieces.iter().map(|piece| piece.rows).sum();
        let mut parts: Vec<Vec<Result<Part, Error>>> = asked.iter().map(|_| Vec::new()).collect();
        let mut groups: Vec<Vec<GroupValues>> = columns.groups.iter().map(|_| Vec::new()).collect();
        for piece in pieces {
            for (parts, part) in parts.iter_mut().zip(piece.parts) {
                parts.push(part);
            }
            for (parts, part) in groups.iter_mut().zip(piece.groups) {
                parts.push(part);
            }
        }
        let all = |(parts, asked): (Vec<Result<Part, Error>>, &Asked<'_>)| {
            // The first failure in the order of the rows.
            let parts = parts.into_iter().collect::<Result<Vec<Part>, Error>>()?;
            Part::concat(parts, asked.column)
        };
        // The columns are independent of each other.
        let all_parts =
            || -> Vec<Result<Part, Error>> { parts.into_par_iter().zip(&asked).map(all).collect() };
        let all_groups = || -> Vec<Result<GroupValues, Error>> {
            let groups = groups.into_par_iter().zip(&columns.groups);
            groups
                .map(|(parts, group)| concat_values(parts, &group.column))
                .collect()
        };
        let (parts, groups) = rayon::join(all_parts, all_groups);
        let parts = asked.into_iter().zip(parts);
        Ok(AllColumns {
            rows,
            parts: Parts(parts.map(|(asked, part)| (asked, Some(part))).collect()),
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
