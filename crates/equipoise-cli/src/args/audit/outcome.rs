//! What a model was asked, and which columns hold its answers.

use clap::{Args, ValueEnum};

/// The task, and its columns as they are written: what they mean depends on the task.
#[derive(Debug, Args)]
pub(crate) struct OutcomeArgs {
    /// What was predicted.
    #[arg(long, value_enum, value_name = "TASK", default_value_t)]
    pub(crate) task: AuditTask,

    /// The column of the true label; of several outputs, one each, separated by commas.
    #[arg(long, value_name = "COLUMN", required_unless_present = "list")]
    pub(crate) label: Vec<String>,

    /// The column of the predicted label; of several outputs, one each, separated by commas.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) prediction: Vec<String>,

    /// The column of the score of the positive class; of several outputs, one each; of several
    /// classes `score:*`, where `*` stands for the class, or one each as CLASS=COLUMN.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) score: Vec<String>,

    /// The score from which a row is predicted positive, where there is no --prediction
    /// [default: 0.5].
    #[arg(
        long,
        value_name = "NUMBER",
        conflicts_with = "prediction",
        requires = "score",
        allow_hyphen_values = true,
        value_parser = threshold
    )]
    pub(crate) threshold: Option<f64>,

    /// The label and prediction that count as positive [default: 1 or true].
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) positive: Option<String>,
}

/// What can be predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum AuditTask {
    /// One of two answers.
    #[default]
    Binary,
    /// One of several classes.
    Multiclass,
    /// Several binary outputs a row.
    Multilabel,
    /// A number.
    Regression,
}

impl AuditTask {
    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Multiclass => "multiclass",
            Self::Multilabel => "multilabel",
            Self::Regression => "regression",
        }
    }

    /// What the metrics call it.
    pub(crate) fn outcome(self) -> &'static str {
        match self {
            Self::Binary => "a binary outcome",
            Self::Multiclass => "an outcome of several classes",
            Self::Multilabel => "an outcome of several outputs",
            Self::Regression => "a regression outcome",
        }
    }
}

/// A score from which a row is positive.
fn threshold(text: &str) -> Result<f64, &'static str> {
    let number: Option<f64> = text.parse().ok();
    number
        .filter(|number| (0.0..=1.0).contains(number))
        .ok_or("not a number from 0 to 1")
}
