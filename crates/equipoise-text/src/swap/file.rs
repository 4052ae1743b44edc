//! The file format of a list of pairs.

use serde::{Deserialize, Serialize};

use crate::Error;

/// The version of the format of a [`SwapFile`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum SwapSchema {
    /// The first.
    #[default]
    #[serde(rename = "equipoise.swap/1")]
    V1,
}

/// Words and their counterparts as a TOML file has them, not checked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwapFile {
    /// The version of the format.
    pub schema: SwapSchema,
    /// The language of the words, as a BCP 47 tag (`"en"`).
    pub language: String,
    /// What the words of a pair differ in, such as `gender`.
    pub name: String,
    /// Two words each that take each other's place, whatever their case.
    #[serde(default)]
    pub pairs: Vec<[String; 2]>,
    /// Pairs that are found as they are written here and in capitals alone.
    #[serde(default)]
    pub exact_pairs: Vec<[String; 2]>,
    /// A word and what becomes of it, where nothing becomes of the other.
    #[serde(default)]
    pub one_way: Vec<[String; 2]>,
    /// The same, found as written here and in capitals alone.
    #[serde(default)]
    pub exact_one_way: Vec<[String; 2]>,
    /// Pairs of names, found as they are written here and in capitals alone.
    #[serde(default)]
    pub names: Vec<[String; 2]>,
    /// Words and phrases that hold a word of a pair and stay as they are.
    #[serde(default)]
    pub unchanged: Vec<String>,
    /// Words that become one of two words, by what follows.
    #[serde(default)]
    pub context: Vec<ContextWord>,
    /// What tells the two cases of [`Self::context`] apart.
    #[serde(default)]
    pub context_words: ContextWords,
}

/// A word that stands for two words of the other side, such as English `her` for `him` and `his`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextWord {
    /// The word.
    pub word: String,
    /// What it becomes before a noun and what goes with one.
    pub before_noun: String,
    /// What it becomes elsewhere.
    pub otherwise: String,
    /// Words that begin no phrase of a noun after this word, besides those of
    /// [`SwapFile::context_words`].
    #[serde(default)]
    pub not_before_nouns: Vec<String>,
}

/// What tells apart the cases of every [`ContextWord`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextWords {
    /// Words that begin no phrase of a noun after a possessive.
    #[serde(default)]
    pub not_before_nouns: Vec<String>,
}

impl SwapFile {
    /// Reads a file's text; `place` names it in errors.
    ///
    /// # Errors
    ///
    /// When the text is no TOML or has other keys.
    pub fn from_toml(text: &str, place: &str) -> Result<Self, Error> {
        toml::from_str(text).map_err(|source| Error::Toml {
            place: place.to_owned(),
            source: Box::new(source),
        })
    }
}
