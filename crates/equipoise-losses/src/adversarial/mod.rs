//! Losses with an adversary that tells groups apart by what the model shows.

pub(crate) mod adversary;
mod mlp;

pub use adversary::{Adversary, Sight};
