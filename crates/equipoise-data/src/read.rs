//! Tables from CSV, TSV, Parquet, JSON Lines and Arrow IPC files.
//!
//! | | missing | numbers | booleans |
//! |---|---|---|---|
//! | CSV, TSV | an empty field | a column whose values are all numbers | the texts as they are |
//! | Parquet, Arrow IPC | null | integer and float columns | the texts `false` and `true` |
//! | JSON Lines | null, or the key is not there | columns of JSON numbers | the texts `false` and `true` |
//!
//! In all formats the texts of [`ReadOptions::missing_values`] are missing too. White space around
//! the fields of CSV and TSV files is cut off. A CSV column in which more than half of the values
//! are numbers is taken for numbers, so that a text in it is an error and not a category in
//! silence; [`ReadOptions::columns`] says otherwise. NaN and infinite numbers are errors unless
//! they are declared as missing. Dates are texts.

mod blocks;
mod chunks;
mod csv;
mod file;
mod format;
mod json_lines;
mod row_groups;
mod scan;
mod spool;
pub(crate) mod texts;
pub(crate) mod values;

use std::collections::BTreeMap;
use std::path::Path;

use equipoise_core::{Column, Table};

pub(crate) use self::chunks::{Chunk, Chunks};
pub(crate) use self::file::{FileState, matching};
pub(crate) use self::row_groups::{RowGroups, Slice};
pub(crate) use self::scan::{Frame, read_frame, read_frame_as};
pub use self::{file::DataFile, format::FileFormat, spool::Spool};
use crate::catalogue::Checksum;
use crate::{ColumnType, Error};

/// What to read of a file, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// The columns to read, in this order; all in the order of the file where it is `None`.
    /// Others are not decoded.
    pub select: Option<Vec<String>>,
    /// Columns that are taken for something else than they look like.
    pub columns: BTreeMap<String, ColumnType>,
    /// Texts that stand for a missing value; numbers among them are compared as numbers.
    pub missing_values: Vec<String>,
}

/// Reads a table.
///
/// # Errors
///
/// When the file is not there, is empty, has no rows, or is not of the format that its extension
/// names; when a column is named twice or is not there; when a row is too short or too long; when
/// a column of numbers holds a text, NaN or an infinite number. Each names the place.
pub fn read_table(path: &Path, options: &ReadOptions) -> Result<Table, Error> {
    let frame = read_frame(path, options.select.as_deref(), "`select`")?;
    let columns = frame
        .columns()
        .map(|series| {
            Ok(Column {
                name: series.name().to_string(),
                values: values::decode(series, &frame, options)?.into_column(),
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Table::new(columns)?)
}

/// The names of the columns of a file, in order.
///
/// # Errors
///
/// As [`read_table`], as far as the header tells.
pub fn column_names(path: &Path) -> Result<Vec<String>, Error> {
    scan::column_names(path, FileFormat::of_path(path)?)
}

/// The SHA-256 of a file, as 64 lowercase hexadecimal digits.
///
/// The same as [`Checksum::of_file`], as a text.
///
/// # Errors
///
/// When the file cannot be read.
pub fn file_sha256(path: &Path) -> Result<String, Error> {
    Ok(Checksum::of_file(path)?.to_string())
}

/// Checks that a column is there.
pub(crate) fn require(
    path: &Path,
    known: &[String],
    column: &str,
    asked_by: &'static str,
) -> Result<(), Error> {
    if known.iter().any(|name| name == column) {
        return Ok(());
    }
    Err(Error::UnknownColumn {
        path: path.to_owned(),
        column: column.to_owned(),
        asked_by,
        known: known.to_vec(),
    })
}
