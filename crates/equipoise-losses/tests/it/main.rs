//! The crate through its public API.

#![expect(
    clippy::unwrap_used,
    reason = "a value that is not there is a failed test"
)]

#[cfg(feature = "flex")]
mod estimates;
#[cfg(feature = "flex")]
mod golden;
#[cfg(feature = "flex")]
mod golden_losses;
#[cfg(feature = "flex")]
mod lambda;
#[cfg(feature = "flex")]
mod laws;
#[cfg(feature = "flex")]
mod literal_formulas;
#[cfg(feature = "flex")]
mod numbers;
#[cfg(feature = "flex")]
mod plain_batch;
mod registry;
#[cfg(feature = "flex")]
mod total_loss;
#[cfg(feature = "flex")]
mod whole_losses;
