//! The kind of a task: all that a loss needs to know about what is predicted.

use std::fmt;

use equipoise_core::Task;

use crate::Error;

/// Two classes, several, or a number; the labels themselves do not matter to a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskKind {
    /// One logit; targets are 0 or 1.
    Binary,
    /// One logit for each of two or more classes; targets are indices of classes.
    Multiclass,
    /// One value; targets are numbers.
    Regression,
}

impl TaskKind {
    /// The kinds with classes.
    pub const CLASSIFICATION: &'static [Self] = &[Self::Binary, Self::Multiclass];

    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Binary, Self::Multiclass, Self::Regression];

    /// The kind of a task.
    ///
    /// # Errors
    ///
    /// When the task is of a kind that came later than this crate.
    pub fn of(task: &Task) -> Result<Self, Error> {
        match task {
            Task::Binary { .. } => Ok(Self::Binary),
            Task::Multiclass { .. } => Ok(Self::Multiclass),
            Task::Regression => Ok(Self::Regression),
            other => Err(Error::UnknownTask {
                task: format!("{other:?}"),
            }),
        }
    }

    /// Names as a sentence lists them.
    pub(crate) fn join(kinds: &[Self]) -> String {
        kinds
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl fmt::Display for TaskKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Binary => "binary",
            Self::Multiclass => "multi-class",
            Self::Regression => "regression",
        })
    }
}
