//! Counterfactual texts: words that name a group in place of those that name another.
//!
//! A [`Swapper`] is made from a [`SwapFile`], one of those that ship ([`SWAPS`]) or the user's own,
//! and turns one text into its counterfactual. [`augment()`] does so with all documents of a corpus
//! by an [`AugmentStrategy`] and reports what changed.

mod augment;
mod builtin;
mod case;
mod file;
mod report;
mod swapper;

pub use augment::{AugmentStrategy, Augmentation, AugmentedText, augment};
pub use builtin::{SWAPS, SwapSpec};
pub use file::{ContextWord, ContextWords, SwapFile, SwapSchema};
pub use report::{SwapReport, WordCount};
pub use swapper::{NameSwap, SwappedText, Swapper};
