//! A value, or the reason why there is none.

use crate::Convention;

/// The value of a metric, or why it cannot be estimated.
///
/// A rate with an empty denominator is never 0, never 1 and never NaN: it is
/// `Err(`[`NotEstimable`]`)`, which an audit writes as `null` with the reason beside it.
pub type Estimate = Result<f64, NotEstimable>;

/// Why a metric has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotEstimable {
    /// The group has no rows.
    #[error("the group has no rows")]
    NoRows,
    /// The denominator counts rows of a kind that is not there.
    #[error("no row has {0}")]
    EmptyDenominator(&'static str),
    /// The metric compares the two labels, and one of them is not there.
    #[error("all rows have the same label")]
    OneClass,
    /// Too few groups have a value.
    #[error("a comparison needs two groups with a value, found {found}")]
    FewGroups {
        /// How many groups have a value.
        found: usize,
    },
    /// No group has a value.
    #[error("no group has a value")]
    NoGroups,
    /// The overall value to compare with is itself not estimable.
    #[error("the overall value is not estimable")]
    NoOverall,
    /// A ratio of two zeros.
    #[error("the ratio is 0 divided by 0")]
    ZeroByZero,
    /// A ratio of values that may be negative.
    #[error("a ratio has no meaning where a value is negative")]
    Negative,
    /// A ratio to zero.
    #[error("the value to divide by is 0")]
    DividedByZero,
    /// The reference group has no value.
    #[error("the reference group has no value")]
    NoReference,
    /// No stratum of the control attributes has two groups with a value.
    #[error("no stratum has two groups with a value")]
    NoStrata,
    /// The toolkit whose numbers are asked for has nothing of the kind.
    #[error("the convention {0} does not define this")]
    Undefined(Convention),
    /// The toolkit whose numbers are asked for compares two groups, no more.
    #[error("the convention {convention} compares two groups, found {found}")]
    NotTwoGroups {
        /// The convention.
        convention: Convention,
        /// How many groups have a value.
        found: usize,
    },
}
