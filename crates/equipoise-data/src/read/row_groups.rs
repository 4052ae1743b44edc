//! Parquet files in slices: row groups that are decoded one by one, by any thread.

use std::path::{Path, PathBuf};

use polars::io::parquet::metadata::FileMetadataRef;
use polars::prelude::{ParallelStrategy, ParquetReader, SerReader};

use super::scan::{check_file, decode_error, expect_columns, explain};
use super::{FileFormat, Frame};
use crate::Error;

/// The most rows that are decoded at once. The decoded columns of so many stay in the cache.
pub(super) const MOST_ROWS: usize = 1 << 18;

/// Some rows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slice {
    /// The rows before the first one.
    pub(crate) start: usize,
    /// The number of rows.
    pub(crate) rows: usize,
}

/// A Parquet file, of which the footer was read.
#[derive(Clone)]
pub(crate) struct RowGroups {
    path: PathBuf,
    metadata: FileMetadataRef,
    select: Vec<String>,
}

impl RowGroups {
    /// Opens a file for some of its columns.
    ///
    /// # Errors
    ///
    /// When the file is not there, is no Parquet file, has no rows, or lacks a column.
    pub(crate) fn open(
        path: &Path,
        select: &[String],
        asked_by: &'static str,
    ) -> Result<Self, Error> {
        check_file(path)?;
        let failed = |source| explain(path, FileFormat::Parquet, source);
        let mut reader = ParquetReader::new(fs_err::File::open(path)?.into_parts().0);
        let metadata = reader.get_metadata().map_err(failed)?.clone();
        let schema = reader.schema().map_err(failed)?;
        let names: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
        expect_columns(path, &names, select, asked_by)?;
        if metadata.num_rows == 0 {
            return Err(Error::NoRows {
                path: path.to_owned(),
            });
        }
        Ok(Self {
            path: path.to_owned(),
            metadata,
            select: select.to_vec(),
        })
    }

    /// The row groups, the large ones cut.
    pub(crate) fn slices(&self) -> Vec<Slice> {
        let mut slices = Vec::new();
        let mut start = 0;
        for group in &self.metadata.row_groups {
            let end = start + group.num_rows();
            while start < end {
                let rows = MOST_ROWS.min(end - start);
                slices.push(Slice { start, rows });
                start += rows;
            }
        }
        slices
    }

    /// Decodes a slice.
    ///
    /// The file is mapped into memory anew each time: what a slice touched is released with it.
    pub(crate) fn read(&self, slice: Slice) -> Result<Frame, Error> {
        let file = fs_err::File::open(&self.path)?.into_parts().0;
        let mut reader = ParquetReader::new(file);
        reader.set_metadata(self.metadata.clone());
        let data = reader
            .with_columns(Some(self.select.clone()))
            .with_slice(Some((slice.start, slice.rows)))
            // The one strategy that does not look into the row groups outside of the slice.
            .read_parallel(ParallelStrategy::RowGroups)
            .finish()
            .map_err(|source| decode_error(&self.path, FileFormat::Parquet, source))?;
        Ok(Frame::part(
            &self.path,
            FileFormat::Parquet,
            slice.start,
            false,
            data,
        ))
    }
}
