//! Losses that compare the distributions of decisions, one a file.
//!
//! # What stands behind them
//!
//! A widely read article proposes fairness losses from the probabilities of the two decisions,
//! overall and by group, their logarithms and an exponent `alpha`. Taken literally its formulas
//! are degenerate: the two probabilities sum to 1, so their logarithm is 0 and so is its gradient,
//! or a division by that 0 gives infinity (`tests/literal_formulas.rs` shows each case). [`Kl`],
//! [`Kl`] within labels, and [`Renyi`] are the well-defined losses made of the same ingredients.
//! That they are what was meant is our reading, not the author's words.
//!
//! # Small batches
//!
//! On few rows a divergence is above 0 at exact parity, for two classes by about
//! `(K - 1) / (2 N) * Var(s) / (P (1 - P))` with `K` groups and `N` rows. It is not subtracted.

pub(crate) mod jensen_shannon;
pub(crate) mod kl;
pub(crate) mod renyi;

pub use jensen_shannon::JensenShannon;
pub use kl::Kl;
pub use renyi::Renyi;
