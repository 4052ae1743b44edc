//! Rows of CSV files by the names of their columns.

use crate::{Error, read};

/// A CSV file in memory.
pub(super) struct CsvTable {
    place: String,
    header: Vec<String>,
    rows: Vec<csv::StringRecord>,
}

impl CsvTable {
    /// Reads a file with a header line.
    pub(super) fn read(bytes: &[u8], place: &str) -> Result<Self, Error> {
        let text = read::utf8(bytes, place)?;
        let legal = |source| Error::Csv {
            place: place.to_owned(),
            source,
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = (reader.headers().map_err(legal)?.iter())
            .map(str::to_owned)
            .collect();
        let rows = reader
            .records()
            .collect::<Result<Vec<_>, _>>()
            .map_err(legal)?;
        if rows.is_empty() {
            return Err(Error::Empty {
                place: place.to_owned(),
                what: "rows",
            });
        }
        Ok(Self {
            place: place.to_owned(),
            header,
            rows,
        })
    }

    /// The values of a column.
    pub(super) fn column(&self, name: &'static str) -> Result<Vec<&str>, Error> {
        let index =
            (self.header.iter().position(|known| known == name)).ok_or_else(|| Error::Column {
                place: self.place.clone(),
                column: name,
                found: self
                    .header
                    .iter()
                    .map(|known| format!("`{known}`"))
                    .collect(),
            })?;
        // Every record has as many fields as the header: the reader checks it.
        Ok(self
            .rows
            .iter()
            .map(|row| row.get(index).unwrap_or_default())
            .collect())
    }

    /// The labels of a column of two values: 0 for the first of them, 1 for the second.
    pub(super) fn labels(
        &self,
        column: &'static str,
        values: [&'static str; 2],
    ) -> Result<Vec<u8>, Error> {
        (self.column(column)?.iter().enumerate())
            .map(
                |(row, label)| match values.iter().position(|value| value == label) {
                    Some(position) => Ok(u8::from(position == 1)),
                    None => Err(Error::Value {
                        place: self.place_of(row),
                        what: "label",
                        found: (*label).to_owned(),
                        legal: format!("`{}` or `{}`", values[1], values[0]).into(),
                    }),
                },
            )
            .collect()
    }

    /// The place of a row, from 1, for an error.
    pub(super) fn place_of(&self, row: usize) -> String {
        format!("{}, row {}", self.place, row + 1)
    }
}
