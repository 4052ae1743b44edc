//! The errors of this crate.

use equipoise_core::Help;

use crate::{Need, TaskKind, ValueRange};

/// What can be wrong with a fairness loss, its options or its input.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No statistic, penalty or loss has this name.
    #[error("unknown {what} `{name}`; legal are {}", known.join(", "))]
    UnknownName {
        /// What was looked for: `loss` or `penalty`.
        what: &'static str,
        /// The name asked for.
        name: String,
        /// All names that are known.
        known: Vec<String>,
        /// The closest of them.
        closest: Option<String>,
    },
    /// A name is registered already.
    #[error("the {what} `{name}` is registered already")]
    DuplicateName {
        /// What was registered: `statistic`, `penalty` or `loss`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// An option was given to a loss that does not read it.
    #[error("the loss `{loss}` does not take `{option}`")]
    UnusedOption {
        /// The loss.
        loss: String,
        /// The option.
        option: String,
        /// All keys that may be set beside this loss.
        known: Vec<String>,
        /// The closest of them.
        closest: Option<String>,
        /// The losses and penalties that take the option.
        taken_by: Vec<String>,
    },
    /// A loss of the values of continuous attributes was given one that has groups alone.
    #[error(
        "the loss `{loss}` reads the values of `{attribute}`, which is not continuous; {}",
        continuous_are(continuous)
    )]
    NotContinuous {
        /// The loss.
        loss: String,
        /// The attribute.
        attribute: String,
        /// The attributes that are continuous.
        continuous: Vec<String>,
    },
    /// A loss reads an option that its specification does not list.
    #[error(
        "the loss `{loss}` reads the option `{option}`, which its specification does not declare"
    )]
    UndeclaredOption {
        /// The loss.
        loss: String,
        /// The option.
        option: String,
    },
    /// An option that a loss needs is not set.
    #[error("the loss `{loss}` needs `{option}`, which is not set")]
    MissingOption {
        /// The loss.
        loss: String,
        /// The option.
        option: &'static str,
    },
    /// A number lies outside its legal range.
    #[error("`{option}` is {value}, legal is {legal}")]
    Range {
        /// The option.
        option: &'static str,
        /// The value found.
        value: f64,
        /// What is legal.
        legal: &'static str,
    },
    /// An option has a value that is not legal.
    #[error("`{option}` is {value}, legal is {legal}")]
    IllegalOption {
        /// The option.
        option: &'static str,
        /// The value found.
        value: String,
        /// What is legal.
        legal: &'static str,
    },
    /// A batch lacks something that a loss reads.
    #[error("the loss `{loss}` needs the {need}, and the batch has none")]
    MissingInput {
        /// The loss.
        loss: String,
        /// What it needs.
        need: Need,
    },
    /// What a loss remembers has another shape than the one expected.
    #[error("the remembered `{name}` has shape {found:?}, expected {expected:?}")]
    State {
        /// What is remembered.
        name: String,
        /// The shape expected.
        expected: Vec<usize>,
        /// The shape found.
        found: Vec<usize>,
    },
    /// What a loss is to remember is not a number.
    #[error("`{name}` to remember is {value}, legal is a finite number")]
    NotFinite {
        /// What is to be remembered.
        name: String,
        /// The value found.
        value: f32,
    },
    /// A device does not hand out the values of a tensor.
    #[error("the values of a tensor cannot be read: {reason}")]
    Device {
        /// What the device says.
        reason: String,
    },
    /// The loss is not defined for this kind of task.
    #[error(
        "`{name}` is not defined for {task} tasks, only for {}",
        TaskKind::join(legal)
    )]
    Task {
        /// The loss or statistic.
        name: String,
        /// The kind of the task.
        task: TaskKind,
        /// The kinds for which it is defined.
        legal: Vec<TaskKind>,
    },
    /// The task is of a kind that this version does not know.
    #[error("no loss is known for the task {task}")]
    UnknownTask {
        /// The task, as it describes itself.
        task: String,
    },
    /// Two shapes that must agree do not.
    #[error("{what} have shape {found:?}, expected {expected:?}")]
    Shape {
        /// Which tensor, in the plural.
        what: &'static str,
        /// The shape expected.
        expected: Vec<usize>,
        /// The shape found.
        found: Vec<usize>,
    },
    /// There is nothing to compute on.
    #[error("a batch has no {what}")]
    Empty {
        /// What is missing: `rows`, `groups`, `constraints`.
        what: &'static str,
    },
    /// No group attribute was named.
    #[error("`groups` names no attribute")]
    NoAttribute,
    /// A group attribute does not exist.
    #[error("group attribute `{attribute}` not found; legal are {}", known.join(", "))]
    UnknownAttribute {
        /// The attribute asked for.
        attribute: String,
        /// All attributes of the data.
        known: Vec<String>,
        /// The closest of them.
        closest: Option<String>,
    },
    /// Groups are to be compared within an attribute whose values are not known.
    #[error("`given = \"{attribute}\"` needs the groups of the data, which are not known here")]
    NoSchema {
        /// The attribute.
        attribute: String,
    },
    /// A statistic has rates that a penalty cannot charge.
    #[error("the rates of `{statistic}` are {found}, and `{penalty}` charges rates {legal}")]
    Pairing {
        /// The statistic.
        statistic: &'static str,
        /// The penalty.
        penalty: &'static str,
        /// The rates that the statistic has.
        found: ValueRange,
        /// The rates that the penalty charges.
        legal: ValueRange,
    },
    /// No estimate without bias is known for a penalty.
    #[error("`{loss}` has no unbiased estimate")]
    NoUnbiasedEstimate {
        /// The loss.
        loss: String,
    },
    /// A group attribute is named twice.
    #[error("`groups` names `{attribute}` twice")]
    DuplicateAttribute {
        /// The attribute.
        attribute: String,
    },
    /// A term of the total loss does not exist.
    #[error("the total loss has {terms} fairness terms, term {index} was asked for")]
    NoSuchTerm {
        /// The term asked for, from 0.
        index: usize,
        /// How many terms there are.
        terms: usize,
    },
}

/// Which attributes are continuous, in words.
fn continuous_are(names: &[String]) -> String {
    match names {
        [] => "no attribute is".to_owned(),
        names => format!("legal are {}", names.join(", ")),
    }
}

impl Help for Error {
    fn help(&self) -> Option<String> {
        match self {
            Self::UnknownName {
                closest: Some(closest),
                ..
            }
            | Self::UnknownAttribute {
                closest: Some(closest),
                ..
            }
            | Self::UnusedOption {
                closest: Some(closest),
                ..
            } => Some(format!("did you mean `{closest}`?")),
            Self::UnusedOption { option, .. } if option == "penalty" => Some(
                "a penalty charges a statistic, such as `demographic-parity`; this loss is whole \
                 without one: remove `penalty`"
                    .to_owned(),
            ),
            Self::UnusedOption {
                option, taken_by, ..
            } if !taken_by.is_empty() => {
                Some(format!("`{option}` is taken by: {}", taken_by.join(", ")))
            }
            Self::UnusedOption { option, .. } => Some(format!("remove `{option}`")),
            Self::NotContinuous { attribute, .. } => Some(format!(
                "declare its number in `data.groups`: `{{ name = \"{attribute}\", column = .., bins \
                 = [..], continuous = true }}`, or leave `attribute` out to compare groups"
            )),
            Self::State { .. } => Some(
                "the state of another run was taken up: start without it, or with the loss and \
                 the groups of that run"
                    .to_owned(),
            ),
            Self::Range {
                option: "lambda", ..
            } => Some("0 leaves the fairness loss out, 1 weighs it like the task loss".to_owned()),
            Self::NoAttribute => {
                Some("name the attributes to treat alike: `groups = [\"sex\"]`".to_owned())
            }
            Self::NoUnbiasedEstimate { .. } => Some(
                "`squared-gap` and `variance` have one; `estimate = \"running\"` works with every \
                 penalty"
                    .to_owned(),
            ),
            Self::Pairing { .. } => Some(
                "a penalty of differences, such as `gap` or `squared-gap`, charges all rates"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}
