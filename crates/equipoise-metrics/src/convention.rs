//! What to do where systems disagree.

use std::{fmt, str::FromStr};

use equipoise_core::closest;
use serde::{Deserialize, Serialize};

use crate::Error;

/// A named set of answers to the questions on which fairness toolkits differ.
///
/// | question | [`Equipoise`](Self::Equipoise) | [`Fairlearn`](Self::Fairlearn) |
/// |---|---|---|
/// | a rate with an empty denominator | not estimable | 0 |
/// | balanced accuracy of one class | not estimable | the recall of that class |
/// | Matthews correlation without spread | not estimable | 0 |
/// | fewer than two groups | a gap is not estimable | difference 0, ratio 1 |
/// | a ratio with a negative value | not estimable | the quotient as it comes |
/// | groups below `min_count` | 30 by default, marked | 0 by default |
///
/// Under both, an empty intersection has no value and no part in an aggregate, and no area under a
/// curve is made up for a group of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Convention {
    /// What cannot be estimated has no value.
    #[default]
    Equipoise,
    /// The numbers of fairlearn 0.15 with scikit-learn 1.9.
    Fairlearn,
}

impl Convention {
    /// All conventions.
    pub const ALL: [Self; 2] = [Self::Equipoise, Self::Fairlearn];

    /// The name as options and files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equipoise => "equipoise",
            Self::Fairlearn => "fairlearn",
        }
    }

    /// The group size below which a group is marked as small, where nothing else is said.
    pub fn default_min_count(self) -> u64 {
        match self {
            Self::Equipoise => 30,
            Self::Fairlearn => 0,
        }
    }
}

impl fmt::Display for Convention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Convention {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let names = Self::ALL.map(Self::name);
        Self::ALL
            .into_iter()
            .find(|convention| convention.name() == name)
            .ok_or_else(|| Error::UnknownConvention {
                name: name.to_owned(),
                legal: names.join(", "),
                closest: closest(name, names).map(str::to_owned),
            })
    }
}
