//! What happened in training, epoch by epoch.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The history of one model: `equipoise.history/1`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct TrainingHistory {
    /// The version of the format.
    pub schema: HistorySchema,
    /// The stages, in order: pretraining where there was one, then fine-tuning.
    pub stages: Vec<StageHistory>,
}

/// The version of the format of a [`TrainingHistory`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum HistorySchema {
    /// The first.
    #[default]
    #[serde(rename = "equipoise.history/1")]
    V1,
}

/// One stage of training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageHistory {
    /// `pretrain` or `finetune`.
    pub stage: String,
    /// The epochs, from 1.
    pub epochs: Vec<EpochRecord>,
    /// The epoch whose weights were kept.
    pub best_epoch: usize,
    /// Whether training ended before its last epoch because nothing got better.
    pub stopped_early: bool,
}

/// One epoch.
///
/// Values are keyed by name: `loss` (the total), `task_loss`, `fairness_loss`, `l2`, `accuracy`,
/// gaps such as `demographic_parity_difference/sex`, and rates by group such as
/// `selection_rate/sex=Female`. A value that could not be estimated is not there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochRecord {
    /// The number, from 1.
    pub epoch: usize,
    /// The learning rate of the epoch's last step.
    pub learning_rate: f64,
    /// The weight of the fairness loss; `None` where there is none, or where there are several,
    /// whose weights are in [`Self::train`] under their [`term_key`].
    pub lambda: Option<f64>,
    /// Means over the training part, while the weights were moving.
    pub train: BTreeMap<String, f64>,
    /// Values on the whole validation part, after the epoch.
    pub valid: BTreeMap<String, f64>,
}

/// The key of a value of one of several fairness losses, by its place in their order from 0:
/// `lambda/1` is that of the first.
pub fn term_key(value: &str, index: usize) -> String {
    format!("{value}/{}", index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_names_its_format_first_and_no_other_is_read() {
        let history = TrainingHistory::default();
        let text = serde_json::to_string(&history).unwrap();
        assert_eq!(text, r#"{"schema":"equipoise.history/1","stages":[]}"#);
        let read = |text: &str| serde_json::from_str::<TrainingHistory>(text);
        assert_eq!(read(&text).unwrap(), history);
        let other = read(&text.replace("/1", "/2")).unwrap_err().to_string();
        assert!(other.contains("equipoise.history/2"), "{other}");
        assert!(read(r#"{"stages":[]}"#).is_err());
    }
}
