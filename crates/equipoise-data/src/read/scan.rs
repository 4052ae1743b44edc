//! Lazy scans: the columns that are asked for, decoded by polars.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::{
    Column as PolarsColumn, DataFrame, DataType, IdxSize, IpcScanOptions, LazyCsvReader,
    LazyFileListReader, LazyFrame, LazyJsonLineReader, PlRefPath, PlSmallStr, PolarsError,
    ScanArgsParquet, Schema, Series, UnifiedScanArgs, col,
};

use super::{FileFormat, csv, json_lines, require};
use crate::Error;

/// Decoded columns of a file, or of some of its rows.
pub(crate) struct Frame {
    path: PathBuf,
    format: FileFormat,
    /// The rows of the file before the first one here.
    first_row: usize,
    /// Whether all values came as texts.
    untyped: bool,
    data: DataFrame,
}

impl Frame {
    /// Some rows of a file; `first_row` counts those before them.
    pub(super) fn part(
        path: &Path,
        format: FileFormat,
        first_row: usize,
        untyped: bool,
        data: DataFrame,
    ) -> Self {
        Self {
            path: path.to_owned(),
            format,
            first_row,
            untyped,
            data,
        }
    }

    /// The rows of the file before the first one here.
    pub(crate) fn rows_before(&self) -> usize {
        self.first_row
    }

    /// The number of a row in the file, from 1, where `index` counts the rows here from 0.
    pub(crate) fn row_in_file(&self, index: usize) -> usize {
        self.first_row + index + 1
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether all values came as texts, so that numbers have yet to be told from words.
    pub(crate) fn untyped(&self) -> bool {
        self.untyped
    }

    /// Whether a column of texts may be one of numbers that some rows have a text in.
    pub(crate) fn mixes_kinds(&self) -> bool {
        self.format == FileFormat::JsonLines && !self.untyped
    }

    /// The number of rows; at least one.
    pub(crate) fn rows(&self) -> usize {
        self.data.height()
    }

    /// A failure to decode this file.
    pub(crate) fn decode_error(&self, source: PolarsError) -> Error {
        decode_error(&self.path, self.format, source)
    }

    /// The columns, in the order asked for.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &Series> {
        self.data
            .columns()
            .iter()
            .map(PolarsColumn::as_materialized_series)
    }

    /// One of the columns asked for.
    pub(crate) fn column(&self, name: &str) -> Result<&Series, Error> {
        self.data
            .column(name)
            .map(PolarsColumn::as_materialized_series)
            .map_err(|source| self.decode_error(source))
    }
}

/// The names of the columns of a file.
pub(super) fn column_names(path: &Path, format: FileFormat) -> Result<Vec<String>, Error> {
    check_file(path)?;
    if let Some(separator) = format.separator() {
        return csv::header(path, separator);
    }
    if format == FileFormat::JsonLines {
        json_lines::check(path)?;
    }
    Ok(scan_typed(path, format)?.1)
}

/// Reads some columns of a file, or all.
pub(crate) fn read_frame(
    path: &Path,
    select: Option<&[String]>,
    asked_by: &'static str,
) -> Result<Frame, Error> {
    read_frame_as(path, FileFormat::of_path(path)?, select, asked_by)
}

/// The same for a format that the caller knows.
pub(crate) fn read_frame_as(
    path: &Path,
    format: FileFormat,
    select: Option<&[String]>,
    asked_by: &'static str,
) -> Result<Frame, Error> {
    check_file(path)?;
    let (lazy, names, rows) = if let Some(separator) = format.separator() {
        let shape = csv::check(path, separator)?;
        let mut lazy = scan_separated(path, format, separator, &shape.header)?;
        if shape.empty_lines {
            // The decoder would make rows of nulls of them.
            lazy = lazy.limit(IdxSize::try_from(shape.rows).unwrap_or(IdxSize::MAX));
        }
        (lazy, shape.header, Some(shape.rows))
    } else {
        let rows = match format {
            FileFormat::JsonLines => Some(json_lines::check(path)?),
            _ => None,
        };
        let (lazy, names) = scan_typed(path, format)?;
        (lazy, names, rows)
    };
    if rows == Some(0) {
        return Err(Error::NoRows {
            path: path.to_owned(),
        });
    }
    let select = select.unwrap_or(&names);
    expect_columns(path, &names, select, asked_by)?;
    tracing::debug!(path = %path.display(), %format, columns = select.len(), "reading");
    let data = lazy
        .select(
            select
                .iter()
                .map(|name| col(name.as_str()))
                .collect::<Vec<_>>(),
        )
        .collect()
        .map_err(|source| explain(path, format, source))?;
    if data.height() == 0 {
        return Err(Error::NoRows {
            path: path.to_owned(),
        });
    }
    if let Some(rows) = rows
        && rows != data.height()
    {
        return Err(equipoise_core::Error::Lengths {
            what: "decoded rows",
            expected: rows,
            found: data.height(),
        }
        .into());
    }
    let untyped = format.separator().is_some();
    Ok(Frame::part(path, format, 0, untyped, data))
}

/// Checks that all columns are there, and that none is asked for twice.
pub(super) fn expect_columns(
    path: &Path,
    names: &[String],
    select: &[String],
    asked_by: &'static str,
) -> Result<(), Error> {
    for (index, column) in select.iter().enumerate() {
        require(path, names, column, asked_by)?;
        if select[..index].contains(column) {
            return Err(equipoise_core::Error::DuplicateColumn {
                column: column.clone(),
            }
            .into());
        }
    }
    Ok(())
}

/// Checks that a file is there and is not empty.
pub(super) fn check_file(path: &Path) -> Result<(), Error> {
    let metadata = match fs_err::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::NotFound {
                path: path.to_owned(),
            });
        }
        Err(error) => return Err(error.into()),
    };
    if metadata.is_dir() {
        return Err(Error::Folder {
            path: path.to_owned(),
        });
    }
    if metadata.len() == 0 {
        return Err(Error::EmptyFile {
            path: path.to_owned(),
        });
    }
    Ok(())
}

/// A scan of separated values in which every column is text under the given names.
fn scan_separated(
    path: &Path,
    format: FileFormat,
    separator: u8,
    header: &[String],
) -> Result<LazyFrame, Error> {
    let schema: Schema = header
        .iter()
        .map(|name| (PlSmallStr::from_str(name), DataType::String))
        .collect();
    LazyCsvReader::new(polars_path(path, format)?)
        .with_glob(false)
        .with_separator(separator)
        .with_has_header(true)
        .with_schema(Some(Arc::new(schema)))
        .finish()
        .map_err(|source| decode_error(path, format, source))
}

/// A scan of a format that knows its types, with the names of the columns.
pub(super) fn scan_typed(
    path: &Path,
    format: FileFormat,
) -> Result<(LazyFrame, Vec<String>), Error> {
    let source = polars_path(path, format)?;
    let scan = match format {
        FileFormat::JsonLines => LazyJsonLineReader::new(source)
            // All lines: a type guessed from the first ones would turn later values into nulls.
            .with_infer_schema_length(None)
            .finish(),
        FileFormat::ArrowIpc => LazyFrame::scan_ipc(
            source,
            IpcScanOptions::default(),
            UnifiedScanArgs {
                glob: false,
                ..UnifiedScanArgs::default()
            },
        ),
        FileFormat::Parquet | FileFormat::Csv | FileFormat::Tsv => LazyFrame::scan_parquet(
            source,
            ScanArgsParquet {
                glob: false,
                ..ScanArgsParquet::default()
            },
        ),
    };
    let mut lazy = scan.map_err(|source| explain(path, format, source))?;
    let names = lazy
        .collect_schema()
        .map_err(|source| explain(path, format, source))?
        .iter_names()
        .map(ToString::to_string)
        .collect();
    Ok((lazy, names))
}

fn polars_path(path: &Path, format: FileFormat) -> Result<PlRefPath, Error> {
    PlRefPath::try_from_path(path).map_err(|source| decode_error(path, format, source))
}

/// A failed scan, with the column where the failure names it.
pub(super) fn explain(path: &Path, format: FileFormat, source: PolarsError) -> Error {
    if let PolarsError::Duplicate(message) = &source {
        // The message quotes the name of the column.
        if let Some(column) = message.split(['\'', '"', '`']).nth(1) {
            return Error::DuplicateColumn {
                path: path.to_owned(),
                column: column.to_owned(),
            };
        }
    }
    decode_error(path, format, source)
}

pub(super) fn decode_error(path: &Path, format: FileFormat, source: PolarsError) -> Error {
    Error::Decode {
        path: path.to_owned(),
        format,
        source: Box::new(source),
    }
}
