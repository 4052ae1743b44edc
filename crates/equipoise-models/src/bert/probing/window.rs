//! Texts as tokens, cut to what a model sees, and a count of those that were longer.

use std::cell::Cell;

use equipoise_text::tokenizer::{Tokenizer, Tokens, Window};

use crate::Error;

/// A tokenizer with the window of a model.
#[derive(Debug, Clone)]
pub(super) struct CuttingTokenizer {
    tokenizer: Tokenizer,
    window: usize,
    cut: Cell<usize>,
}

impl CuttingTokenizer {
    /// `window` counts the tokens that begin and end a text.
    pub(super) fn new(tokenizer: Tokenizer, window: usize) -> Self {
        Self {
            tokenizer,
            window,
            cut: Cell::new(0),
        }
    }

    /// The tokens of each text, as many of the first as fit into the window.
    pub(super) fn tokens(&self, texts: &[&str]) -> Result<Vec<Tokens>, Error> {
        // Without an overlap, a text that fits has one window, and a longer one has more.
        let windows = (self.tokenizer).encode_strides(texts, &Window::truncating(self.window))?;
        let cut = windows.iter().filter(|windows| windows.len() > 1).count();
        self.cut.set(self.cut.get() + cut);
        let first = windows
            .into_iter()
            .filter_map(|text| text.into_iter().next());
        Ok(first.collect())
    }

    /// How many texts were longer than the window so far.
    pub(super) fn cut(&self) -> usize {
        self.cut.get()
    }
}
