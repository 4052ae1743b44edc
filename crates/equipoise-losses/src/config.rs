//! What a config says about a fairness loss.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Error, LambdaConfig, OptionValue};

/// One fairness loss by name, with its options: the section `[fairness]` of a config.
///
/// ```
/// use equipoise_losses::{FairnessConfig, Registry};
///
/// let config = FairnessConfig::new("equalized-odds", 1.0, ["sex"]);
/// let loss = Registry::default().build(&config)?;
/// assert_eq!(loss.name(), "equalized-odds/gap");
/// # Ok::<(), equipoise_losses::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FairnessConfig {
    /// The name of a statistic (`demographic-parity`) or of a whole loss (`kl`).
    pub loss: String,
    /// The name of the penalty that charges a statistic; [`Self::DEFAULT_PENALTY`] where it is
    /// not set. An error beside a whole loss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub penalty: Option<String>,
    /// The weight of the fairness loss beside the task loss: a number, finite, 0 or more, or how
    /// it is found.
    pub lambda: LambdaConfig,
    /// How the gradients of the task and of this loss become one step.
    #[serde(default, skip_serializing_if = "JoinGradients::is_sum")]
    pub gradients: JoinGradients,
    /// The names of the attributes whose groups are compared; several are crossed.
    pub groups: Vec<String>,
    /// What only some losses read, by key; the registry refuses keys that the loss does not
    /// declare.
    #[serde(flatten)]
    pub options: BTreeMap<String, OptionValue>,
}

/// How the gradients of the task and of a fairness loss become one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum JoinGradients {
    /// `g + lambda f`: the gradient of the weighed sum of the losses.
    #[default]
    Sum,
    /// `g - proj_f g + lambda f`: what of the task's gradient lies along the fairness gradient,
    /// in its direction or against it, is taken out first (Zhang, Lemoine and Mitchell 2018).
    Projection,
}

impl JoinGradients {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over a reference"
    )]
    fn is_sum(&self) -> bool {
        *self == Self::Sum
    }
}

/// What the rows that are compared have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Condition {
    /// The label: groups are compared among the rows of each label, which reads a divergence as
    /// equalized odds.
    Label,
}

impl FairnessConfig {
    /// The penalty of a statistic for which none is named.
    pub const DEFAULT_PENALTY: &'static str = "gap";

    /// The keys that are the same for every loss.
    pub const KEYS: &'static [&'static str] = &["loss", "penalty", "lambda", "gradients", "groups"];

    /// A loss by name with its weight and group attributes; everything else is not set.
    pub fn new<G: Into<String>>(
        loss: impl Into<String>,
        lambda: impl Into<LambdaConfig>,
        groups: impl IntoIterator<Item = G>,
    ) -> Self {
        Self {
            loss: loss.into(),
            penalty: None,
            lambda: lambda.into(),
            gradients: JoinGradients::default(),
            groups: groups.into_iter().map(Into::into).collect(),
            options: BTreeMap::new(),
        }
    }

    /// Checks the weight, and how its gradient is joined.
    ///
    /// # Errors
    ///
    /// When a value of `lambda` is not legal, or when a weight that is found for a target is to be
    /// joined by projection.
    pub fn check(&self) -> Result<(), Error> {
        self.lambda.check()?;
        if self.gradients == JoinGradients::Projection
            && matches!(self.lambda, LambdaConfig::Target(_))
        {
            return Err(Error::IllegalOption {
                option: "gradients",
                value: "projection".to_owned(),
                legal: "sum beside `lambda = { target = .. }`",
            });
        }
        Ok(())
    }

    /// The same with a penalty.
    #[must_use]
    pub fn with_penalty(mut self, penalty: impl Into<String>) -> Self {
        self.penalty = Some(penalty.into());
        self
    }

    /// The same with an option that the loss reads, such as `alpha`.
    #[must_use]
    pub fn with_option(mut self, key: impl Into<String>, value: impl Into<OptionValue>) -> Self {
        self.options.insert(key.into(), value.into());
        self
    }
}
