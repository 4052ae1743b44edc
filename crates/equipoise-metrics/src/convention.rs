//! What to do where systems disagree.

use std::{fmt, str::FromStr};

use equipoise_core::closest;
use serde::{Deserialize, Serialize};

use crate::{Error, Method, NotEstimable, Scope, aggregate::AggregateKind};

/// A named set of answers to the questions on which fairness toolkits differ.
///
/// | question | [`Equipoise`](Self::Equipoise) | [`Fairlearn`](Self::Fairlearn) | [`Aif360`](Self::Aif360) | [`Aequitas`](Self::Aequitas) | [`Ffb`](Self::Ffb) |
/// |---|---|---|---|---|---|
/// | a rate among the rows of one label, none of them there | not estimable | 0 | not estimable | not estimable | not estimable |
/// | a rate among the rows of one prediction, none of them there | not estimable | 0 | 0 | not estimable | not estimable |
/// | balanced accuracy of one class | not estimable | the recall of that class | not estimable | not estimable | not estimable |
/// | Matthews correlation without spread | not estimable | 0 | not estimable | not estimable | not estimable |
/// | difference | largest minus smallest | the same | signed, of each group to the reference | none | of two groups, without sign |
/// | ratio | smallest over largest | the same | of each group to the reference | of each group to the reference | of two groups, the smaller of `r` and `1 / r` |
/// | a ratio to 0 | not estimable | not estimable | not estimable | 10 | `1e-8` is added to the divisor |
/// | the reference group | as named | as named | as named, and needed | as named, else the largest | none |
/// | equalized odds | max, mean, sum of the gaps | the same | max, mean, and the signed mean | none | sum |
/// | fewer than two groups | a gap is not estimable | difference 0, ratio 1 | not estimable | not estimable | 0 |
/// | more than two groups | compared | compared | each with the reference | each with the reference | not estimable |
/// | a ratio with a negative value | not estimable | the quotient as it comes | not estimable | not estimable | not estimable |
/// | groups below `min_count` | 30 by default, marked | 0 by default | 0 by default | 0 by default | 0 by default |
///
/// Under all of them, an empty intersection has no value and no part in an aggregate, and no area
/// under a curve is made up for a group of one class. What a toolkit does not define is listed
/// without a value, with that as its reason. A metric that a toolkit does not have follows its
/// rules of comparison. Shares are fractions under all conventions, also where a toolkit prints
/// per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Convention {
    /// What cannot be estimated has no value.
    #[default]
    Equipoise,
    /// The numbers of fairlearn 0.15 with scikit-learn 1.9.
    Fairlearn,
    /// The numbers of AIF360 0.6, `ClassificationMetric`: signed differences and ratios, each
    /// group (`unprivileged_groups`) to the reference group (`privileged_groups`).
    Aif360,
    /// The numbers of Aequitas 1.0, `Bias`: ratios of each group to the reference group.
    Aequitas,
    /// The numbers of the Fair Fairness Benchmark (commit 6b6c1f0), `metrics.py`, divided by 100:
    /// absolute gaps of two groups.
    Ffb,
}

impl Convention {
    /// All conventions.
    pub const ALL: [Self; 5] = [
        Self::Equipoise,
        Self::Fairlearn,
        Self::Aif360,
        Self::Aequitas,
        Self::Ffb,
    ];

    /// The name as options and files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equipoise => "equipoise",
            Self::Fairlearn => "fairlearn",
            Self::Aif360 => "aif360",
            Self::Aequitas => "aequitas",
            Self::Ffb => "ffb",
        }
    }

    /// The group size below which a group is marked as small, where nothing else is said.
    pub fn default_min_count(self) -> u64 {
        match self {
            Self::Equipoise => 30,
            Self::Fairlearn | Self::Aif360 | Self::Aequitas | Self::Ffb => 0,
        }
    }

    /// Whether each attribute must have a reference group that the user names.
    pub fn needs_reference(self) -> bool {
        self == Self::Aif360
    }

    /// An error where the toolkit has no such aggregate.
    pub(crate) fn check_defines(self, kind: AggregateKind) -> Result<(), NotEstimable> {
        let defined = match self {
            Self::Equipoise | Self::Fairlearn => true,
            Self::Aif360 => matches!(
                (kind.scope, kind.method),
                (
                    Scope::Difference,
                    Some(Method::ToReference | Method::Max | Method::Mean)
                ) | (Scope::Ratio, Some(Method::ToReference))
            ),
            Self::Aequitas => {
                kind.scope == Scope::Ratio && kind.method == Some(Method::ToReference)
            }
            Self::Ffb => matches!(
                (kind.scope, kind.method),
                (Scope::Difference, Some(Method::BetweenGroups | Method::Sum))
                    | (Scope::Ratio, Some(Method::BetweenGroups))
            ),
        };
        if defined {
            Ok(())
        } else {
            Err(NotEstimable::Undefined(self))
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
