//! The settings of training: as a file has them, and checked.

mod optimizer;
mod pretrain;
mod range;
pub(crate) mod select;
mod strategy;

use serde::{Deserialize, Serialize};

pub use self::optimizer::{OptimizerConfig, OptimizerKind, ScheduleConfig};
pub use self::pretrain::{PretrainConfig, PretrainObjective};
use self::range::{at_least_one, check_clip, within};
pub use self::select::Select;
pub use self::strategy::{LastLayersConfig, Strategy};
use crate::Error;

/// The `[finetune]` table of a config.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FineTuneConfig {
    /// Which weights move.
    pub strategy: Strategy,
    /// The number of passes over the training part; 1 or more. Not read where `steps` is set.
    pub epochs: usize,
    /// The number of steps, 1 or more, in place of a number of passes: the last pass may end
    /// early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<usize>,
    /// In which shares the groups come.
    pub sampler: Sampler,
    /// Training twice, the second time with the mistakes of the first in larger numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub just_train_twice: Option<JustTrainTwiceConfig>,
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
    /// Running means of the weights. They are what is validated and what is kept. Not set: the
    /// weights themselves are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average: Option<AverageConfig>,
    /// The validation value by which the kept epoch is chosen. Not set: [`Select::WithinTarget`]
    /// where a fairness loss has a target, and [`Select::Loss`] elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub select: Option<Select>,
}

impl Default for FineTuneConfig {
    fn default() -> Self {
        Self {
            strategy: Strategy::Full,
            epochs: 8,
            steps: None,
            sampler: Sampler::default(),
            just_train_twice: None,
            batch_size: 256,
            optimizer: OptimizerConfig::default(),
            schedule: ScheduleConfig::default(),
            gradient_clip: None,
            l2: 0.0,
            early_stopping: None,
            average: None,
            select: None,
        }
    }
}

/// In which shares the rows of the training part come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Sampler {
    /// Every row once in an epoch, in a new order each time.
    #[default]
    Shuffled,
    /// In every batch as many rows of each group: an epoch has as many rows as ever, those of
    /// large groups left out at random and those of small groups repeated.
    GroupBalanced,
    /// The same for every group and label.
    LabelGroupBalanced,
}

/// Just train twice (Liu et al. 2021): the rows that a first model gets wrong come several times
/// in the training of the second. No groups are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JustTrainTwiceConfig {
    /// The passes of the first training; 1 or more.
    pub epochs: usize,
    /// How often a row comes that the first model gets wrong; 1 or more.
    pub upweight: usize,
}

/// Running means of the weights over the steps (Polyak and Juditsky 1992).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AverageConfig {
    /// The share of the means that a step keeps, above 0 and below 1: with 0.99 they run over the
    /// last 100 steps or so. In step `t` it is at most `(1 + t) / (10 + t)`, so that the first
    /// steps are soon forgotten.
    pub decay: f64,
}

/// When to stop before the last epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlyStoppingConfig {
    /// Stop after this many epochs in a row in which [`FineTuneConfig::select`] did not get
    /// better; 1 or more.
    pub patience: usize,
}

impl FineTuneConfig {
    /// Checks every value.
    ///
    /// # Errors
    ///
    /// Names the first key whose value is not legal.
    pub fn check(&self) -> Result<(), Error> {
        at_least_one("finetune.epochs", self.epochs)?;
        if let Some(steps) = self.steps {
            at_least_one("finetune.steps", steps)?;
        }
        if let Some(twice) = self.just_train_twice {
            at_least_one("finetune.just_train_twice.epochs", twice.epochs)?;
            at_least_one("finetune.just_train_twice.upweight", twice.upweight)?;
            if self.sampler != Sampler::Shuffled {
                return Err(Error::Setting {
                    key: "finetune.sampler".to_owned(),
                    value: "there beside `just_train_twice`".to_owned(),
                    legal: "one of the two: both say how often a row comes",
                });
            }
        }
        at_least_one("finetune.batch_size", self.batch_size)?;
        self.optimizer.check("finetune.optimizer")?;
        self.schedule.check("finetune.schedule")?;
        check_clip("finetune.gradient_clip", self.gradient_clip)?;
        within("finetune.l2", self.l2, "finite and 0 or more", |l2| {
            l2 >= 0.0
        })?;
        self.strategy.check()?;
        if self.l2 > 0.0 && matches!(self.strategy, Strategy::Lora(_)) {
            return Err(Error::Setting {
                key: "finetune.l2".to_owned(),
                value: self.l2.to_string(),
                legal: "0 with adapters, whose weights stay; `optimizer.weight_decay` holds the \
                        factors",
            });
        }
        if let Some(average) = self.average {
            within(
                "finetune.average.decay",
                average.decay,
                "above 0 and below 1",
                |decay| decay > 0.0 && decay < 1.0,
            )?;
        }
        if let Some(early_stopping) = self.early_stopping {
            at_least_one("finetune.early_stopping.patience", early_stopping.patience)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use equipoise_models::LoraConfig;

    use super::*;
    use crate::schedule::ScheduleKind;

    #[test]
    fn defaults_are_legal() {
        FineTuneConfig::default().check().unwrap();
    }

    #[test]
    fn each_illegal_value_names_its_key() {
        type Change = fn(&mut FineTuneConfig);
        let cases: [(Change, &str); 17] = [
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
                |c| c.steps = Some(0),
                "`finetune.steps` is 0; legal is 1 or more",
            ),
            (
                |c| c.schedule.kind = ScheduleKind::Step,
                "`finetune.schedule.every` is not there; legal is there with the kind `step`, \
                 and with no other",
            ),
            (
                |c| c.schedule.factor = Some(0.1),
                "`finetune.schedule.factor` is there; legal is there with the kind `step`, and \
                 with no other",
            ),
            (
                |c| c.optimizer.kind = OptimizerKind::Adam,
                "`finetune.optimizer.weight_decay` is 0.01; legal is 0 with `adam`, or any with \
                 `adamw`",
            ),
            (
                |c| {
                    c.sampler = Sampler::GroupBalanced;
                    c.just_train_twice = Some(JustTrainTwiceConfig {
                        epochs: 1,
                        upweight: 5,
                    });
                },
                "`finetune.sampler` is there beside `just_train_twice`; legal is one of the two: \
                 both say how often a row comes",
            ),
            (
                |c| c.average = Some(AverageConfig { decay: 1.0 }),
                "`finetune.average.decay` is 1; legal is above 0 and below 1",
            ),
            (
                |c| c.strategy = Strategy::LastLayers(LastLayersConfig { layers: 0 }),
                "`finetune.strategy.layers` is 0; legal is 1 or more",
            ),
            (
                |c| {
                    c.strategy = Strategy::Lora(LoraConfig {
                        rank: 0,
                        ..LoraConfig::default()
                    });
                },
                "`rank` of low-rank adapters is 0; legal is 1 or more",
            ),
            (
                |c| {
                    c.strategy = Strategy::Lora(LoraConfig::default());
                    c.l2 = 0.1;
                },
                "`finetune.l2` is 0.1; legal is 0 with adapters, whose weights stay; \
                 `optimizer.weight_decay` holds the factors",
            ),
            (
                |c| c.optimizer.layer_decay = Some(0.0),
                "`finetune.optimizer.layer_decay` is 0; legal is above 0 and at most 1",
            ),
            (
                |c| c.optimizer.layer_decay = Some(1.1),
                "`finetune.optimizer.layer_decay` is 1.1; legal is above 0 and at most 1",
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
