//! A file of any format in chunks that memory holds: read in order, decoded by any thread.

use std::path::PathBuf;
use std::sync::Arc;

use polars::prelude::{IdxSize, LazyFrame, col, len};

use super::blocks::{Block, Blocks};
use super::row_groups::{MOST_ROWS, RowGroups, Slice};
use super::scan::{check_file, decode_error, expect_columns, scan_typed};
use super::{DataFile, FileFormat, Frame};
use crate::Error;

/// The chunks of a file.
pub(crate) enum Chunks<'a> {
    /// Of a Parquet file.
    RowGroups(RowGroups, std::vec::IntoIter<Slice>),
    /// Of a file of text.
    Blocks(Blocks<'a>),
    /// Of an Arrow IPC file.
    Batches(Arc<Batches>, std::vec::IntoIter<Slice>),
}

/// Some rows of a file, not yet decoded.
pub(crate) enum Chunk {
    /// Of a Parquet file.
    Slice(RowGroups, Slice),
    /// Of a file of text.
    Block(Block),
    /// Of an Arrow IPC file.
    Batch(Arc<Batches>, Slice),
}

impl<'a> Chunks<'a> {
    /// Opens a file for some of its columns.
    ///
    /// # Errors
    ///
    /// When the file is not there, is not of its format, has no rows, or lacks a column.
    pub(crate) fn open(
        file: &'a DataFile,
        select: &[String],
        asked_by: &'static str,
    ) -> Result<Self, Error> {
        match file.format() {
            FileFormat::Parquet => {
                let row_groups = RowGroups::open(file.path(), select, asked_by)?;
                let slices = row_groups.slices().into_iter();
                Ok(Self::RowGroups(row_groups, slices))
            }
            FileFormat::ArrowIpc => {
                let batches = Arc::new(Batches::open(file, select, asked_by)?);
                let slices = batches.slices().into_iter();
                Ok(Self::Batches(batches, slices))
            }
            format => Ok(Self::Blocks(Blocks::open(
                file.path(),
                format,
                select,
                asked_by,
            )?)),
        }
    }

    /// The next chunk; `None` at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Option<Chunk>, Error> {
        Ok(match self {
            Self::RowGroups(file, slices) => {
                slices.next().map(|slice| Chunk::Slice(file.clone(), slice))
            }
            Self::Blocks(blocks) => blocks.next()?.map(Chunk::Block),
            Self::Batches(file, slices) => {
                slices.next().map(|slice| Chunk::Batch(file.clone(), slice))
            }
        })
    }
}

impl Chunk {
    /// Decodes the columns that the file was opened for.
    pub(crate) fn decode(&self, select: &[String]) -> Result<Frame, Error> {
        match self {
            Self::Slice(file, slice) => file.read(*slice),
            Self::Block(block) => block.decode(select),
            Self::Batch(file, slice) => file.read(*slice, select),
        }
    }
}

/// An Arrow IPC file.
pub(crate) struct Batches {
    path: PathBuf,
    lazy: LazyFrame,
    rows: usize,
}

impl Batches {
    fn open(file: &DataFile, select: &[String], asked_by: &'static str) -> Result<Self, Error> {
        let path = file.path();
        check_file(path)?;
        let (lazy, names) = scan_typed(path, FileFormat::ArrowIpc)?;
        expect_columns(path, &names, select, asked_by)?;
        let failed = |source| decode_error(path, FileFormat::ArrowIpc, source);
        let rows = lazy.clone().select([len()]).collect().map_err(failed)?;
        let rows = rows
            .columns()
            .first()
            .map(polars::prelude::Column::max_reduce);
        let rows = rows.transpose().map_err(failed)?;
        let rows = rows.and_then(|rows| rows.value().extract::<usize>());
        match rows {
            None | Some(0) => Err(Error::NoRows {
                path: path.to_owned(),
            }),
            Some(rows) => Ok(Self {
                path: path.to_owned(),
                lazy,
                rows,
            }),
        }
    }

    fn slices(&self) -> Vec<Slice> {
        let starts = (0..self.rows).step_by(MOST_ROWS);
        let slice = |start| Slice {
            start,
            rows: MOST_ROWS.min(self.rows - start),
        };
        starts.map(slice).collect()
    }

    fn read(&self, slice: Slice, select: &[String]) -> Result<Frame, Error> {
        let columns: Vec<_> = select.iter().map(|name| col(name.as_str())).collect();
        let rows = IdxSize::try_from(slice.rows).unwrap_or(IdxSize::MAX);
        let start = i64::try_from(slice.start).unwrap_or(i64::MAX);
        let data = self
            .lazy
            .clone()
            .select(columns)
            .slice(start, rows)
            .collect()
            .map_err(|source| decode_error(&self.path, FileFormat::ArrowIpc, source))?;
        let format = FileFormat::ArrowIpc;
        Ok(Frame::part(&self.path, format, slice.start, false, data))
    }
}
