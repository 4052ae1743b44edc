//! `sweep.csv` and `sweep.parquet`: every run with its settings and what was measured.

use equipoise_core::{Column, ColumnValues, Table};

use super::{
    measure::{Measured, RunResult},
    objective::Objective,
    trial::{Settings, trial_name},
};
use crate::error::CliError;

/// The numbers of a run on a part of the rows.
type Part = fn(&RunResult) -> &[Measured];
/// The value of a number, or an end of its interval.
type End = fn(&Measured) -> Option<f64>;

/// One row for each run, in order. The columns of a measure are `valid:NAME`, `valid:NAME:low` and
/// `valid:NAME:high`, and the same of `test`; those of a setting have the name of its key.
///
/// # Errors
///
/// When two columns share a name.
pub(crate) fn run_table(
    runs: &[RunResult],
    settings: &[Settings],
    measures: &[Objective],
) -> Result<Table, CliError> {
    let texts = |text: &dyn Fn(&RunResult) -> String| {
        let texts: Vec<Option<String>> = runs.iter().map(|run| Some(text(run))).collect();
        ColumnValues::from_texts(&texts)
    };
    let column = |name: &str, values| Column {
        name: name.to_owned(),
        values,
    };
    let mut columns = vec![
        column("trial", texts(&|run| trial_name(run.run.trial))),
        column("seed", texts(&|run| run.run.seed.to_string())),
        column("folder", texts(&|run| format!("trials/{}", run.run.name()))),
    ];
    let keys = settings.first().map_or(0, |settings| settings.0.len());
    for index in 0..keys {
        let values: Vec<(&str, &toml::Value)> = runs
            .iter()
            .filter_map(|run| settings.get(run.run.trial)?.0.get(index))
            .map(|(key, value)| (key.as_str(), value))
            .collect();
        let Some((key, _)) = values.first() else {
            continue;
        };
        let numbers: Option<Vec<Option<f64>>> = values
            .iter()
            .map(|(_, value)| number(value).map(Some))
            .collect();
        let values = numbers.map_or_else(
            || {
                let texts: Vec<Option<String>> =
                    values.iter().map(|(_, value)| Some(text(value))).collect();
                ColumnValues::from_texts(&texts)
            },
            ColumnValues::Number,
        );
        columns.push(column(key, values));
    }
    let parts: [(&str, Part); 2] = [("valid", |run| &run.valid), ("test", |run| &run.test)];
    let ends: [(&str, End); 3] = [
        ("", |measured| measured.value),
        (":low", |measured| measured.low),
        (":high", |measured| measured.high),
    ];
    for (part, of) in parts {
        for (index, measure) in measures.iter().enumerate() {
            for (suffix, end) in ends {
                let numbers = runs.iter().map(|run| of(run).get(index).and_then(end));
                columns.push(column(
                    &format!("{part}:{measure}{suffix}"),
                    ColumnValues::Number(numbers.collect()),
                ));
            }
        }
    }
    Ok(Table::new(columns)?)
}

#[expect(clippy::cast_precision_loss, reason = "a table has one kind of number")]
fn number(value: &toml::Value) -> Option<f64> {
    match value {
        toml::Value::Integer(number) => Some(*number as f64),
        toml::Value::Float(number) => Some(*number),
        _ => None,
    }
}

/// A text as it is, everything else as TOML writes it.
fn text(value: &toml::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The table as CSV; a missing value is empty.
///
/// # Errors
///
/// When it cannot be written.
pub(crate) fn to_csv(table: &Table) -> Result<Vec<u8>, CliError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let encode = |error: csv::Error| CliError::encode("the runs as CSV")(error);
    let names = table.columns().iter().map(|column| column.name.as_str());
    writer.write_record(names).map_err(encode)?;
    for row in 0..table.rows() {
        let cells = table.columns().iter().map(|column| match &column.values {
            ColumnValues::Number(values) => values[row].map_or_else(String::new, |v| v.to_string()),
            ColumnValues::Text { levels, codes } => {
                codes[row].map_or_else(String::new, |code| levels[code as usize].clone())
            }
            _ => String::new(),
        });
        writer.write_record(cells).map_err(encode)?;
    }
    writer
        .into_inner()
        .map_err(|error| CliError::encode("the runs as CSV")(error.into_error()))
}
