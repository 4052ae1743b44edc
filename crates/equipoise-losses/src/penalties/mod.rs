//! The built-in penalties, one a file.

mod gap;
mod hinge;
mod huber;
mod log_sum_exp;
mod mean_deviation;
mod norm;
mod smooth_maximum;
mod squared_gap;
mod variance;

pub use gap::Gap;
pub use hinge::Hinge;
pub use huber::Huber;
pub use log_sum_exp::LogSumExp;
pub use mean_deviation::MeanDeviation;
pub use norm::Norm;
pub use smooth_maximum::SmoothMaximum;
pub use squared_gap::SquaredGap;
pub use variance::Variance;

use crate::PenaltySpec;

/// All built-in penalties, in the order in which they are listed.
pub const PENALTIES: &[&PenaltySpec] = &[
    &gap::SPEC,
    &squared_gap::SPEC,
    &huber::SPEC,
    &hinge::SPEC,
    &smooth_maximum::SPEC,
    &mean_deviation::SPEC,
    &variance::SPEC,
    &norm::SPEC,
    &log_sum_exp::SPEC,
];
