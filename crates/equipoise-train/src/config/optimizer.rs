//! The optimizer and the learning rate over time.

use serde::{Deserialize, Serialize};

use super::range::{at_least_one, within};
use crate::{Error, schedule::ScheduleKind};

/// The optimizer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct OptimizerConfig {
    /// Its kind.
    pub kind: OptimizerKind,
    /// The learning rate at its height; above 0.
    pub learning_rate: f64,
    /// Decoupled weight decay (Loshchilov and Hutter, 2019); 0 or more, and 0 with `adam`. Where
    /// it is not set, 0.01 with `adamw`.
    pub weight_decay: f64,
    /// What is left of the learning rate from each layer to the one below (Howard and Ruder 2018,
    /// "Universal Language Model Fine-tuning for Text Classification"); above 0 and at most 1. The
    /// head has the whole rate, the last layer `layer_decay` times that, and what stands before
    /// the first layer the least. Not set: all have the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer_decay: Option<f64>,
}

/// The kind of the optimizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OptimizerKind {
    /// Adam (Kingma and Ba, 2015).
    Adam,
    /// Adam with decoupled weight decay.
    #[default]
    Adamw,
}

impl OptimizerKind {
    fn default_weight_decay(self) -> f64 {
        match self {
            Self::Adam => 0.0,
            Self::Adamw => 1e-2,
        }
    }
}

/// The table as it is written: the default of one key depends on another.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    kind: OptimizerKind,
    learning_rate: f64,
    weight_decay: Option<f64>,
    layer_decay: Option<f64>,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            kind: OptimizerKind::default(),
            learning_rate: 1e-3,
            weight_decay: None,
            layer_decay: None,
        }
    }
}

impl From<Written> for OptimizerConfig {
    fn from(written: Written) -> Self {
        Self {
            kind: written.kind,
            learning_rate: written.learning_rate,
            weight_decay: written
                .weight_decay
                .unwrap_or_else(|| written.kind.default_weight_decay()),
            layer_decay: written.layer_decay,
        }
    }
}

impl Default for OptimizerConfig {
    fn default() -> Self {
        Written::default().into()
    }
}

/// The learning rate over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScheduleConfig {
    /// Its shape after warm-up.
    pub kind: ScheduleKind,
    /// The share of all steps in which the rate grows linearly from 0; in `[0, 1)`.
    pub warmup: f64,
    /// With `step`: the number of steps after warm-up between two falls; 1 or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<usize>,
    /// With `step`: what is left of the rate at each fall; above 0 and below 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<f64>,
}

impl Default for ScheduleConfig {
    fn default() -> Self {
        Self {
            kind: ScheduleKind::Cosine,
            warmup: 0.1,
            every: None,
            factor: None,
        }
    }
}

impl OptimizerConfig {
    pub(super) fn check(&self, table: &str) -> Result<(), Error> {
        within(
            &format!("{table}.learning_rate"),
            self.learning_rate,
            "finite and above 0",
            |rate| rate > 0.0,
        )?;
        if let Some(decay) = self.layer_decay {
            within(
                &format!("{table}.layer_decay"),
                decay,
                "above 0 and at most 1",
                |decay| decay > 0.0 && decay <= 1.0,
            )?;
        }
        let key = format!("{table}.weight_decay");
        match self.kind {
            OptimizerKind::Adamw => within(&key, self.weight_decay, "finite and 0 or more", |d| {
                d >= 0.0
            }),
            OptimizerKind::Adam => within(
                &key,
                self.weight_decay,
                "0 with `adam`, or any with `adamw`",
                |decay| decay.abs() < f64::MIN_POSITIVE,
            ),
        }
    }
}

impl ScheduleConfig {
    pub(super) fn check(&self, table: &str) -> Result<(), Error> {
        within(
            &format!("{table}.warmup"),
            self.warmup,
            "0 or more and below 1",
            |share| (0.0..1.0).contains(&share),
        )?;
        let stepped = self.kind == ScheduleKind::Step;
        for (name, there) in [
            ("every", self.every.is_some()),
            ("factor", self.factor.is_some()),
        ] {
            if there != stepped {
                return Err(Error::Setting {
                    key: format!("{table}.{name}"),
                    value: if there { "there" } else { "not there" }.to_owned(),
                    legal: "there with the kind `step`, and with no other",
                });
            }
        }
        if let Some(every) = self.every {
            at_least_one(&format!("{table}.every"), every)?;
        }
        match self.factor {
            Some(factor) => within(
                &format!("{table}.factor"),
                factor,
                "above 0 and below 1",
                |factor| factor > 0.0 && factor < 1.0,
            ),
            None => Ok(()),
        }
    }
}
