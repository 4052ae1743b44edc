//! Attributes whose groups are known as probabilities, one column for each group.

use equipoise_core::Table;

use crate::read::texts::{Texts, code_of_index};
use crate::target::{numbers, require_all};
use crate::{Error, GroupConfig};

/// How far the probabilities of a row may lie from a sum of 1.
pub(crate) const TOLERANCE: f64 = 1e-6;

/// The probabilities of the groups of one attribute.
pub(crate) struct GroupProbabilities {
    groups: Vec<String>,
    /// `[groups][rows]`, in `[0, 1]`; those of a row sum to 1.
    columns: Vec<Vec<f64>>,
}

impl GroupProbabilities {
    /// Those of an attribute; `None` where it has a column of groups.
    ///
    /// # Errors
    ///
    /// When a column is not there or has no numbers, when a probability is missing or lies outside
    /// 0 and 1, or when those of a row do not sum to 1.
    pub(crate) fn of(table: &Table, group: &GroupConfig) -> Result<Option<Self>, Error> {
        let Some(asked) = &group.probabilities else {
            return Ok(None);
        };
        let mut columns = Vec::with_capacity(asked.len());
        for name in asked.values() {
            let values = numbers(&table.column(name)?.values, "membership", name)?;
            let values = require_all(values, |row| row, "membership", name)?;
            // NaN lies in no range.
            let illegal = |probability: &f64| !(0.0..=1.0).contains(probability);
            if let Some(row) = values.iter().position(illegal) {
                return Err(Error::MembershipRange {
                    column: name.clone(),
                    row: row + 1,
                    value: values[row],
                });
            }
            columns.push(values);
        }
        for row in 0..table.rows() {
            let sum: f64 = columns.iter().map(|column: &Vec<f64>| column[row]).sum();
            if (sum - 1.0).abs() > TOLERANCE {
                return Err(Error::MembershipSum {
                    attribute: group.name.clone(),
                    columns: asked.values().cloned().collect(),
                    row: row + 1,
                    sum,
                });
            }
        }
        Ok(Some(Self {
            groups: asked.keys().cloned().collect(),
            columns,
        }))
    }

    /// The most probable group of each row, and of several the first.
    pub(crate) fn most_probable(&self) -> Texts {
        let rows = self.columns.first().map_or(0, Vec::len);
        let codes = (0..rows).map(|row| {
            let mut best = 0;
            for group in 1..self.columns.len() {
                if self.columns[group][row] > self.columns[best][row] {
                    best = group;
                }
            }
            code_of_index(best)
        });
        Texts {
            codes: codes.collect(),
            levels: self.groups.clone(),
        }
    }
}

/// The probabilities of all soft attributes, `[groups of soft attributes][rows]`, in the order of
/// the schema.
///
/// # Errors
///
/// As [`GroupProbabilities::of`].
pub(crate) fn memberships(table: &Table, groups: &[GroupConfig]) -> Result<Vec<Vec<f64>>, Error> {
    let mut memberships = Vec::new();
    for group in groups {
        if let Some(soft) = GroupProbabilities::of(table, group)? {
            memberships.extend(soft.columns);
        }
    }
    Ok(memberships)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use equipoise_core::{Column, ColumnValues};

    use super::*;

    fn table(white: &[Option<f64>], black: &[Option<f64>]) -> Table {
        let column = |name: &str, values: &[Option<f64>]| Column {
            name: name.to_owned(),
            values: ColumnValues::Number(values.to_vec()),
        };
        Table::new(vec![column("p_w", white), column("p_b", black)]).unwrap()
    }

    fn race() -> GroupConfig {
        let columns = [("White", "p_w"), ("Black", "p_b")];
        let columns = columns.map(|(group, column)| (group.to_owned(), column.to_owned()));
        GroupConfig {
            name: "race".to_owned(),
            probabilities: Some(BTreeMap::from(columns)),
            ..GroupConfig::column("p_b")
        }
    }

    #[test]
    fn the_most_probable_group_is_the_code_and_of_several_the_first() {
        let table = table(
            &[Some(0.9), Some(0.5), Some(0.6)],
            &[Some(0.1), Some(0.5), Some(0.4)],
        );
        let annotation = crate::annotate(&table, &[race()]).unwrap();
        let attribute = &annotation.groups.schema().attributes()[0];
        assert_eq!(attribute.values(), ["Black", "White"]);
        assert!(attribute.is_soft());
        assert_eq!(annotation.groups.codes(0), [1, 0, 1]);
        let columns = memberships(&table, &[race()]).unwrap();
        assert_eq!(columns, [[0.1, 0.5, 0.4], [0.9, 0.5, 0.6]]);
    }

    #[test]
    fn a_group_that_is_the_most_probable_of_no_row_stays() {
        let table = table(&[Some(0.9), Some(0.8)], &[Some(0.1), Some(0.2)]);
        let annotation = crate::annotate(&table, &[race()]).unwrap();
        let attribute = &annotation.groups.schema().attributes()[0];
        assert_eq!(attribute.values(), ["Black", "White"]);
    }

    #[test]
    fn what_is_no_probability_is_told_with_its_row() {
        for (white, black, expected) in [
            ([Some(0.9), Some(0.7)], [Some(0.1), Some(0.2)], "row 2"),
            (
                [Some(0.9), Some(1.5)],
                [Some(0.1), Some(-0.5)],
                "row 2: -0.5",
            ),
            ([Some(0.9), None], [Some(0.1), Some(0.5)], "missing"),
            (
                [Some(f64::NAN), Some(0.5)],
                [Some(0.1), Some(0.5)],
                "row 1: NaN",
            ),
        ] {
            let error = crate::annotate(&table(&white, &black), &[race()]).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
