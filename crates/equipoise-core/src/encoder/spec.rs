//! How one column becomes model input.

use serde::{Deserialize, Serialize};

use super::piecewise::check_edges;
use crate::{Error, table::check_level_order};

/// How one column becomes model input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FeatureSpec {
    /// A number, standardised to `(value - mean) / deviation`; a missing value becomes 0 (the
    /// mean).
    Number {
        /// The column.
        column: String,
        /// The mean of the training part; 0 where all its values are missing.
        mean: f64,
        /// The standard deviation of the training part (population form), above 0; 1 where the
        /// values are the same but for rounding, which is when it is at most `1e-9 * |mean|`.
        deviation: f64,
        /// Whether a second input says 1 where the value is missing: so where the training part
        /// had missing values.
        missing_indicator: bool,
    },
    /// A number in pieces (Gorishniy, Rubachev and Babenko 2022, "On Embeddings for Numerical
    /// Features in Tabular Deep Learning"): the input of the piece from `low` to `high` is
    /// `(value - low) / (high - low)`, held within 0 and 1. A missing value becomes the mean.
    PiecewiseNumber {
        /// The column.
        column: String,
        /// Where the pieces begin and end, growing, two or more: one piece fewer than edges. The
        /// first is the smallest value of the training part and the last the largest.
        edges: Vec<f64>,
        /// The mean of the training part.
        mean: f64,
        /// Whether a last input says 1 where the value is missing: so where the training part had
        /// missing values.
        missing_indicator: bool,
    },
    /// A category: input 0 is a level never seen in training, 1 a missing value, and
    /// `2 + index` the levels.
    Category {
        /// The column.
        column: String,
        /// The levels of the training part, sorted.
        levels: Vec<String>,
    },
}

impl FeatureSpec {
    /// The input of a category that training never saw.
    pub const UNKNOWN: u32 = 0;
    /// The input of a missing category.
    pub const MISSING: u32 = 1;
    /// The input of the first level.
    pub const FIRST_LEVEL: u32 = 2;

    /// The column that is read.
    pub fn column(&self) -> &str {
        match self {
            Self::Number { column, .. }
            | Self::PiecewiseNumber { column, .. }
            | Self::Category { column, .. } => column,
        }
    }

    /// Whether the column holds numbers.
    pub fn is_number(&self) -> bool {
        match self {
            Self::Number { .. } | Self::PiecewiseNumber { .. } => true,
            Self::Category { .. } => false,
        }
    }

    /// What [`FeatureEncoder::encode`](super::FeatureEncoder::encode) relies on and
    /// [`FeatureEncoder::fit`](super::FeatureEncoder::fit) keeps.
    pub(super) fn check(&self) -> Result<(), Error> {
        match self {
            Self::Number {
                column,
                mean,
                deviation,
                ..
            } => {
                if mean.is_finite() && deviation.is_finite() && *deviation > 0.0 {
                    Ok(())
                } else {
                    Err(Error::Standardisation {
                        column: column.clone(),
                        mean: *mean,
                        deviation: *deviation,
                    })
                }
            }
            Self::PiecewiseNumber {
                column,
                edges,
                mean,
                ..
            } => check_edges(column, edges, *mean),
            Self::Category { column, levels } => check_level_order(column, levels),
        }
    }
}
