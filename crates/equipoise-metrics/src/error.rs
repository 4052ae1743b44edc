//! The errors of this crate.

use equipoise_core::Help;

use crate::Convention;

/// What can be wrong with the input of an audit.
///
/// A metric that cannot be estimated is no error: see [`NotEstimable`](crate::NotEstimable).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to count.
    #[error("there are no rows to audit")]
    NoRows,
    /// No group attribute is given.
    #[error("no group attribute is given")]
    NoAttributes,
    /// The attributes have too many intersections.
    #[error("{found} group attributes are given, and at most {legal} are legal")]
    TooManyAttributes {
        /// How many are given.
        found: usize,
        /// How many are legal.
        legal: usize,
    },
    /// Neither predictions nor scores are given.
    #[error("neither predictions nor scores are given")]
    NoPredictions,
    /// Two columns differ in length.
    #[error("expected {expected} {what}, found {found}")]
    Lengths {
        /// What was counted.
        what: &'static str,
        /// The number of labels.
        expected: usize,
        /// The number found.
        found: usize,
    },
    /// A label or a prediction is neither 0 nor 1.
    #[error("{what} of row {row} (counted from 0) is {value}, and only 0 and 1 are legal")]
    NotBinary {
        /// `label` or `prediction`.
        what: &'static str,
        /// The row, counted from 0 in the slices that were handed over.
        row: usize,
        /// The value found.
        value: u8,
    },
    /// A score is NaN or outside `[0, 1]`.
    #[error(
        "score of row {row} (counted from 0) is {value}, and only numbers from 0 to 1 are legal"
    )]
    Score {
        /// The row, counted from 0 in the slices that were handed over.
        row: usize,
        /// The value found.
        value: f64,
    },
    /// A group code does not exist.
    #[error(
        "row {row} (counted from 0) has group code {code} for `{attribute}`, and only codes below \
         {values} are legal"
    )]
    GroupCode {
        /// The attribute.
        attribute: String,
        /// The row, counted from 0 in the slices that were handed over.
        row: usize,
        /// The code.
        code: u32,
        /// How many values the attribute has.
        values: usize,
    },
    /// Two cubes of different groups cannot be added.
    #[error("a cube of [{left}] cannot be merged with one of [{right}]: their groups differ")]
    Schemas {
        /// The attributes of one cube.
        left: String,
        /// The attributes of the other.
        right: String,
    },
    /// An attribute position does not exist.
    #[error("attribute position {position} does not exist, there are {attributes} attributes")]
    Position {
        /// The position asked for.
        position: usize,
        /// How many attributes there are.
        attributes: usize,
    },
    /// A setting lies outside its legal range.
    #[error("`{setting}` is {value}, and {legal} is legal")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// The value found.
        value: f64,
        /// What is legal, in words.
        legal: &'static str,
    },
    /// The bootstrap would hold too many numbers in memory.
    #[error(
        "the bootstrap of {groups} groups would hold {values} values of each of {replicates} \
         replicates, and at most {legal} numbers in all are legal"
    )]
    BootstrapSize {
        /// The number of groups with rows in the full intersection.
        groups: usize,
        /// How many values each replicate has.
        values: usize,
        /// The number of replicates.
        replicates: usize,
        /// How many numbers are legal.
        legal: usize,
    },
    /// A metric is not in the registry.
    #[error("metric `{name}` does not exist")]
    UnknownMetric {
        /// The name asked for.
        name: String,
        /// The closest name that exists.
        closest: Option<String>,
    },
    /// A metric needs scores, and there are none.
    #[error("metric `{metric}` needs scores, and none are given")]
    NeedsScores {
        /// The metric.
        metric: &'static str,
    },
    /// A metric needs control attributes, and there are none.
    #[error("metric `{metric}` needs control attributes, and none are given")]
    NeedsControls {
        /// The metric.
        metric: &'static str,
    },
    /// An option names an attribute that does not exist, or is not compared.
    #[error("`{option}` names `{name}`, which is not among the groups that are compared")]
    UnknownAttribute {
        /// The option.
        option: &'static str,
        /// The name.
        name: String,
        /// The closest name that exists.
        closest: Option<String>,
    },
    /// The reference group does not exist.
    #[error("the reference group `{value}` is no value of `{attribute}`")]
    UnknownGroup {
        /// The attribute.
        attribute: String,
        /// The value asked for.
        value: String,
        /// The closest value that exists.
        closest: Option<String>,
    },
    /// An attribute has two reference groups.
    #[error("`{attribute}` has two reference groups, and one is legal")]
    TwoReferences {
        /// The attribute.
        attribute: String,
    },
    /// A convention compares with a reference group, and there is none.
    #[error("the convention `{convention}` needs a reference group, and `{attribute}` has none")]
    NeedsReference {
        /// The convention.
        convention: Convention,
        /// The attribute.
        attribute: String,
    },
    /// A quantity does not exist.
    #[error("no value is called `{name}`")]
    UnknownQuantity {
        /// The name asked for.
        name: String,
        /// The closest name that exists.
        closest: Option<String>,
    },
    /// A convention does not exist.
    #[error("convention `{name}` does not exist, legal are {legal}")]
    UnknownConvention {
        /// The name asked for.
        name: String,
        /// The names that exist.
        legal: String,
        /// The closest name that exists.
        closest: Option<String>,
    },
    /// A fairness gate cannot be read.
    #[error("fairness gate `{gate}`: {problem}")]
    GateSyntax {
        /// The gate as written.
        gate: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A fairness gate names something that does not exist.
    #[error("fairness gate `{gate}`: no value is called `{name}`")]
    GateName {
        /// The gate as written.
        gate: String,
        /// The name.
        name: String,
        /// The closest name that exists.
        closest: Option<String>,
    },
    /// A fairness gate asks for what the audit does not hold.
    #[error("fairness gate `{gate}`: the audit has no `{name}` by [{by}]")]
    GateNotAudited {
        /// The gate as written.
        gate: String,
        /// The value asked for.
        name: String,
        /// The attributes asked for.
        by: String,
    },
}

impl Help for Error {
    fn help(&self) -> Option<String> {
        match self {
            Self::UnknownMetric {
                closest: Some(closest),
                ..
            }
            | Self::UnknownConvention {
                closest: Some(closest),
                ..
            }
            | Self::UnknownQuantity {
                closest: Some(closest),
                ..
            }
            | Self::GateName {
                closest: Some(closest),
                ..
            }
            | Self::UnknownAttribute {
                closest: Some(closest),
                ..
            }
            | Self::UnknownGroup {
                closest: Some(closest),
                ..
            } => Some(format!("did you mean `{closest}`?")),
            Self::NoAttributes => Some("name at least one attribute, such as `sex`".to_owned()),
            Self::TooManyAttributes { .. } => Some(
                "every subset of the attributes is audited: run several audits of fewer".to_owned(),
            ),
            Self::BootstrapSize { .. } => Some(
                "name fewer attributes or metrics, or set `replicates` lower; with 0 nothing is \
                 bootstrapped"
                    .to_owned(),
            ),
            Self::NoPredictions => {
                Some("give predictions (0 or 1), scores (0 to 1), or both".to_owned())
            }
            Self::Score { .. } => {
                Some("turn logits or percentages into probabilities first".to_owned())
            }
            Self::NotBinary { .. } => {
                Some("say which value is positive, so that the others become 0".to_owned())
            }
            Self::NeedsScores { .. } => {
                Some("give the scores, or leave the metric out of the list".to_owned())
            }
            Self::NeedsControls { .. } => {
                Some("name the control attributes, or leave the metric out of the list".to_owned())
            }
            Self::NeedsReference { attribute, .. } => Some(format!(
                "name the group that the others are compared with, as in `{attribute}=VALUE`"
            )),
            Self::GateSyntax { .. } => Some(
                "write it like `demographic_parity_difference>0.1` or \
                 `true_positive_rate_ratio[sex]<0.8`"
                    .to_owned(),
            ),
            Self::GateNotAudited { .. } => Some(
                "name the attribute among the groups and the metric among the metrics, \
                 and give scores where the metric needs them"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}
