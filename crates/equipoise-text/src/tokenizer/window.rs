//! How much of a text a model sees at once.

use std::ops::Range;

/// How many tokens a model sees at once, and how those of a longer text are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    length: usize,
    overlap: usize,
}

impl Window {
    /// A window of so many tokens, those that begin and end a text included; what does not fit is
    /// cut off.
    pub fn truncating(length: usize) -> Self {
        Self { length, overlap: 0 }
    }

    /// Windows of so many tokens, each of which repeats the last `overlap` tokens of the one
    /// before.
    pub fn striding(length: usize, overlap: usize) -> Self {
        Self { length, overlap }
    }

    /// The number of tokens, those that begin and end a text included.
    pub fn length(&self) -> usize {
        self.length
    }

    /// How many tokens of a text stand in two windows.
    pub fn overlap(&self) -> usize {
        self.overlap
    }
}

/// The tokens of a text, or of a window of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    ids: Vec<u32>,
    /// Where the tokens of the text begin; what stands before and after them is special.
    first: usize,
    word_starts: Vec<bool>,
}

impl Tokens {
    pub(super) fn new(ids: Vec<u32>, first: usize, word_starts: Vec<bool>) -> Self {
        Self {
            ids,
            first,
            word_starts,
        }
    }

    /// The numbers of all tokens, in order, those that begin and end the text included.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// The number of all tokens.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no token at all.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The positions of the tokens of the text, without those that begin and end it.
    pub fn text(&self) -> Range<usize> {
        self.first..self.first + self.word_starts.len()
    }

    /// For each position of [`Self::text`], whether a word begins there. A window may begin
    /// within a word.
    pub fn word_starts(&self) -> &[bool] {
        &self.word_starts
    }
}

/// Where windows begin that cover so many tokens: the last is the first that reaches the end.
pub(super) fn starts(tokens: usize, room: usize, step: usize) -> impl Iterator<Item = usize> {
    let more = tokens.saturating_sub(room).div_ceil(step);
    (0..=more).map(move |window| window * step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_every_token_and_none_is_in_vain() {
        for tokens in 0..40 {
            for room in 1..10 {
                for step in 1..=room {
                    let all: Vec<usize> = starts(tokens, room, step).collect();
                    assert_eq!(all[0], 0);
                    assert!(all.last().unwrap() + room >= tokens);
                    // Each window but the first has a token that the one before has not.
                    for pair in all.windows(2) {
                        assert_eq!(pair[1] - pair[0], step);
                        assert!(pair[0] + room < tokens);
                    }
                }
            }
        }
    }
}
