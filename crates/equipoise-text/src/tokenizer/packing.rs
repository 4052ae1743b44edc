//! Texts one after the other in full windows, as pretraining reads them: nothing fills up.

use std::ops::Range;

use super::{Tokenizer, TokenizerError, Window};

/// How many texts are cut into tokens at a time: the tokenizer keeps much more of a text than its
/// numbers.
const TEXTS_AT_ONCE: usize = 512;

/// What stands at a position of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRole {
    /// What is no text: tokens that begin, separate and end texts, and those that stand for what
    /// the vocabulary lacks.
    Special,
    /// The first token of a word.
    WordStart,
    /// Another token of the same word.
    WordPart,
}

/// A window full of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedWindow {
    ids: Vec<u32>,
    roles: Vec<TokenRole>,
}

impl PackedWindow {
    /// The numbers of all tokens, in order.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// What stands at each position.
    pub fn roles(&self) -> &[TokenRole] {
        &self.roles
    }

    /// The number of tokens.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The positions of each word, in order. A word that two windows share is one in each.
    pub fn words(&self) -> Vec<Range<usize>> {
        let mut words: Vec<Range<usize>> = Vec::new();
        for (at, role) in self.roles.iter().enumerate() {
            match (role, words.last_mut()) {
                (TokenRole::Special, _) => {}
                (TokenRole::WordPart, Some(word)) if word.end == at => word.end += 1,
                _ => words.push(at..at + 1),
            }
        }
        words
    }
}

impl Tokenizer {
    /// The tokens of all texts in windows of `length` tokens, the texts in their order, with the
    /// token that ends a text between two of them (Liu et al. 2019, "`RoBERTa`", `FULL-SENTENCES`).
    ///
    /// No token of a text is lost, and every window but the last is full: a text that does not fit
    /// goes on in the next window. Each window begins and ends as a text does.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::encode`].
    ///
    /// ```
    /// use equipoise_text::tokenizer::{Tokenizer, TokenizerTraining};
    ///
    /// let texts = ["a b c d e", "f g"];
    /// let training = TokenizerTraining { vocabulary: 30, min_frequency: 1, ..Default::default() };
    /// let tokenizer = Tokenizer::train(&texts, &training)?;
    /// let windows = tokenizer.pack(&texts, 6)?;
    /// let shown: Vec<String> = (windows[1].ids().iter())
    ///     .filter_map(|&id| tokenizer.token(id))
    ///     .collect();
    /// assert_eq!(shown, ["[CLS]", "e", "[SEP]", "f", "g", "[SEP]"]);
    /// # Ok::<(), equipoise_text::TokenizerError>(())
    /// ```
    pub fn pack<S: AsRef<str>>(
        &self,
        texts: &[S],
        length: usize,
    ) -> Result<Vec<PackedWindow>, TokenizerError> {
        let mut packer = Packer {
            tokenizer: self,
            room: self.room(&Window::truncating(length))?,
            open: PackedWindow {
                ids: Vec::new(),
                roles: Vec::new(),
            },
            full: Vec::new(),
        };
        for texts in texts.chunks(TEXTS_AT_ONCE) {
            for encoding in self.raw(texts)? {
                packer.push(encoding.get_ids(), encoding.get_word_ids());
            }
        }
        Ok(packer.finish())
    }
}

/// Puts texts into windows.
struct Packer<'a> {
    tokenizer: &'a Tokenizer,
    /// How many tokens a window has between those that begin and end it.
    room: usize,
    /// The window that is being filled, without what begins and ends it.
    open: PackedWindow,
    full: Vec<PackedWindow>,
}

impl Packer<'_> {
    fn push(&mut self, ids: &[u32], words: &[Option<u32>]) {
        if ids.is_empty() {
            return;
        }
        if !self.open.is_empty()
            && let Some(separator) = self.tokenizer.special.end
        {
            self.place(separator, TokenRole::Special);
        }
        for (at, (&id, word)) in ids.iter().zip(words).enumerate() {
            let goes_on = at > 0 && word.is_some() && *word == words[at - 1];
            let role = if self.tokenizer.special.contains(id) {
                TokenRole::Special
            } else if goes_on && !self.open.is_empty() {
                TokenRole::WordPart
            } else {
                TokenRole::WordStart
            };
            self.place(id, role);
        }
    }

    fn place(&mut self, id: u32, role: TokenRole) {
        self.open.ids.push(id);
        self.open.roles.push(role);
        if self.open.len() == self.room {
            self.close();
        }
    }

    /// Ends the open window, which has a token.
    fn close(&mut self) {
        let Tokenizer { prefix, suffix, .. } = self.tokenizer;
        let ids = [prefix, self.open.ids.as_slice(), suffix].concat();
        let special = |tokens: &[u32]| vec![TokenRole::Special; tokens.len()];
        let roles = [
            special(prefix),
            std::mem::take(&mut self.open.roles),
            special(suffix),
        ]
        .concat();
        self.open.ids.clear();
        self.full.push(PackedWindow { ids, roles });
    }

    fn finish(mut self) -> Vec<PackedWindow> {
        if !self.open.is_empty() {
            self.close();
        }
        self.full
    }
}
