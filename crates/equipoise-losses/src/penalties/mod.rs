//! The built-in penalties, one a file.

mod gap;
mod mean_deviation;
mod squared_gap;
mod variance;

pub use gap::Gap;
pub use mean_deviation::MeanDeviation;
pub use squared_gap::SquaredGap;
pub use variance::Variance;

use crate::PenaltySpec;

/// All built-in penalties, in the order in which they are listed.
pub const PENALTIES: &[&PenaltySpec] = &[
    &gap::SPEC,
    &squared_gap::SPEC,
    &mean_deviation::SPEC,
    &variance::SPEC,
];
