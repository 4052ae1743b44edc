//! What can be wrong with a tokenizer.

use std::path::PathBuf;

use equipoise_core::{Help, file_help};

/// What can be wrong with a tokenizer, or with what it is asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenizerError {
    /// A folder has no tokenizer.
    #[error("`{}` has neither `tokenizer.json` nor `vocab.txt`", folder.display())]
    NotFound {
        /// The folder.
        folder: PathBuf,
    },
    /// A file could not be read; the message names it.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A file is not JSON of the right form.
    #[error("`{}` is not as a tokenizer writes it", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
    /// A file holds a tokenizer that cannot be used.
    #[error("the tokenizer of {place} cannot be used: {reason}")]
    Unusable {
        /// The file, or where else the tokenizer comes from.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A token that stands for no text is not in the vocabulary.
    #[error("the tokenizer of {place} has no token for `{role}`; looked for {}", names.join(", "))]
    NoSpecialToken {
        /// The file, or where else the tokenizer comes from.
        place: String,
        /// What the token is for.
        role: &'static str,
        /// The names that were looked for.
        names: Vec<String>,
    },
    /// A model has fewer token vectors than the tokenizer has tokens.
    #[error("the tokenizer has {tokenizer} tokens, and the model has vectors for {model}")]
    Vocabulary {
        /// One more than the largest number of a token.
        tokenizer: usize,
        /// The number of vectors.
        model: usize,
    },
    /// A number stands for no token.
    #[error("{id} is not the number of a token; legal are those below {vocabulary}")]
    NoSuchToken {
        /// The number.
        id: u32,
        /// The size of the vocabulary.
        vocabulary: usize,
    },
    /// A window has no room for a text.
    #[error(
        "a window of {length} tokens has no room for a text; legal is more than the {special} that \
         begin and end it"
    )]
    Window {
        /// The length of the window.
        length: usize,
        /// How many tokens begin and end a text.
        special: usize,
    },
    /// Windows overlap so much that they do not advance.
    #[error("windows with room for {room} tokens overlap by {overlap}; legal is less than {room}")]
    Overlap {
        /// The overlap.
        overlap: usize,
        /// The tokens of a text in a window.
        room: usize,
    },
    /// A text could not be turned into tokens, or tokens into a text.
    #[error("text {text}: {reason}")]
    Text {
        /// The position of the text in the batch, from 0.
        text: usize,
        /// What failed.
        reason: String,
    },
    /// A vocabulary cannot be learnt.
    #[error("`{key}` of the tokenizer is {found}; legal is {legal}")]
    Training {
        /// The setting.
        key: &'static str,
        /// The value found.
        found: String,
        /// What is legal.
        legal: String,
    },
}

impl Help for TokenizerError {
    fn help(&self) -> Option<String> {
        match self {
            Self::NotFound { .. } => Some(
                "copy the tokenizer's files into the folder of the model: they come with it"
                    .to_owned(),
            ),
            Self::Io(error) => file_help(error),
            Self::Json { .. } => Some("was the file copied whole?".to_owned()),
            Self::NoSpecialToken { .. } => {
                Some("`special_tokens_map.json` in the same folder can name it".to_owned())
            }
            Self::Vocabulary { .. } => {
                Some("the tokenizer and the weights must come from one model".to_owned())
            }
            _ => None,
        }
    }
}
