//! Anything that turns a table into scores.

use crate::{Table, Task};

/// What a predictor says of each row.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Scores {
    /// The probability of the positive class, in `[0, 1]`, one for each row.
    Binary(Vec<f64>),
    /// The probability of each class, `[rows, classes]`, row after row.
    Multiclass {
        /// The number of classes.
        classes: usize,
        /// The probabilities.
        probabilities: Vec<f64>,
    },
    /// The predicted number, one for each row.
    Regression(Vec<f64>),
}

impl Scores {
    /// The number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Self::Binary(values) | Self::Regression(values) => values.len(),
            Self::Multiclass {
                classes,
                probabilities,
            } => probabilities.len() / (*classes).max(1),
        }
    }
}

/// A model of any make that a service, an audit or a probe can call.
pub trait Predictor: Send + Sync {
    /// What it predicts.
    fn task(&self) -> &Task;

    /// The columns that it reads, in any order.
    fn columns(&self) -> Vec<&str>;

    /// The scores of all rows of a table.
    ///
    /// # Errors
    ///
    /// When a column is missing or of the wrong kind, or when the model fails.
    fn predict(&self, table: &Table) -> Result<Scores, Box<dyn std::error::Error + Send + Sync>>;
}
