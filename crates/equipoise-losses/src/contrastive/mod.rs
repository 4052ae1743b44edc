//! Losses that compare rows with rows: of one label and several groups, or with their own
//! counterfactual.

pub(crate) mod counterfactual_pairing;
pub(crate) mod supervised_contrastive;

pub use counterfactual_pairing::{CounterfactualPairing, PairDistance};
pub use supervised_contrastive::{Positives, SupervisedContrastive};
