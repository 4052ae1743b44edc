//! A table as a Parquet file.

use std::path::Path;

use equipoise_core::{ColumnValues, Table};
use polars::prelude::{
    DataFrame, IntoColumn, NamedFrom, NewChunkedArray, ParquetWriter, Series, StringChunked,
};

use crate::{Error, write_atomically};

/// Writes a table: numbers as floats, texts as texts, and a missing value as null.
///
/// The file is written beside its place and renamed, so that it is never there in part. The same
/// table gives the same bytes.
///
/// # Errors
///
/// When the file cannot be written.
pub fn write_table(path: &Path, table: &Table) -> Result<(), Error> {
    let columns = table.columns().iter().map(|column| {
        let name = column.name.as_str().into();
        match &column.values {
            ColumnValues::Text { levels, codes } => {
                let texts = codes
                    .iter()
                    .map(|code| code.and_then(|code| levels.get(code as usize)));
                StringChunked::from_iter_options(name, texts).into_column()
            }
            ColumnValues::Number(values) => Series::new(name, values).into_column(),
            _ => Series::new_null(name, table.rows()).into_column(),
        }
    });
    let encode = |source| Error::Encode {
        path: path.to_owned(),
        source: Box::new(source),
    };
    let mut frame = DataFrame::new(table.rows(), columns.collect()).map_err(encode)?;
    // Encoded in memory first: the writer does not hand on why a file could not be written.
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .finish(&mut frame)
        .map_err(encode)?;
    Ok(write_atomically(path, &bytes)?)
}

#[cfg(test)]
mod tests {
    use equipoise_core::Column;

    use super::*;
    use crate::read_table;

    #[test]
    fn a_table_reads_back_as_it_was() {
        let column = |name: &str, values| Column {
            name: name.to_owned(),
            values,
        };
        let table = Table::new(vec![
            column("a", ColumnValues::Number(vec![Some(0.5), None])),
            column("b", ColumnValues::from_texts(&[Some("y"), Some("x")])),
        ])
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        write_table(&path, &table).unwrap();
        assert_eq!(
            read_table(&path, &crate::ReadOptions::default()).unwrap(),
            table
        );
    }
}
