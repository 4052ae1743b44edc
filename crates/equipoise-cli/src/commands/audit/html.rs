//! An audit as a page: the report of one model of which nothing but its predictions is known.

use equipoise_core::TrainingHistory;
use equipoise_metrics::Audit;
use equipoise_report::{LabelDescription, ModelReport, ReportInput};

use crate::error::CliError;

/// The label that counts as positive where the command line names none.
const DEFAULT_POSITIVE: &str = "1";

/// The page.
pub(super) fn render(
    audit: Audit,
    title: String,
    label: &str,
    positive: Option<&str>,
) -> Result<String, CliError> {
    let input = ReportInput {
        title,
        label: LabelDescription {
            column: label.to_owned(),
            positive: positive.unwrap_or(DEFAULT_POSITIVE).to_owned(),
        },
        group_attributes: audit.attributes.clone(),
        models: vec![ModelReport {
            name: "predictions".to_owned(),
            loss: None,
            lambda: None,
            epochs: None,
            history: TrainingHistory::default(),
            audit,
        }],
        ..ReportInput::default()
    };
    Ok(equipoise_report::render(&input)?)
}
