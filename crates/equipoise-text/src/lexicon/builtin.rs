//! The lexicons that ship.

use super::LexiconFile;
use crate::Error;

/// A lexicon that ships with this crate.
#[derive(Debug, Clone, Copy)]
pub struct LexiconSpec {
    /// Its name: the language.
    pub name: &'static str,
    /// The language in words.
    pub summary: &'static str,
    /// The file, to be copied and changed.
    pub toml: &'static str,
}

/// All lexicons that ship.
pub const LEXICONS: &[LexiconSpec] = &[
    LexiconSpec {
        name: "en",
        summary: "English",
        toml: include_str!("../../lexicons/en.toml"),
    },
    LexiconSpec {
        name: "zh",
        summary: "Chinese, in simplified and traditional characters",
        toml: include_str!("../../lexicons/zh.toml"),
    },
];

impl LexiconSpec {
    /// The lexicon of a name.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn by_name(name: &str) -> Result<&'static Self, Error> {
        (LEXICONS.iter())
            .find(|spec| spec.name == name)
            .ok_or_else(|| Error::Unknown {
                what: "lexicon",
                name: name.to_owned(),
                known: LEXICONS.iter().map(|spec| spec.name.to_owned()).collect(),
            })
    }

    /// The lexicon's file.
    ///
    /// # Errors
    ///
    /// Never for those of [`LEXICONS`].
    pub fn file(&self) -> Result<LexiconFile, Error> {
        LexiconFile::from_toml(self.toml, &format!("the lexicon `{}`", self.name))
    }
}
