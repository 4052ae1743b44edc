//! A folder of an encoder as the probes of bias ask it: how likely words are, where sentences lie,
//! what it decides.
//!
//! * [`folder`]: what a folder can be asked, and why not the rest
//! * [`masked`]: the masked-language head
//! * [`sentence`]: the vectors of sentences
//! * [`classifier`]: the head for two classes

pub mod classifier;
pub mod folder;
pub mod masked;
pub mod sentence;
mod window;

pub use classifier::TwoClasses;
pub use folder::ProbedFolder;
pub use masked::MaskedGuesses;
pub use sentence::SentenceVectors;
