//! Pretraining.

use serde::{Deserialize, Serialize};

use super::{
    OptimizerConfig, ScheduleConfig,
    range::{at_least_one, check_clip, within},
};
use crate::Error;

/// The `[pretrain]` table of a config.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct PretrainConfig {
    /// What is learnt without labels.
    pub objective: PretrainObjective,
    /// The number of epochs, which are passes over the training part; 1 or more. Not read where
    /// `steps` is set.
    pub epochs: usize,
    /// The number of steps, 1 or more, in place of a number of epochs: the last epoch may end
    /// early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<usize>,
    /// The number of steps of an epoch, 1 or more, in place of a pass: how often the model is judged
    /// and kept. There with `masked-language` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch_steps: Option<usize>,
    /// Rows, or windows of texts, in a batch; 1 or more.
    pub batch_size: usize,
    /// In how many parts a batch goes through the model, 1 or more; their gradients are added. Other
    /// than 1 with `masked-language` alone.
    pub accumulation: usize,
    /// The share of the features of a row, or of the tokens of a text, that is hidden, in `(0, 1)`.
    /// Where it is not set, 0.3 of the features or 0.15 of the tokens.
    pub mask_rate: f64,
    /// Whether the tokens of a word are hidden together. There with `masked-language` alone, where
    /// it is true if it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole_words: Option<bool>,
    /// The optimizer.
    pub optimizer: OptimizerConfig,
    /// The learning rate over time.
    pub schedule: ScheduleConfig,
    /// The largest norm of all gradients together; above 0. Not set: gradients are not clipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gradient_clip: Option<f64>,
}

/// What is learnt without labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PretrainObjective {
    /// Some features of a row are hidden and predicted from the others.
    #[default]
    MaskedFeatures,
    /// Some tokens of a text are hidden and guessed from the others.
    MaskedLanguage,
}

/// The table as it is written: some defaults depend on the objective.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    objective: PretrainObjective,
    epochs: usize,
    steps: Option<usize>,
    epoch_steps: Option<usize>,
    batch_size: usize,
    accumulation: usize,
    mask_rate: Option<f64>,
    whole_words: Option<bool>,
    optimizer: OptimizerConfig,
    schedule: ScheduleConfig,
    gradient_clip: Option<f64>,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            objective: PretrainObjective::default(),
            epochs: 5,
            steps: None,
            epoch_steps: None,
            batch_size: 256,
            accumulation: 1,
            mask_rate: None,
            whole_words: None,
            optimizer: OptimizerConfig::default(),
            schedule: ScheduleConfig::default(),
            gradient_clip: None,
        }
    }
}

impl From<Written> for PretrainConfig {
    fn from(written: Written) -> Self {
        let (mask_rate, whole_words) = match written.objective {
            PretrainObjective::MaskedFeatures => (0.3, written.whole_words),
            PretrainObjective::MaskedLanguage => (0.15, written.whole_words.or(Some(true))),
        };
        Self {
            objective: written.objective,
            epochs: written.epochs,
            steps: written.steps,
            epoch_steps: written.epoch_steps,
            batch_size: written.batch_size,
            accumulation: written.accumulation,
            mask_rate: written.mask_rate.unwrap_or(mask_rate),
            whole_words,
            optimizer: written.optimizer,
            schedule: written.schedule,
            gradient_clip: written.gradient_clip,
        }
    }
}

impl Default for PretrainConfig {
    fn default() -> Self {
        Written::default().into()
    }
}

impl PretrainConfig {
    /// The settings of an objective where a config names nothing else.
    pub fn of(objective: PretrainObjective) -> Self {
        Written {
            objective,
            ..Written::default()
        }
        .into()
    }

    /// Checks every value.
    ///
    /// # Errors
    ///
    /// Names the first key whose value is not legal.
    pub fn check(&self) -> Result<(), Error> {
        at_least_one("pretrain.epochs", self.epochs)?;
        if let Some(steps) = self.steps {
            at_least_one("pretrain.steps", steps)?;
        }
        if let Some(steps) = self.epoch_steps {
            at_least_one("pretrain.epoch_steps", steps)?;
        }
        at_least_one("pretrain.batch_size", self.batch_size)?;
        at_least_one("pretrain.accumulation", self.accumulation)?;
        within(
            "pretrain.mask_rate",
            self.mask_rate,
            "above 0 and below 1",
            |rate| rate > 0.0 && rate < 1.0,
        )?;
        if self.objective == PretrainObjective::MaskedFeatures {
            let only_language = |key: &str, value: String| Error::Setting {
                key: format!("pretrain.{key}"),
                value,
                legal: "there with `objective = \"masked-language\"`, and with no other",
            };
            if self.accumulation != 1 {
                return Err(only_language("accumulation", self.accumulation.to_string()));
            }
            if let Some(steps) = self.epoch_steps {
                return Err(only_language("epoch_steps", steps.to_string()));
            }
            if let Some(whole_words) = self.whole_words {
                return Err(only_language("whole_words", whole_words.to_string()));
            }
        }
        self.optimizer.check("pretrain.optimizer")?;
        if self.optimizer.layer_decay.is_some() {
            return Err(Error::Setting {
                key: "pretrain.optimizer.layer_decay".to_owned(),
                value: "there".to_owned(),
                legal: "in `[finetune]` alone: it spares what pretraining has learnt",
            });
        }
        self.schedule.check("pretrain.schedule")?;
        check_clip("pretrain.gradient_clip", self.gradient_clip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_legal_and_those_of_the_objective() {
        let features = PretrainConfig::default();
        features.check().unwrap();
        let language = PretrainConfig::of(PretrainObjective::MaskedLanguage);
        language.check().unwrap();
        assert!((features.mask_rate - 0.3).abs() < 1e-12);
        assert!((language.mask_rate - 0.15).abs() < 1e-12);
        assert_eq!(language.whole_words, Some(true));
    }

    #[test]
    fn each_illegal_value_names_its_key() {
        type Change = fn(&mut PretrainConfig);
        let cases: [(Change, &str); 5] = [
            (
                |c| c.epoch_steps = Some(0),
                "`pretrain.epoch_steps` is 0; legal is 1 or more",
            ),
            (
                |c| c.accumulation = 0,
                "`pretrain.accumulation` is 0; legal is 1 or more",
            ),
            (
                |c| c.accumulation = 2,
                "`pretrain.accumulation` is 2; legal is there with `objective = \
                 \"masked-language\"`, and with no other",
            ),
            (
                |c| c.whole_words = Some(true),
                "`pretrain.whole_words` is true; legal is there with `objective = \
                 \"masked-language\"`, and with no other",
            ),
            (
                |c| c.mask_rate = 1.0,
                "`pretrain.mask_rate` is 1; legal is above 0 and below 1",
            ),
        ];
        for (change, message) in cases {
            let mut config = PretrainConfig::default();
            change(&mut config);
            assert_eq!(config.check().unwrap_err().to_string(), message);
        }
    }
}
