//! From texts to the token numbers that a model of texts reads.
//!
//! A [`Tokenizer`] comes from the folder of a model, or is trained from texts. It gives each text
//! as [`Tokens`], cut to the window of the model; [`pad`] puts several beside each other.
//!
//! ```
//! use equipoise_text::tokenizer::{Tokenizer, TokenizerKind, TokenizerTraining, Window, pad};
//!
//! let texts = ["the doctor came late", "the nurse came early"];
//! let training = TokenizerTraining {
//!     kind: TokenizerKind::WordPiece,
//!     vocabulary: 60,
//!     ..TokenizerTraining::default()
//! };
//! let tokenizer = Tokenizer::train(&texts, &training)?;
//! let encoded = tokenizer.encode(&["The doctor", ""], &Window::truncating(16))?;
//! // An empty text has the tokens that every text begins and ends with.
//! assert_eq!(encoded[1].len(), 2);
//!
//! let rows: Vec<&[u32]> = encoded.iter().map(|tokens| tokens.ids()).collect();
//! let padded = pad(&rows, tokenizer.special().pad);
//! assert_eq!(padded.width, encoded[0].len());
//! assert!(!padded.attention[padded.width + 2]);
//! # Ok::<(), equipoise_text::tokenizer::TokenizerError>(())
//! ```
//!
//! * [`special`]: the tokens that stand for no text
//! * [`token`]: a token with its place in the text
//! * [`window`]: how much of a text a model sees
//! * [`packing`]: texts one after the other in full windows
//! * [`padding`]: texts of several lengths in one table
//! * [`training`]: a vocabulary from texts

mod error;
mod files;
pub mod packing;
pub mod padding;
pub mod special;
pub mod token;
pub mod training;
pub mod window;

use tokenizers::{EncodeInput, Encoding, InputSequence};

pub use self::error::TokenizerError;
pub use self::files::{FILES, VOCABULARY_FILES};
pub use self::packing::{PackedWindow, TokenRole};
pub use self::padding::{PaddedTokens, pad};
pub use self::special::SpecialTokens;
pub use self::token::Token;
pub use self::training::{TokenizerKind, TokenizerTraining};
pub use self::window::{Tokens, Window};

/// Turns texts into tokens.
///
/// Every text is legal: an empty one, one of a million characters, one with control characters.
/// The same text always has the same tokens.
#[derive(Debug, Clone)]
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    special: SpecialTokens,
    /// What stands before the tokens of every text.
    prefix: Vec<u32>,
    /// What stands after them.
    suffix: Vec<u32>,
    /// One more than the largest number of a token.
    vocabulary: usize,
}

impl Tokenizer {
    /// Takes over a tokenizer, without the truncation and padding that its file may ask for: the
    /// window of the model says how long a text may be.
    fn new(
        mut inner: tokenizers::Tokenizer,
        names: &special::SpecialNames,
        place: &str,
    ) -> Result<Self, TokenizerError> {
        let unusable = |reason: String| TokenizerError::Unusable {
            place: place.to_owned(),
            reason,
        };
        inner
            .with_truncation(None)
            .map_err(|error| unusable(error.to_string()))?;
        inner.with_padding(None);
        let vocabulary = inner
            .get_vocab(true)
            .into_values()
            .max()
            .map_or(0, |largest| largest as usize + 1);
        if vocabulary == 0 {
            return Err(unusable("it has no tokens".to_owned()));
        }
        let special = SpecialTokens::find(&inner, names, place)?;
        // What the file adds to a text is seen from what it adds to no text at all, split where
        // the text would stand: beginnings and ends are told apart by the token that begins.
        let added = inner
            .encode("", true)
            .map_err(|error| unusable(error.to_string()))?;
        let split = added
            .get_ids()
            .iter()
            .position(|id| special.begin != Some(*id))
            .unwrap_or(added.len());
        let (prefix, suffix) = added.get_ids().split_at(split);
        Ok(Self {
            prefix: prefix.to_vec(),
            suffix: suffix.to_vec(),
            inner,
            special,
            vocabulary,
        })
    }

    /// The tokens that stand for no text.
    pub fn special(&self) -> &SpecialTokens {
        &self.special
    }

    /// The size of the vocabulary: one more than the largest number of a token.
    pub fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    /// The number of a token, as the vocabulary writes it (`"##ing"`).
    pub fn id(&self, token: &str) -> Option<u32> {
        self.inner.token_to_id(token)
    }

    /// A token, as the vocabulary writes it, from its number.
    pub fn token(&self, id: u32) -> Option<String> {
        self.inner.id_to_token(id)
    }

    /// A text that has these tokens, without the special ones.
    ///
    /// # Errors
    ///
    /// When a number is not in the vocabulary.
    pub fn decode(&self, ids: &[u32]) -> Result<String, TokenizerError> {
        if let Some(&id) = ids.iter().find(|&&id| self.token(id).is_none()) {
            return Err(TokenizerError::NoSuchToken {
                id,
                vocabulary: self.vocabulary,
            });
        }
        self.inner
            .decode(ids, true)
            .map_err(|error| TokenizerError::Text {
                text: 0,
                reason: error.to_string(),
            })
    }

    /// Whether a model with so many token vectors can read what this tokenizer writes.
    ///
    /// A model may have more vectors than the tokenizer has tokens: many are made wider than
    /// needed.
    ///
    /// # Errors
    ///
    /// When the tokenizer has tokens that the model has no vector for.
    pub fn check_vocabulary(&self, vectors: usize) -> Result<(), TokenizerError> {
        if self.vocabulary <= vectors {
            return Ok(());
        }
        Err(TokenizerError::Vocabulary {
            tokenizer: self.vocabulary,
            model: vectors,
        })
    }

    /// The tokens of each text, as many of the first as fit into the window; an overlap is not
    /// looked at.
    ///
    /// # Errors
    ///
    /// When the window has no room for a token of a text, or when the tokenizer's file has no
    /// token for what it does not know and a text needs one.
    pub fn encode<S: AsRef<str>>(
        &self,
        texts: &[S],
        window: &Window,
    ) -> Result<Vec<Tokens>, TokenizerError> {
        let room = self.room(window)?;
        Ok(self
            .raw(texts)?
            .iter()
            .map(|encoding| self.tokens(encoding, 0, room))
            .collect())
    }

    /// The tokens of each text, in one window or, where it is longer, in several that overlap as
    /// the window says; at least one for each text.
    ///
    /// # Errors
    ///
    /// As [`Self::encode`], and when the windows would not advance.
    pub fn encode_strides<S: AsRef<str>>(
        &self,
        texts: &[S],
        window: &Window,
    ) -> Result<Vec<Vec<Tokens>>, TokenizerError> {
        let room = self.room(window)?;
        let step = room
            .checked_sub(window.overlap())
            .filter(|step| *step > 0)
            .ok_or(TokenizerError::Overlap {
                overlap: window.overlap(),
                room,
            })?;
        Ok(self
            .raw(texts)?
            .iter()
            .map(|encoding| {
                window::starts(encoding.len(), room, step)
                    .map(|start| self.tokens(encoding, start, room))
                    .collect()
            })
            .collect())
    }

    /// All tokens of a text with the bytes that each stands for, whatever the length of the text;
    /// those that begin and end a text are special and stand for no bytes.
    ///
    /// # Errors
    ///
    /// When the tokenizer's file has no token for what it does not know and the text needs one.
    pub fn locate(&self, text: &str) -> Result<Vec<Token>, TokenizerError> {
        let encodings = self.raw(&[text])?;
        let special = |ids: &[u32], at: usize| -> Vec<Token> {
            let tokens = ids.iter().map(|&id| Token {
                id,
                range: at..at,
                special: true,
            });
            tokens.collect()
        };
        let mut tokens = special(&self.prefix, 0);
        for encoding in &encodings {
            let places = encoding.get_ids().iter().zip(encoding.get_offsets());
            tokens.extend(places.map(|(&id, &(start, end))| Token {
                id,
                range: start..end,
                special: false,
            }));
        }
        tokens.extend(special(&self.suffix, text.len()));
        Ok(tokens)
    }

    /// How many tokens of a text fit into a window.
    fn room(&self, window: &Window) -> Result<usize, TokenizerError> {
        let special = self.prefix.len() + self.suffix.len();
        window
            .length()
            .checked_sub(special)
            .filter(|room| *room > 0)
            .ok_or(TokenizerError::Window {
                length: window.length(),
                special,
            })
    }

    /// The tokens of whole texts, without those that begin and end a text.
    fn raw<S: AsRef<str>>(&self, texts: &[S]) -> Result<Vec<Encoding>, TokenizerError> {
        let inputs: Vec<EncodeInput<'_>> = texts
            .iter()
            .map(|text| EncodeInput::Single(InputSequence::from(text.as_ref())))
            .collect();
        self.inner
            .encode_batch(inputs, false)
            .map_err(|batch_error| {
                // The batch does not say which text it was.
                let failed = texts.iter().enumerate().find_map(|(text, content)| {
                    let error = self.inner.encode(content.as_ref(), false).err()?;
                    Some((text, error))
                });
                let (text, error) = failed.unwrap_or((0, batch_error));
                TokenizerError::Text {
                    text,
                    reason: error.to_string(),
                }
            })
    }

    /// A window of the tokens of a text.
    fn tokens(&self, encoding: &Encoding, start: usize, room: usize) -> Tokens {
        let end = (start + room).min(encoding.len());
        let words = encoding.get_word_ids();
        let mut ids = Vec::with_capacity(self.prefix.len() + end - start + self.suffix.len());
        ids.extend(&self.prefix);
        ids.extend(&encoding.get_ids()[start..end]);
        ids.extend(&self.suffix);
        let starts =
            (start..end).map(|at| at == 0 || words[at].is_none() || words[at] != words[at - 1]);
        Tokens::new(ids, self.prefix.len(), starts.collect())
    }
}
