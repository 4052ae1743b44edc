//! The errors of this crate.

use crate::Help;

/// What can be wrong with plain values.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A group attribute has no value.
    #[error("group attribute `{attribute}` has no values")]
    NoGroups {
        /// The attribute.
        attribute: String,
    },
    /// A value of a group attribute is listed twice.
    #[error("group attribute `{attribute}` lists the value `{value}` twice")]
    DuplicateGroup {
        /// The attribute.
        attribute: String,
        /// The value.
        value: String,
    },
    /// Two group attributes share a name.
    #[error("group attribute `{attribute}` is named twice")]
    DuplicateAttribute {
        /// The name.
        attribute: String,
    },
    /// The intersection of the attributes is too large.
    #[error(
        "the intersection of {} has {cells} cells, and at most {} are legal",
        attributes.join(" x "),
        crate::GroupSchema::MAX_CELLS
    )]
    TooManyCells {
        /// The attributes.
        attributes: Vec<String>,
        /// The number of cells.
        cells: usize,
    },
    /// A group code does not exist.
    #[error("row {row} has group code {code} for `{attribute}`, which has {values} values")]
    GroupCode {
        /// The attribute.
        attribute: String,
        /// The row, from 0.
        row: usize,
        /// The code.
        code: u32,
        /// How many values the attribute has.
        values: usize,
    },
    /// Two lengths that must agree do not.
    #[error("expected {expected} {what}, found {found}")]
    Lengths {
        /// What was counted.
        what: &'static str,
        /// The number expected.
        expected: usize,
        /// The number found.
        found: usize,
    },
    /// Two columns share a name.
    #[error("column `{column}` is there twice")]
    DuplicateColumn {
        /// The name.
        column: String,
    },
    /// A column is not there.
    #[error("column `{column}` not found")]
    UnknownColumn {
        /// The name asked for.
        column: String,
        /// The closest name that is there.
        closest: Option<String>,
    },
    /// A column holds texts where numbers are needed, or the reverse.
    #[error("column `{column}` holds {found}, expected {expected}")]
    ColumnKind {
        /// The column.
        column: String,
        /// What it holds.
        found: &'static str,
        /// What is needed.
        expected: &'static str,
    },
    /// A number is NaN or infinite.
    #[error("column `{column}`, row {row}: {value} is not a finite number")]
    NotFinite {
        /// The column.
        column: String,
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A number is too far from those of the training part.
    #[error(
        "column `{column}`, row {row}: {value:e} is too far from the training mean {mean:e} (deviation {deviation:e}) to be a model input"
    )]
    TooFar {
        /// The column.
        column: String,
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
        /// The mean of the training part.
        mean: f64,
        /// The standard deviation of the training part.
        deviation: f64,
    },
    /// A fitted encoding cannot standardise.
    #[error(
        "column `{column}` has mean {mean} and deviation {deviation}, legal are finite ones with a deviation above 0"
    )]
    Standardisation {
        /// The column.
        column: String,
        /// The mean.
        mean: f64,
        /// The deviation.
        deviation: f64,
    },
    /// Pieces of numbers that are none.
    #[error("pieces of numbers have {edges} edge{}, legal are 2 or more", if *.edges == 1 { "" } else { "s" })]
    TooFewEdges {
        /// How many edges were asked for.
        edges: usize,
    },
    /// A fitted encoding has no pieces.
    #[error("column `{column}` has {what}")]
    Edges {
        /// The column.
        column: String,
        /// What is there, and what is needed.
        what: String,
    },
    /// A row of a column of texts points at no level.
    #[error("column `{column}`, row {row}: code {code} names none of the {levels} levels")]
    LevelCode {
        /// The column.
        column: String,
        /// The row, from 0.
        row: usize,
        /// The code.
        code: u32,
        /// How many levels the column has.
        levels: usize,
    },
    /// The levels of a column of texts are not sorted, or one is there twice.
    #[error(
        "column `{column}`: level `{level}` must not come after `{before}`: levels are distinct and in ascending order"
    )]
    LevelOrder {
        /// The column.
        column: String,
        /// The level that stands before.
        before: String,
        /// The level that is not above it.
        level: String,
    },
    /// There is nothing to fit on.
    #[error("{what} has no rows")]
    NoRows {
        /// What is empty.
        what: &'static str,
    },
    /// No feature is left.
    #[error("no feature column is left")]
    NoFeatures,
}

impl Help for Error {
    fn help(&self) -> Option<String> {
        match self {
            Self::UnknownColumn {
                closest: Some(closest),
                ..
            } => Some(format!("did you mean `{closest}`?")),
            Self::TooManyCells { .. } => {
                Some("name fewer attributes, or put their values into fewer bins".to_owned())
            }
            Self::NotFinite { .. } => Some(
                "mend the file, or declare the value as missing with `missing_values`".to_owned(),
            ),
            Self::TooFar { .. } => {
                Some("is the value in the unit of the training data? Mend the file".to_owned())
            }
            Self::LevelOrder { .. } => {
                Some("`ColumnValues::from_texts` makes levels of texts in any order".to_owned())
            }
            Self::NoFeatures => {
                Some("`exclude` and the label and group columns leave nothing over".to_owned())
            }
            _ => None,
        }
    }
}
