//! What is printed at the end of a run.

use std::path::Path;

use equipoise_metrics::TestSummary;

use super::RunRecord;
use crate::text_table::TextTable;

/// One row of the table: its name, and which number of a model it shows.
type Row = (&'static str, fn(&TestSummary) -> Option<f64>);

const ROWS: &[Row] = &[
    ("accuracy", |test| test.accuracy),
    ("ROC AUC", |test| test.roc_auc),
    ("average precision", |test| test.average_precision),
    ("demographic parity difference", |test| {
        test.demographic_parity_difference
    }),
    ("equalized odds difference", |test| {
        test.equalized_odds_difference
    }),
    ("equal opportunity difference", |test| {
        test.equal_opportunity_difference
    }),
    ("worst group accuracy", |test| test.worst_group_accuracy),
    ("area between score curves", |test| test.abcc),
];

/// The models side by side on the test part, and where the rest lies.
pub(crate) fn outcome_table(record: &RunRecord, folder: &Path) -> String {
    let mut table = TextTable::new().text("");
    for model in &record.models {
        table = table.number(&model.name);
    }
    if record.models.len() > 1 {
        table = table.number("change");
    }
    for (name, value) in ROWS {
        let values: Vec<Option<f64>> = record
            .models
            .iter()
            .map(|model| value(&model.test))
            .collect();
        let change = (values.len() > 1).then(|| {
            let (first, last) = (values[0], values[values.len() - 1]);
            last.zip(first)
                .map_or_else(none, |(last, first)| format!("{:+.4}", last - first))
        });
        let cells = values
            .iter()
            .map(|value| value.map_or_else(none, |value| format!("{value:.4}")));
        table.row([(*name).to_owned()].into_iter().chain(cells).chain(change));
    }
    let losses = record.models.iter().map(|model| {
        model
            .total_loss
            .map_or_else(none, |loss| format!("{loss:.4}"))
    });
    table.row(
        ["total loss (validation)".to_owned()]
            .into_iter()
            .chain(losses),
    );
    let by = record.data.groups.first().map_or("", String::as_str);
    format!(
        "On the test part; differences are between the groups of `{by}`.\n\n{table}\n\
         Report: {}\n",
        folder.join("report.html").display()
    )
}

fn none() -> String {
    "-".to_owned()
}
