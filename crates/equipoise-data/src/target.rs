//! Labels as targets: 0 and 1, indices of classes, or numbers.

use equipoise_core::{ColumnValues, Table, Task};

use crate::error::LISTED;
use crate::{Error, LabelConfig, TaskKind};

/// The targets of the rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Targets {
    /// What is predicted.
    pub task: Task,
    /// 0 or 1, the index of a class, or a number (see [`Task`]); `None` where the label is
    /// missing.
    pub values: Vec<Option<f32>>,
    /// What a reader should know, as sentences.
    pub warnings: Vec<String>,
}

/// Turns the label column of a table into targets, by the rules that [`LabelConfig`] lists.
///
/// # Errors
///
/// When the column is not there; when the positive value does not occur; when neither a positive
/// value nor a task is named and there are not exactly two values; or when the column does not
/// fit the task.
///
/// ```
/// use equipoise_core::{Column, ColumnValues, Table};
/// use equipoise_data::{LabelConfig, targets};
///
/// let table = Table::new(vec![Column {
///     name: "paid".into(),
///     values: ColumnValues::from_texts(&[Some("yes"), Some("no"), None]),
/// }])?;
/// let label = LabelConfig { positive: Some("yes".into()), ..LabelConfig::column("paid") };
/// assert_eq!(targets(&table, &label)?.values, [Some(1.0), Some(0.0), None]);
/// # Ok::<(), equipoise_data::Error>(())
/// ```
pub fn targets(table: &Table, label: &LabelConfig) -> Result<Targets, Error> {
    let column = &table.column(&label.column)?.values;
    match label.task {
        Some(TaskKind::Regression) => regression(column, label),
        Some(TaskKind::Multiclass) => multiclass(column, label),
        Some(TaskKind::Binary) | None => binary(column, label),
    }
}

fn regression(column: &ColumnValues, label: &LabelConfig) -> Result<Targets, Error> {
    let values = numbers(column, "label", &label.column)?;
    #[expect(clippy::cast_possible_truncation, reason = "targets are f32")]
    let values = values
        .iter()
        .map(|value| value.map(|value| value as f32))
        .collect();
    Ok(Targets {
        task: Task::Regression,
        values,
        warnings: Vec::new(),
    })
}

fn multiclass(column: &ColumnValues, label: &LabelConfig) -> Result<Targets, Error> {
    if let ColumnValues::Number(values) = column
        && let Some((row, value)) = values
            .iter()
            .enumerate()
            .find_map(|(row, value)| value.filter(|v| v.fract() != 0.0).map(|v| (row, v)))
    {
        return Err(Error::FractionalClass {
            column: label.column.clone(),
            row: row + 1,
            value,
        });
    }
    let Classes { names, codes } = classes(column);
    Ok(Targets {
        task: Task::Multiclass { classes: names },
        values: codes
            .into_iter()
            .map(|code| code.map(|code| code as f32))
            .collect(),
        warnings: Vec::new(),
    })
}

fn binary(column: &ColumnValues, label: &LabelConfig) -> Result<Targets, Error> {
    let Classes { names, codes } = classes(column);
    let mut warnings = Vec::new();
    let positive = match &label.positive {
        Some(positive) => {
            position_of(&names, column, positive).ok_or_else(|| Error::UnknownPositive {
                column: label.column.clone(),
                positive: positive.clone(),
                found: names.clone(),
            })?
        }
        None if names.len() == 2 => {
            warnings.push(format!(
                "no positive value of label `{}` was named: `{}` is taken for positive, `{}` for \
                 negative",
                label.column, names[1], names[0]
            ));
            1
        }
        None => {
            return Err(Error::NotTwoClasses {
                column: label.column.clone(),
                found: names,
            });
        }
    };
    Ok(Targets {
        task: Task::Binary {
            positive: names[positive].clone(),
        },
        values: codes
            .into_iter()
            .map(|code| code.map(|code| f32::from(u8::from(code == positive))))
            .collect(),
        warnings,
    })
}

/// Where a positive value, written as a text, is among the classes; numbers are compared as
/// numbers, so that `1` and `1.0` are the same.
fn position_of(names: &[String], column: &ColumnValues, positive: &str) -> Option<usize> {
    names.iter().position(|name| name == positive).or_else(|| {
        let wanted: f64 = match column {
            ColumnValues::Number(_) => positive.trim().parse().ok()?,
            _ => return None,
        };
        // Written by the same rule, the same number is the same text.
        let wanted = wanted.to_string();
        names.iter().position(|name| *name == wanted)
    })
}

/// Distinct labels in order (of letters, or of size), and the label of each row.
struct Classes {
    names: Vec<String>,
    codes: Vec<Option<usize>>,
}

fn classes(column: &ColumnValues) -> Classes {
    match column {
        ColumnValues::Text { levels, codes } => {
            let mut seen = vec![false; levels.len()];
            for &code in codes.iter().flatten() {
                seen[code as usize] = true;
            }
            let mut names = Vec::new();
            let remap: Vec<usize> = levels
                .iter()
                .zip(seen)
                .map(|(level, seen)| {
                    if seen {
                        names.push(level.clone());
                    }
                    names.len().saturating_sub(1)
                })
                .collect();
            let codes = codes
                .iter()
                .map(|code| code.map(|code| remap[code as usize]))
                .collect();
            Classes { names, codes }
        }
        ColumnValues::Number(values) => {
            let mut distinct: Vec<f64> = values.iter().copied().flatten().collect();
            distinct.sort_unstable_by(f64::total_cmp);
            distinct.dedup();
            let codes = values
                .iter()
                .map(|value| value.map(|value| distinct.partition_point(|&known| known < value)))
                .collect();
            Classes {
                names: distinct.iter().map(f64::to_string).collect(),
                codes,
            }
        }
        _ => Classes {
            names: Vec::new(),
            codes: vec![None; column.rows()],
        },
    }
}

/// The numbers of a column.
pub(crate) fn numbers<'a>(
    column: &'a ColumnValues,
    what: &'static str,
    name: &str,
) -> Result<&'a [Option<f64>], Error> {
    match column {
        ColumnValues::Number(values) => Ok(values),
        ColumnValues::Text { levels, .. } => Err(Error::NotNumbers {
            what,
            column: name.to_owned(),
            example: levels.first().cloned().unwrap_or_default(),
        }),
        _ => Err(equipoise_core::Error::ColumnKind {
            column: name.to_owned(),
            found: "neither texts nor numbers",
            expected: "numbers",
        }
        .into()),
    }
}

/// All values, or an error that lists the rows of the missing ones; `row_in_file` gives the number
/// of a row in the file, from 0.
pub(crate) fn require_all<T: Copy>(
    values: &[Option<T>],
    row_in_file: impl Fn(usize) -> usize,
    what: &'static str,
    column: &str,
) -> Result<Vec<T>, Error> {
    let present: Vec<T> = values.iter().copied().flatten().collect();
    if present.len() == values.len() {
        return Ok(present);
    }
    Err(Error::MissingValues {
        what,
        column: column.to_owned(),
        rows: values
            .iter()
            .enumerate()
            .filter(|(_, value)| value.is_none())
            .map(|(row, _)| row_in_file(row) + 1)
            .take(LISTED)
            .collect(),
        count: values.len() - present.len(),
    })
}

#[cfg(test)]
mod tests {
    use equipoise_core::Column;

    use super::*;

    fn table(values: ColumnValues) -> Table {
        Table::new(vec![Column {
            name: "y".to_owned(),
            values,
        }])
        .unwrap()
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        let table = table(ColumnValues::Number(vec![Some(1.0), Some(2.0)]));
        let label = LabelConfig {
            positive: Some("2.0".to_owned()),
            ..LabelConfig::column("y")
        };
        let targets = targets(&table, &label).unwrap();
        assert_eq!(targets.values, [Some(0.0), Some(1.0)]);
        assert_eq!(
            targets.task,
            Task::Binary {
                positive: "2".to_owned()
            }
        );
    }

    #[test]
    fn of_two_values_the_last_is_positive_and_the_choice_is_told() {
        let table = table(ColumnValues::from_texts(&[Some("no"), Some("yes")]));
        let targets = targets(&table, &LabelConfig::column("y")).unwrap();
        assert_eq!(targets.values, [Some(0.0), Some(1.0)]);
        assert_eq!(targets.warnings.len(), 1);
    }

    #[test]
    fn several_classes_are_sorted() {
        let table = table(ColumnValues::from_texts(&[Some("c"), Some("a"), Some("b")]));
        let label = LabelConfig {
            task: Some(TaskKind::Multiclass),
            ..LabelConfig::column("y")
        };
        let targets = targets(&table, &label).unwrap();
        assert_eq!(targets.values, [Some(2.0), Some(0.0), Some(1.0)]);
    }

    #[test]
    fn a_number_may_be_predicted() {
        let table = table(ColumnValues::Number(vec![Some(1.5), None]));
        let label = LabelConfig {
            task: Some(TaskKind::Regression),
            ..LabelConfig::column("y")
        };
        let targets = targets(&table, &label).unwrap();
        assert_eq!(targets.values, [Some(1.5), None]);
    }
}
