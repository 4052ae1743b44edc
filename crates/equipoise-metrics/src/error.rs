//! The errors of this crate.

use equipoise_core::{Help, closest};

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
    /// A class code does not exist.
    #[error(
        "{what} of row {row} (counted from 0) is class {code}, and only codes below {classes} are \
         legal"
    )]
    Class {
        /// `label` or `prediction`.
        what: &'static str,
        /// The row, counted from 0 in the slices that were handed over.
        row: usize,
        /// The code.
        code: u32,
        /// How many classes there are.
        classes: usize,
    },
    /// A number to predict, or a predicted one, is NaN or too large.
    #[error(
        "{what} of row {row} (counted from 0) is {value}, and only numbers from -1e50 to 1e50 \
         are legal"
    )]
    Number {
        /// `label` or `prediction`.
        what: &'static str,
        /// The row, counted from 0 in the slices that were handed over.
        row: usize,
        /// The value found.
        value: f64,
    },
    /// A weight is NaN, infinite or not above 0.
    #[error(
        "weight of row {row} (counted from 0) is {value}, and only numbers above 0 (from 1e-100 \
         to 1e100) are legal"
    )]
    Weight {
        /// The row, counted from 0 in the slices that were handed over.
        row: usize,
        /// The value found.
        value: f64,
    },
    /// A probability of membership is NaN or outside `[0, 1]`.
    #[error(
        "probability of `{attribute}` = `{group}` in row {row} (counted from 0) is {value}, and \
         only numbers from 0 to 1 are legal"
    )]
    Membership {
        /// The attribute.
        attribute: String,
        /// The value of the attribute.
        group: String,
        /// The row, counted from 0 in the slices that were handed over.
        row: usize,
        /// The value found.
        value: f64,
    },
    /// The probabilities of membership of a row do not sum to 1.
    #[error(
        "the probabilities of `{attribute}` in row {row} (counted from 0) sum to {sum}, and only 1 \
         is legal"
    )]
    MembershipSum {
        /// The attribute.
        attribute: String,
        /// The row, counted from 0 in the slices that were handed over.
        row: usize,
        /// The sum found.
        sum: f64,
    },
    /// There are too few or too many classes or outputs.
    #[error("found {found} {what} names, and {legal} are legal")]
    Names {
        /// `class` or `output`.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many are legal, in words.
        legal: &'static str,
    },
    /// The name of a class, an output or a soft attribute cannot be used.
    #[error("{what} `{name}` {problem}")]
    Name {
        /// `class`, `output` or `membership`.
        what: &'static str,
        /// The name.
        name: String,
        /// What is wrong with it, in words.
        problem: &'static str,
    },
    /// A metric is not defined for the kind of outcome.
    #[error("metric `{metric}` is not defined for {outcome}")]
    OtherOutcome {
        /// The metric.
        metric: &'static str,
        /// The kind of outcome, in words.
        outcome: &'static str,
    },
    /// There are too many groups and classes to keep all their sums.
    #[error(
        "{cells} groups of {width} sums each are too many: at most {legal} sums in all are legal"
    )]
    TooManySums {
        /// The number of groups in the full intersection.
        cells: usize,
        /// How many sums each group has; for classes, their number squared and one more.
        width: usize,
        /// How many are legal.
        legal: usize,
    },
    /// A column does not belong to the kind of outcome.
    #[error("{column} were added to {outcome}")]
    MixedOutcome {
        /// What was added.
        column: &'static str,
        /// The outcome that it was added to.
        outcome: &'static str,
    },
    /// Something is wrong with one class or one output.
    #[error("{what} `{name}`: {source}")]
    At {
        /// `class` or `output`.
        what: &'static str,
        /// The name.
        name: String,
        /// What is wrong with it.
        source: Box<Error>,
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
    /// A group code on a device does not exist.
    #[cfg(feature = "burn")]
    #[error(
        "row {row} (counted from 0) has group code {code} for `{attribute}`, and only codes from 0 \
         to {} are legal",
        values - 1
    )]
    DeviceCode {
        /// The attribute.
        attribute: String,
        /// The row, counted from 0 in the tensors that were handed over.
        row: usize,
        /// The code.
        code: i64,
        /// How many values the attribute has.
        values: usize,
    },
    /// The device failed.
    #[cfg(feature = "burn")]
    #[error("the device could not count rows: {reason}")]
    Device {
        /// What it said.
        reason: String,
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
    /// An option needs rows that each count once, in one group and by label and prediction.
    #[error("`{option}` needs rows that count one by one, and found {found}")]
    NeedsCountedRows {
        /// The option.
        option: &'static str,
        /// What the rows are instead.
        found: &'static str,
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
    /// A fairness gate names a class that the audit does not have.
    #[error("fairness gate `{gate}`: the audit has no class `{class}`")]
    GateClass {
        /// The gate as written.
        gate: String,
        /// The class.
        class: String,
        /// The classes or outputs, and their means; none where the outcome is one.
        known: Vec<String>,
    },
    /// A fairness gate names a stratum that the audit does not have.
    #[error("fairness gate `{gate}`: the audit has no stratum `{stratum}`")]
    GateStratum {
        /// The gate as written.
        gate: String,
        /// The stratum.
        stratum: String,
        /// The strata; none where no attribute is controlled for.
        known: Vec<String>,
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

impl Error {
    /// The error with the class or output in which it was found.
    pub(crate) fn at(self, what: &'static str, name: &str) -> Self {
        Self::At {
            what,
            name: name.to_owned(),
            source: Box::new(self),
        }
    }
}

impl Help for Error {
    fn help(&self) -> Option<String> {
        match self {
            Self::At { source, .. } => source.help(),
            Self::TooManySums { .. } => {
                Some("name fewer attributes, or put rare classes together".to_owned())
            }
            Self::Weight { .. } => Some("leave out the rows that should not count".to_owned()),
            Self::MembershipSum { .. } => {
                Some("divide the probabilities of each row by their sum".to_owned())
            }
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
            Self::NeedsCountedRows { option, .. } => Some(format!(
                "leave `{option}` out, or audit labels and predictions without weights, entities \
                 and memberships"
            )),
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
            Self::GateClass { known, .. } if known.is_empty() => Some(
                "the outcome is one: leave out `class`, or audit several classes or outputs"
                    .to_owned(),
            ),
            Self::GateClass { class, known, .. } => {
                Some(match closest(class, known.iter().map(String::as_str)) {
                    Some(closest) => format!("did you mean `{closest}`?"),
                    None => format!("there are {}", listed(known)),
                })
            }
            Self::GateStratum { known, .. } if known.is_empty() => {
                Some("name the attribute among the control attributes".to_owned())
            }
            Self::GateStratum { known, .. } => Some(format!("there are {}", listed(known))),
            Self::GateNotAudited { .. } => Some(
                "name the attribute among the groups and the metric among the metrics, \
                 and give scores where the metric needs them"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

/// Names as a reader finds them; of many, the first few.
fn listed(names: &[String]) -> String {
    const MOST: usize = 20;
    let shown = names.iter().take(MOST).map(|name| format!("`{name}`"));
    let shown = shown.collect::<Vec<String>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
