//! The report, from the files of a run folder.

use std::path::Path;

use equipoise_core::TrainingHistory;
use equipoise_report::{FairnessTerm, LabelDescription, ModelReport, ReportInput, render};

use super::record::{LeftOut, ModelRecord, RunRecord, TermRecord, read_json};
use crate::error::CliError;

/// The report of a run whose other files are written.
///
/// # Errors
///
/// When a file is missing or not as a run writes it.
pub(crate) fn report(folder: &Path, record: &RunRecord) -> Result<String, CliError> {
    let config = fs_err::read_to_string(folder.join("config.toml"))
        .map_err(CliError::file("read a result"))?;
    let input = ReportInput {
        title: record.title.clone(),
        label: LabelDescription {
            column: record.data.label.clone(),
            positive: record.data.positive.clone(),
        },
        group_attributes: record.data.groups.clone(),
        data: Some(read_json(&folder.join("data.json"))?),
        models: record
            .models
            .iter()
            .map(|model| model_report(folder, model))
            .collect::<Result<_, _>>()?,
        notes: record.data.left_out.iter().map(left_out).collect(),
        command: Some("equipoise run config.toml".to_owned()),
        seed: Some(record.seed),
        data_sha256: Some(record.data.sha256.clone()),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        config: settings(&config)?,
    };
    Ok(render(&input)?)
}

fn model_report(folder: &Path, model: &ModelRecord) -> Result<ModelReport, CliError> {
    let name = &model.name;
    let history: TrainingHistory =
        read_json(&folder.join("models").join(name).join("history.json"))?;
    Ok(ModelReport {
        name: name.clone(),
        loss: model.loss.clone(),
        lambda: model.lambda,
        terms: model.terms.iter().map(fairness_term).collect(),
        epochs: Some(model.epochs),
        history,
        audit: read_json(&folder.join("audit").join(format!("{name}.json")))?,
    })
}

fn fairness_term(term: &TermRecord) -> FairnessTerm {
    FairnessTerm {
        loss: term.loss.clone(),
        groups: term.groups.clone(),
        lambda: term.lambda,
    }
}

fn left_out(rows: &LeftOut) -> String {
    format!(
        "{} of the file left out of everything: {}.",
        if rows.rows == 1 {
            "One row is".to_owned()
        } else {
            format!("{} rows are", rows.rows)
        },
        rows.reason
    )
}

/// A configuration as pairs of dotted key and value.
///
/// # Errors
///
/// When the text is not TOML.
pub(crate) fn settings(text: &str) -> Result<Vec<(String, String)>, CliError> {
    let table: toml::Table =
        toml::from_str(text).map_err(CliError::encode("the configuration of the run"))?;
    let mut pairs = Vec::new();
    flatten("", &table, &mut pairs);
    Ok(pairs)
}

fn flatten(path: &str, table: &toml::Table, pairs: &mut Vec<(String, String)>) {
    for (key, value) in table {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        match value {
            toml::Value::Table(inner) => flatten(&path, inner, pairs),
            toml::Value::Array(items)
                if !items.is_empty() && items.iter().all(toml::Value::is_table) =>
            {
                for (index, item) in items.iter().enumerate() {
                    if let Some(inner) = item.as_table() {
                        flatten(&format!("{path}[{index}]"), inner, pairs);
                    }
                }
            }
            value => pairs.push((path, value.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_dotted_keys() {
        let text = "seed = 1\n[data]\nsplit = { train = 0.6 }\n[[fairness]]\nlambda = 1.0\n";
        let pairs = settings(text).unwrap();
        assert_eq!(
            pairs,
            [
                ("data.split.train".to_owned(), "0.6".to_owned()),
                ("fairness[0].lambda".to_owned(), "1.0".to_owned()),
                ("seed".to_owned(), "1".to_owned()),
            ]
        );
    }
}
