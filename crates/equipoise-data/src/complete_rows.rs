//! Rows without a missing feature.

use equipoise_core::{ColumnValues, Table};

use crate::Error;

/// The rows of a table in which none of some columns is missing, ascending.
///
/// # Errors
///
/// When a column is not there.
pub(crate) fn complete_rows(table: &Table, columns: &[String]) -> Result<Vec<usize>, Error> {
    let mut complete = vec![true; table.rows()];
    for name in columns {
        match &table.column(name)?.values {
            ColumnValues::Number(values) => mark(&mut complete, values),
            ColumnValues::Text { codes, .. } => mark(&mut complete, codes),
            // A kind of column that came later than this crate has no missing values to find.
            _ => {}
        }
    }
    Ok((0..table.rows()).filter(|&row| complete[row]).collect())
}

fn mark<T>(complete: &mut [bool], values: &[Option<T>]) {
    for (complete, value) in complete.iter_mut().zip(values) {
        *complete &= value.is_some();
    }
}

#[cfg(test)]
mod tests {
    use equipoise_core::Column;

    use super::*;

    #[test]
    fn a_row_goes_for_one_missing_value_in_a_column_that_is_asked_about() {
        let column = |name: &str, values| Column {
            name: name.to_owned(),
            values,
        };
        let table = Table::new(vec![
            column(
                "age",
                ColumnValues::Number(vec![Some(1.0), None, Some(2.0)]),
            ),
            column(
                "work",
                ColumnValues::from_texts(&[Some("a"), Some("b"), None]),
            ),
        ])
        .unwrap();
        let rows = |columns: &[&str]| {
            let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
            complete_rows(&table, &columns).unwrap()
        };
        assert_eq!(rows(&["age"]), [0, 2]);
        assert_eq!(rows(&["age", "work"]), [0]);
        assert_eq!(rows(&[]), [0, 1, 2]);
    }
}
