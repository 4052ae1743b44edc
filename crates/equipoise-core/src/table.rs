//! A table of plain columns, as a data reader hands it on.

use serde::{Deserialize, Serialize};

use crate::{Error, closest};

/// The values of one column; `None` is a missing value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ColumnValues {
    /// Finite numbers.
    Number(Vec<Option<f64>>),
    /// Texts, as indices into the distinct levels. [`Table::new`] checks both.
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
///
/// Every table was checked by [`Table::new`], also one that was deserialised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(try_from = "UncheckedTable")]
pub struct Table {
    rows: usize,
    columns: Vec<Column>,
}

/// A table as a file has it.
#[derive(Deserialize)]
struct UncheckedTable {
    rows: usize,
    columns: Vec<Column>,
}

impl TryFrom<UncheckedTable> for Table {
    type Error = Error;

    fn try_from(unchecked: UncheckedTable) -> Result<Self, Error> {
        let table = Self::new(unchecked.columns)?;
        if table.rows == unchecked.rows {
            Ok(table)
        } else {
            Err(Error::Lengths {
                what: "rows of a table",
                expected: unchecked.rows,
                found: table.rows,
            })
        }
    }
}

impl Table {
    /// A table of the given columns.
    ///
    /// # Errors
    ///
    /// When two columns share a name, when their lengths differ, or when a column of texts has
    /// levels that are not sorted and distinct, or a code that is no index into them.
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
            check_levels(column)?;
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

/// A column of texts has sorted, distinct levels and codes that are indices into them.
fn check_levels(column: &Column) -> Result<(), Error> {
    let ColumnValues::Text { levels, codes } = &column.values else {
        return Ok(());
    };
    check_level_order(&column.name, levels)?;
    let is_wrong = |code: u32| code as usize >= levels.len();
    match (codes.iter().enumerate())
        .find_map(|(row, code)| code.filter(|&code| is_wrong(code)).map(|code| (row, code)))
    {
        Some((row, code)) => Err(Error::LevelCode {
            column: column.name.clone(),
            row,
            code,
            levels: levels.len(),
        }),
        None => Ok(()),
    }
}

/// Levels are sorted and distinct.
pub(crate) fn check_level_order(column: &str, levels: &[String]) -> Result<(), Error> {
    match levels.windows(2).find(|pair| pair[0] >= pair[1]) {
        Some(pair) => Err(Error::LevelOrder {
            column: column.to_owned(),
            before: pair[0].clone(),
            level: pair[1].clone(),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(levels: &[&str], codes: &[Option<u32>]) -> Vec<Column> {
        vec![Column {
            name: "work".to_owned(),
            values: ColumnValues::Text {
                levels: levels.iter().map(|&level| level.to_owned()).collect(),
                codes: codes.to_vec(),
            },
        }]
    }

    #[test]
    fn codes_and_levels_of_texts_are_checked() {
        assert!(Table::new(texts(&["a", "b"], &[Some(1), None])).is_ok());
        let error = |levels: &[&str], codes: &[Option<u32>]| {
            Table::new(texts(levels, codes)).unwrap_err().to_string()
        };
        assert_eq!(
            error(&["a", "b"], &[None, Some(2)]),
            "column `work`, row 1: code 2 names none of the 2 levels"
        );
        let order = "levels are distinct and in ascending order";
        assert_eq!(
            error(&["b", "a"], &[]),
            format!("column `work`: level `a` must not come after `b`: {order}")
        );
        assert_eq!(
            error(&["a", "a"], &[]),
            format!("column `work`: level `a` must not come after `a`: {order}")
        );
    }

    #[test]
    fn a_table_that_is_read_is_checked_as_one_that_is_made() {
        let table = Table::new(texts(&["a", "b"], &[Some(1), None])).unwrap();
        let text = serde_json::to_string(&table).unwrap();
        assert_eq!(serde_json::from_str::<Table>(&text).unwrap(), table);
        for (good, bad, expected) in [
            (
                "\"rows\":2",
                "\"rows\":3",
                "expected 3 rows of a table, found 2",
            ),
            (
                "[1,null]",
                "[7,null]",
                "column `work`, row 0: code 7 names none of the 2 levels",
            ),
            (
                "[\"a\",\"b\"]",
                "[\"b\",\"a\"]",
                "level `a` must not come after `b`",
            ),
        ] {
            assert!(text.contains(good), "{text}");
            let error = serde_json::from_str::<Table>(&text.replace(good, bad));
            let error = error.unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
