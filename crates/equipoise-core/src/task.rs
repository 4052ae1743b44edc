//! What is predicted: two classes, several, or a number.

use serde::{Deserialize, Serialize};

/// The kind of the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Task {
    /// One of two classes. The target is 1 for `positive` and 0 for every other label.
    Binary {
        /// The label that counts as positive (`">50K"`).
        positive: String,
    },
    /// One of several classes. The target is the index into `classes`.
    Multiclass {
        /// The labels, in the order of the model's outputs.
        classes: Vec<String>,
    },
    /// A number.
    Regression,
}

impl Task {
    /// The number of outputs that a head for this task has: one logit for two classes, one logit
    /// a class for several, one value for a number.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Binary { .. } | Self::Regression => 1,
            Self::Multiclass { classes } => classes.len(),
        }
    }
}
