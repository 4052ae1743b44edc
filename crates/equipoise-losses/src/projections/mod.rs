//! The loss that projects predictions onto fair ones.

mod distance;
mod projection;

pub use distance::Distance;
pub use projection::Projection;

use crate::LossSpec;

/// The whole losses of this module, in the order in which they are listed.
pub const PROJECTIONS: &[&LossSpec] = &[&projection::SPEC];
