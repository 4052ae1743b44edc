//! `run.json`: what came out, without clock, host or path, so that the same run has the same bytes.

use std::path::Path;

use equipoise_metrics::TestSummary;
use equipoise_train::TrainedShare;
use serde::{Deserialize, Serialize};

use crate::error::CliError;

const SCHEMA: &str = "equipoise.run/1";

/// What came out of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunRecord {
    schema: String,
    /// The heading of the report.
    pub(crate) title: String,
    pub(crate) seed: u64,
    pub(crate) device: String,
    pub(crate) data: DataRecord,
    /// The models, the plain one first.
    pub(crate) models: Vec<ModelRecord>,
}

/// What a run was made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DataRecord {
    /// The rows of the file.
    pub(crate) rows: usize,
    /// The rows that were left out, and why.
    pub(crate) left_out: Vec<LeftOut>,
    /// Of a model of texts, the texts of which it sees the beginning alone; not in the record of
    /// an older version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) truncated_texts: Option<usize>,
    pub(crate) sha256: String,
    /// The column that is predicted.
    pub(crate) label: String,
    /// The label that counts as positive.
    pub(crate) positive: String,
    /// The group attributes; gaps are those of the first.
    pub(crate) groups: Vec<String>,
}

/// Rows that were left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LeftOut {
    pub(crate) rows: usize,
    pub(crate) reason: String,
}

/// One model of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ModelRecord {
    pub(crate) name: String,
    /// The fairness loss with its penalty or condition; several joined by ` + `.
    pub(crate) loss: Option<String>,
    /// The weight of the fairness loss; none where there are several, see `terms`.
    pub(crate) lambda: Option<f64>,
    /// The fairness losses, in order.
    #[serde(default)]
    pub(crate) terms: Vec<TermRecord>,
    /// The epochs of fine-tuning that were run.
    pub(crate) epochs: usize,
    /// How much of the model was trained; not in the record of an older version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parameters: Option<ParameterRecord>,
    /// The total loss on the validation part in the epoch that was kept.
    pub(crate) total_loss: Option<f64>,
    /// The headline numbers of the test part.
    pub(crate) test: TestSummary,
}

/// How much of a model was trained.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct ParameterRecord {
    /// All parameters, those of adapters included.
    pub(crate) all: usize,
    /// Those that were trained.
    pub(crate) trained: usize,
    /// Their share, in `[0, 1]`.
    pub(crate) share: f64,
}

impl From<TrainedShare> for ParameterRecord {
    fn from(share: TrainedShare) -> Self {
        Self {
            all: share.all,
            trained: share.trained,
            share: share.share(),
        }
    }
}

/// One fairness loss of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TermRecord {
    /// The loss with its penalty or condition.
    pub(crate) loss: String,
    /// The attributes whose groups are compared; several are crossed.
    pub(crate) groups: Vec<String>,
    /// Its weight in the epoch that was kept.
    pub(crate) lambda: Option<f64>,
    /// Its violation on the validation part in that epoch, where it has a target.
    pub(crate) violation: Option<f64>,
}

/// What every record says of itself.
#[derive(Deserialize)]
struct Format {
    schema: String,
}

impl RunRecord {
    /// A record of the current format.
    pub(crate) fn new(
        title: String,
        seed: u64,
        device: String,
        data: DataRecord,
        models: Vec<ModelRecord>,
    ) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            title,
            seed,
            device,
            data,
            models,
        }
    }

    /// The text of the file.
    ///
    /// # Errors
    ///
    /// When a value has no form in JSON.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, CliError> {
        let mut bytes =
            serde_json::to_vec_pretty(self).map_err(CliError::encode("the record of the run"))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads the record of a finished run.
    ///
    /// # Errors
    ///
    /// When the folder holds no finished run, or one of another format.
    pub(crate) fn load(folder: &Path) -> Result<Self, CliError> {
        let path = folder.join("run.json");
        if !path.is_file() {
            return Err(CliError::Usage {
                message: format!("`{}` holds no finished run", folder.display()),
                help: Some(
                    "a run is finished when it has a `run.json`; `equipoise run` makes one"
                        .to_owned(),
                ),
            });
        }
        // The format comes first: another one has other fields.
        let Format { schema } = read_json(&path)?;
        if schema != SCHEMA {
            return Err(CliError::usage(format!(
                "`{}` has the format `{schema}`; this version reads `{SCHEMA}`",
                path.display(),
            )));
        }
        read_json(&path)
    }
}

/// Reads a JSON file of a run folder.
///
/// # Errors
///
/// When it cannot be read, or is not what it should be.
pub(crate) fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, CliError> {
    let bytes = fs_err::read(path).map_err(CliError::file("read a result"))?;
    serde_json::from_slice(&bytes).map_err(|error| CliError::Usage {
        message: format!("`{}` is not as a run writes it: {error}", path.display()),
        help: Some("was it changed by hand? run again in a new folder".to_owned()),
    })
}
