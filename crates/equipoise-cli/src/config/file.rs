//! A configuration as a file has it.

use equipoise_data::DataConfig;
use equipoise_metrics::{AuditOptions, Convention};
use equipoise_models::ModelConfig;
use equipoise_train::{FineTuneConfig, PretrainConfig};
use serde::{Deserialize, Serialize};

use super::FairnessTables;

/// A configuration as a file has it: every value is of the right type, and nothing more is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfigFile {
    /// The heading of the report; the name of the file where it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// The seed of every random step; 0 where it is not set.
    #[serde(default)]
    pub(crate) seed: u64,
    /// Where tensors live; `auto` where it is not set.
    #[serde(default = "auto")]
    pub(crate) device: String,
    /// Where the data are, what is predicted, and who is who.
    pub(crate) data: DataConfig,
    /// The base model.
    pub(crate) model: ModelConfig,
    /// Pretraining; none where the table is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pretrain: Option<PretrainConfig>,
    /// Fine-tuning.
    #[serde(default)]
    pub(crate) finetune: FineTuneConfig,
    /// The fairness losses; none where the table is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fairness: Option<FairnessTables>,
    /// How the models are audited.
    #[serde(default)]
    pub(crate) audit: AuditConfig,
}

pub(super) fn auto() -> String {
    "auto".to_owned()
}

/// The `[audit]` table: how the models are audited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AuditConfig {
    /// The metrics by name; all that the data allow where it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metrics: Option<Vec<String>>,
    /// The level of the intervals, above 0 and below 1.
    pub(crate) confidence: f64,
    /// Groups with fewer rows are marked as small; the convention's own number where not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_count: Option<u64>,
    /// Whether small groups are left out of differences, ratios, minima and maxima.
    pub(crate) min_count_excludes: bool,
    /// Whose rules hold for empty denominators and small groups.
    pub(crate) convention: Convention,
    /// The score from which a row is predicted positive, in `[0, 1]`.
    pub(crate) threshold: f64,
    /// The number of bootstrap replicates; with 0 nothing is bootstrapped.
    pub(crate) replicates: usize,
}

impl Default for AuditConfig {
    fn default() -> Self {
        let AuditOptions {
            metrics,
            confidence,
            min_count,
            min_count_excludes,
            convention,
            threshold,
            replicates,
            ..
        } = AuditOptions::default();
        Self {
            metrics,
            confidence,
            min_count,
            min_count_excludes,
            convention,
            threshold,
            replicates,
        }
    }
}

impl AuditConfig {
    /// The options of an audit with the seed of the run.
    pub(crate) fn options(&self, seed: u64) -> AuditOptions {
        AuditOptions {
            metrics: self.metrics.clone(),
            confidence: self.confidence,
            min_count: self.min_count,
            min_count_excludes: self.min_count_excludes,
            convention: self.convention,
            threshold: self.threshold,
            replicates: self.replicates,
            seed,
            ..AuditOptions::default()
        }
    }
}
