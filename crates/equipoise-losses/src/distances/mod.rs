//! Losses that measure how far scores, or representations, depend on the group, one a file.
//!
//! Rows weigh as their weight times their membership says, so soft membership and row weights go
//! through every formula here; a group without rows has share 0 and takes no part.
//!
//! | loss | sees | cost for `B` rows |
//! |---|---|---|
//! | [`Covariance`], [`Correlation`] | means | `O(B)` |
//! | [`Mmd`] | whole distributions, at one length | `O(B^2)` |
//! | [`Hsic`] | whole distributions, at one length | `O(B^2)`, or `O(B)` with random features |
//! | [`Wasserstein`], [`SlicedWasserstein`] | whole distributions | `O(B log B)` |

pub(crate) mod correlation;
pub(crate) mod covariance;
pub(crate) mod hsic;
pub(crate) mod mmd;
pub(crate) mod sliced_wasserstein;
pub(crate) mod wasserstein;

mod attribute;
mod group_weights;
mod kernel;
mod norm;
mod transport;

pub use attribute::Attribute;
pub use correlation::Correlation;
pub use covariance::Covariance;
pub(crate) use group_weights::GroupWeights;
pub use hsic::Hsic;
pub use kernel::{Kernel, KernelShape};
pub use mmd::{Mmd, Opponent};
pub use sliced_wasserstein::SlicedWasserstein;
pub use wasserstein::Wasserstein;
