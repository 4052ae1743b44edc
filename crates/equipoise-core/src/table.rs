//! A table of plain columns, as a data reader hands it on.

use serde::{Deserialize, Serialize};

use crate::{Error, closest};

/// The values of one column; `None` is a missing value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ColumnValues {
    /// Finite numbers.
    Number(Vec<Option<f64>>),
    /// Texts, as indices into the distinct levels.
    Text {
        /// The distinct texts, sorted.
        levels: Vec<String>,
        /// One index into `levels` for each row.
        codes: Vec<Option<u32>>,
    },
}

impl ColumnValues {
    /// Texts, from one optional text for each row.
    pub fn from_texts<S: AsRef<str>>(texts: &[Option<S>]) -> Self {
        let mut levels: Vec<&str> = texts.iter().flatten().map(AsRef::as_ref).collect();
        levels.sort_unstable();
        levels.dedup();
        let codes = texts
            .iter()
            .map(|text| {
                text.as_ref().and_then(|text| {
                    levels
                        .binary_search(&text.as_ref())
                        .ok()
                        .and_then(|index| u32::try_from(index).ok())
                })
            })
            .collect();
        Self::Text {
            levels: levels.into_iter().map(str::to_owned).collect(),
            codes,
        }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Self::Number(values) => values.len(),
            Self::Text { codes, .. } => codes.len(),
        }
    }

    /// The number of missing values.
    pub fn missing(&self) -> usize {
        match self {
            Self::Number(values) => values.iter().filter(|v| v.is_none()).count(),
            Self::Text { codes, .. } => codes.iter().filter(|v| v.is_none()).count(),
        }
    }

    /// The rows with the given numbers, in that order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        match self {
            Self::Number(values) => Self::Number(rows.iter().map(|&row| values[row]).collect()),
            Self::Text { levels, codes } => Self::Text {
                levels: levels.clone(),
                codes: rows.iter().map(|&row| codes[row]).collect(),
            },
        }
    }
}

/// A named column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The name.
    pub name: String,
    /// The values.
    pub values: ColumnValues,
}

/// Columns of one length with different names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Table {
    rows: usize,
    columns: Vec<Column>,
}

impl Table {
    /// A table of the given columns.
    ///
    /// # Errors
    ///
    /// When two columns share a name or when their lengths differ.
    pub fn new(columns: Vec<Column>) -> Result<Self, Error> {
        let rows = columns.first().map_or(0, |column| column.values.rows());
        for (index, column) in columns.iter().enumerate() {
            if columns[..index].iter().any(|c| c.name == column.name) {
                return Err(Error::DuplicateColumn {
                    column: column.name.clone(),
                });
            }
            if column.values.rows() != rows {
                return Err(Error::Lengths {
                    what: "rows of a column",
                    expected: rows,
                    found: column.values.rows(),
                });
            }
        }
        Ok(Self { rows, columns })
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of a name.
    ///
    /// # Errors
    ///
    /// When there is none; the error offers the closest name.
    pub fn column(&self, name: &str) -> Result<&Column, Error> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .ok_or_else(|| Error::UnknownColumn {
                column: name.to_owned(),
                closest: closest(name, self.columns.iter().map(|c| c.name.as_str()))
                    .map(str::to_owned),
            })
    }

    /// The rows with the given numbers, in that order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        Self {
            rows: rows.len(),
            columns: self
                .columns
                .iter()
                .map(|column| Column {
                    name: column.name.clone(),
                    values: column.values.take(rows),
                })
                .collect(),
        }
    }
}
