//! What a config says about a fairness loss.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::OptionValue;

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
    /// The weight of the fairness loss beside the task loss; finite, 0 or more.
    pub lambda: f64,
    /// The names of the attributes whose groups are compared; several are crossed.
    pub groups: Vec<String>,
    /// What only some losses read, by key; the registry refuses keys that the loss does not
    /// declare.
    #[serde(flatten)]
    pub options: BTreeMap<String, OptionValue>,
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
    pub const KEYS: &'static [&'static str] = &["loss", "penalty", "lambda", "groups"];

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
            options: BTreeMap::new(),
        }
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
