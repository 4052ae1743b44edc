//! What a config says about a fairness loss.

use serde::{Deserialize, Serialize};

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
#[serde(deny_unknown_fields)]
pub struct FairnessConfig {
    /// The name of a statistic (`demographic-parity`) or of a whole loss (`kl`).
    pub loss: String,
    /// The name of the penalty that charges a statistic; [`Self::DEFAULT_PENALTY`] where it is
    /// not set. An error beside a whole loss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub penalty: Option<String>,
    /// The weight of the fairness loss beside the task loss; finite, 0 or more.
    pub lambda: f64,
    /// The names of the attributes whose groups are compared; several are crossed.
    pub groups: Vec<String>,
    /// The order of a Renyi divergence; finite and above 0. Needed by `renyi`, an error elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// Within which rows a divergence compares the groups; among all where it is not set. An
    /// error beside a statistic, which has its condition in its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

/// What the rows that are compared have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Condition {
    /// The label: groups are compared among the rows of each label, which reads a divergence as
    /// equalized odds.
    Label,
}

impl FairnessConfig {
    /// The penalty of a statistic for which none is named.
    pub const DEFAULT_PENALTY: &'static str = "gap";

    /// A loss by name with its weight and group attributes; everything else is not set.
    pub fn new<G: Into<String>>(
        loss: impl Into<String>,
        lambda: f64,
        groups: impl IntoIterator<Item = G>,
    ) -> Self {
        Self {
            loss: loss.into(),
            penalty: None,
            lambda,
            groups: groups.into_iter().map(Into::into).collect(),
            alpha: None,
            condition: None,
        }
    }

    /// The same with a penalty.
    #[must_use]
    pub fn with_penalty(mut self, penalty: impl Into<String>) -> Self {
        self.penalty = Some(penalty.into());
        self
    }

    /// The same with the order of a Renyi divergence.
    #[must_use]
    pub fn with_alpha(mut self, alpha: f64) -> Self {
        self.alpha = Some(alpha);
        self
    }

    /// The same within the rows of a condition.
    #[must_use]
    pub fn with_condition(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }

    /// The options that are set and that only some losses read.
    pub(crate) fn options_set(&self) -> Vec<LossOption> {
        let mut options = Vec::new();
        if self.alpha.is_some() {
            options.push(LossOption::Alpha);
        }
        if self.condition.is_some() {
            options.push(LossOption::Condition);
        }
        options
    }
}

/// An option of [`FairnessConfig`] that a loss reads only if its specification says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LossOption {
    /// [`FairnessConfig::alpha`].
    Alpha,
    /// [`FairnessConfig::condition`].
    Condition,
}

impl LossOption {
    /// The option's key in a config.
    pub fn key(self) -> &'static str {
        match self {
            Self::Alpha => "alpha",
            Self::Condition => "condition",
        }
    }
}
