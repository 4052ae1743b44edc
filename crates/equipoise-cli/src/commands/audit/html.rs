//! An audit as a page: the report of one model of which nothing but its predictions is known.

use equipoise_core::TrainingHistory;
use equipoise_data::OutcomeColumns;
use equipoise_metrics::Audit;
use equipoise_report::{LabelDescription, ModelReport, ReportInput};

use crate::error::CliError;

/// The label that counts as positive where the command line names none.
const DEFAULT_POSITIVE: &str = "1";

/// The page.
pub(super) fn render(
    audit: Audit,
    title: String,
    outcome: &OutcomeColumns,
) -> Result<String, CliError> {
    let input = ReportInput {
        title,
        label: label(outcome),
        group_attributes: audit.attributes.clone(),
        models: vec![ModelReport {
            name: "predictions".to_owned(),
            loss: None,
            lambda: None,
            terms: Vec::new(),
            epochs: None,
            history: TrainingHistory::default(),
            audit,
        }],
        ..ReportInput::default()
    };
    Ok(equipoise_report::render(&input)?)
}

/// What is predicted. Of several classes and outputs, and of a number, no value is the positive
/// one.
fn label(outcome: &OutcomeColumns) -> LabelDescription {
    let (column, positive) = match outcome {
        OutcomeColumns::Binary(columns) => {
            let positive = columns.positive.as_deref().unwrap_or(DEFAULT_POSITIVE);
            (columns.label.clone(), positive)
        }
        OutcomeColumns::Multiclass { label, .. } | OutcomeColumns::Regression { label, .. } => {
            (label.clone(), "")
        }
        OutcomeColumns::Multilabel(outputs) => {
            let labels: Vec<&str> = outputs.iter().map(|output| &*output.label).collect();
            (labels.join(", "), "")
        }
    };
    LabelDescription {
        column,
        positive: positive.to_owned(),
    }
}
