//! The settings of training: as a file has them, and checked.

use serde::{Deserialize, Serialize};

use crate::{Error, schedule::ScheduleKind};

/// The `[pretrain]` table of a config.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PretrainConfig {
    /// What is learnt without labels.
    pub objective: PretrainObjective,
    /// The number of passes over the training part; 1 or more.
    pub epochs: usize,
    /// Rows in a batch; 1 or more.
    pub batch_size: usize,
    /// The share of the features of a row that is masked, in `(0, 1)`.
    pub mask_rate: f64,
    /// The optimizer.
    pub optimizer: OptimizerConfig,
    /// The learning rate over time.
    pub schedule: ScheduleConfig,
    /// The largest norm of all gradients together; above 0. Not set: gradients are not clipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gradient_clip: Option<f64>,
}

impl Default for PretrainConfig {
    fn default() -> Self {
        Self {
            objective: PretrainObjective::MaskedFeatures,
            epochs: 5,
            batch_size: 256,
            mask_rate: 0.3,
            optimizer: OptimizerConfig::default(),
            schedule: ScheduleConfig::default(),
            gradient_clip: None,
        }
    }
}

/// What is learnt without labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PretrainObjective {
    /// Some features of a row are hidden and predicted from the others.
    MaskedFeatures,
}

/// The `[finetune]` table of a config.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FineTuneConfig {
    /// Which weights move.
    pub strategy: Strategy,
    /// The number of passes over the training part; 1 or more.
    pub epochs: usize,
    /// Rows in a batch; 1 or more. A fairness loss compares groups within a batch: see that a
    /// batch holds some rows of each.
    pub batch_size: usize,
    /// The optimizer.
    pub optimizer: OptimizerConfig,
    /// The learning rate over time.
    pub schedule: ScheduleConfig,
    /// The largest norm of all gradients together; above 0. Not set: gradients are not clipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gradient_clip: Option<f64>,
    /// The factor of the explicit L2 term, `l2 * sum(w^2)`, in the loss; 0 or more.
    pub l2: f64,
    /// When to stop before the last epoch. Not set: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_stopping: Option<EarlyStoppingConfig>,
    /// The validation value by which the kept epoch is chosen: the smallest `loss` (the total
    /// loss), `task_loss` or `fairness_loss`, or the largest `accuracy`.
    pub select: Select,
}

impl Default for FineTuneConfig {
    fn default() -> Self {
        Self {
            strategy: Strategy::Full,
            epochs: 8,
            batch_size: 256,
            optimizer: OptimizerConfig::default(),
            schedule: ScheduleConfig::default(),
            gradient_clip: None,
            l2: 0.0,
            early_stopping: None,
            select: Select::Loss,
        }
    }
}

/// Which weights move in fine-tuning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Strategy {
    /// All.
    Full,
    /// The head alone; the base model stays as it was pretrained.
    Head,
}

/// The validation value by which the kept epoch is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Select {
    /// The smallest total loss.
    Loss,
    /// The smallest task loss.
    TaskLoss,
    /// The smallest fairness loss.
    FairnessLoss,
    /// The largest accuracy.
    Accuracy,
}

impl Select {
    /// The key under which an [`equipoise_core::EpochRecord`] has the value.
    pub fn key(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::TaskLoss => "task_loss",
            Self::FairnessLoss => "fairness_loss",
            Self::Accuracy => "accuracy",
        }
    }

    /// Whether `value` is better than `best`. Ties go to the earlier epoch.
    pub fn is_better(self, value: f64, best: f64) -> bool {
        match self {
            Self::Accuracy => value > best,
            _ => value < best,
        }
    }
}

/// The optimizer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OptimizerConfig {
    /// Its kind.
    pub kind: OptimizerKind,
    /// The learning rate at its height; above 0.
    pub learning_rate: f64,
    /// Decoupled weight decay (Loshchilov and Hutter, 2019); 0 or more.
    pub weight_decay: f64,
}

impl Default for OptimizerConfig {
    fn default() -> Self {
        Self {
            kind: OptimizerKind::Adamw,
            learning_rate: 1e-3,
            weight_decay: 1e-2,
        }
    }
}

/// The kind of the optimizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OptimizerKind {
    /// Adam with decoupled weight decay.
    Adamw,
}

/// The learning rate over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScheduleConfig {
    /// Its shape after warm-up.
    pub kind: ScheduleKind,
    /// The share of all steps in which the rate grows linearly from 0; in `[0, 1)`.
    pub warmup: f64,
}

impl Default for ScheduleConfig {
    fn default() -> Self {
        Self {
            kind: ScheduleKind::Cosine,
            warmup: 0.1,
        }
    }
}

/// When to stop before the last epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlyStoppingConfig {
    /// Stop after this many epochs in a row in which [`FineTuneConfig::select`] did not get
    /// better; 1 or more.
    pub patience: usize,
}

impl PretrainConfig {
    /// Checks every value.
    ///
    /// # Errors
    ///
    /// Names the first key whose value is not legal.
    pub fn check(&self) -> Result<(), Error> {
        at_least_one("pretrain.epochs", self.epochs)?;
        at_least_one("pretrain.batch_size", self.batch_size)?;
        within(
            "pretrain.mask_rate",
            self.mask_rate,
            "above 0 and below 1",
            |rate| rate > 0.0 && rate < 1.0,
        )?;
        self.optimizer.check("pretrain.optimizer")?;
        self.schedule.check("pretrain.schedule.warmup")?;
        check_clip("pretrain.gradient_clip", self.gradient_clip)
    }
}

impl FineTuneConfig {
    /// Checks every value.
    ///
    /// # Errors
    ///
    /// Names the first key whose value is not legal.
    pub fn check(&self) -> Result<(), Error> {
        at_least_one("finetune.epochs", self.epochs)?;
        at_least_one("finetune.batch_size", self.batch_size)?;
        self.optimizer.check("finetune.optimizer")?;
        self.schedule.check("finetune.schedule.warmup")?;
        check_clip("finetune.gradient_clip", self.gradient_clip)?;
        within("finetune.l2", self.l2, "finite and 0 or more", |l2| {
            l2 >= 0.0
        })?;
        if let Some(early_stopping) = self.early_stopping {
            at_least_one("finetune.early_stopping.patience", early_stopping.patience)?;
        }
        Ok(())
    }
}

impl OptimizerConfig {
    fn check(&self, table: &str) -> Result<(), Error> {
        within(
            &format!("{table}.learning_rate"),
            self.learning_rate,
            "finite and above 0",
            |rate| rate > 0.0,
        )?;
        within(
            &format!("{table}.weight_decay"),
            self.weight_decay,
            "finite and 0 or more",
            |decay| decay >= 0.0,
        )
    }
}

impl ScheduleConfig {
    fn check(&self, key: &str) -> Result<(), Error> {
        within(key, self.warmup, "0 or more and below 1", |share| {
            (0.0..1.0).contains(&share)
        })
    }
}

fn at_least_one(key: &str, value: usize) -> Result<(), Error> {
    if value == 0 {
        return Err(Error::Setting {
            key: key.to_owned(),
            value: value.to_string(),
            legal: "1 or more",
        });
    }
    Ok(())
}

fn check_clip(key: &str, value: Option<f64>) -> Result<(), Error> {
    value.map_or(Ok(()), |norm| {
        within(key, norm, "finite and above 0", |norm| norm > 0.0)
    })
}

fn within(
    key: &str,
    value: f64,
    legal: &'static str,
    is_legal: impl Fn(f64) -> bool,
) -> Result<(), Error> {
    if value.is_finite() && is_legal(value) {
        return Ok(());
    }
    Err(Error::Setting {
        key: key.to_owned(),
        value: value.to_string(),
        legal,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_legal() {
        PretrainConfig::default().check().unwrap();
        FineTuneConfig::default().check().unwrap();
    }

    #[test]
    fn each_illegal_value_names_its_key() {
        type Change = fn(&mut FineTuneConfig);
        let cases: [(Change, &str); 6] = [
            (
                |c| c.epochs = 0,
                "`finetune.epochs` is 0; legal is 1 or more",
            ),
            (
                |c| c.batch_size = 0,
                "`finetune.batch_size` is 0; legal is 1 or more",
            ),
            (
                |c| c.optimizer.learning_rate = -1.0,
                "`finetune.optimizer.learning_rate` is -1; legal is finite and above 0",
            ),
            (
                |c| c.l2 = f64::NAN,
                "`finetune.l2` is NaN; legal is finite and 0 or more",
            ),
            (
                |c| c.schedule.warmup = 1.0,
                "`finetune.schedule.warmup` is 1; legal is 0 or more and below 1",
            ),
            (
                |c| c.gradient_clip = Some(0.0),
                "`finetune.gradient_clip` is 0; legal is finite and above 0",
            ),
        ];
        for (change, message) in cases {
            let mut config = FineTuneConfig::default();
            change(&mut config);
            assert_eq!(config.check().unwrap_err().to_string(), message);
        }
    }
}
