//! A token with its place in the text.

use std::ops::Range;

/// A token of a text, as a model sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its number in the vocabulary.
    pub id: u32,
    /// The bytes of the text that it stands for; empty for a special token.
    pub range: Range<usize>,
    /// Whether it is one that the model adds, such as `[CLS]`.
    pub special: bool,
}
