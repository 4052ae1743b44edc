//! The lists of pairs that ship.

use super::SwapFile;
use crate::Error;

/// A list of pairs that ships with this crate.
#[derive(Debug, Clone, Copy)]
pub struct SwapSpec {
    /// Its name: the language, and what the words of a pair differ in.
    pub name: &'static str,
    /// What it holds.
    pub summary: &'static str,
    /// The file, to be copied and changed.
    pub toml: &'static str,
}

/// All lists of pairs that ship.
pub const SWAPS: &[SwapSpec] = &[
    SwapSpec {
        name: "en-gender",
        summary: "English nouns, pronouns, titles and first names of women and men",
        toml: include_str!("../../swaps/en-gender.toml"),
    },
    SwapSpec {
        name: "zh-gender",
        summary: "Chinese nouns and pronouns of women and men",
        toml: include_str!("../../swaps/zh-gender.toml"),
    },
];

impl SwapSpec {
    /// The list of a name.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn by_name(name: &str) -> Result<&'static Self, Error> {
        (SWAPS.iter())
            .find(|spec| spec.name == name)
            .ok_or_else(|| Error::Unknown {
                what: "list of pairs",
                name: name.to_owned(),
                known: SWAPS.iter().map(|spec| spec.name.to_owned()).collect(),
            })
    }

    /// The list's file.
    ///
    /// # Errors
    ///
    /// Never for those of [`SWAPS`].
    pub fn file(&self) -> Result<SwapFile, Error> {
        SwapFile::from_toml(self.toml, &format!("the list of pairs `{}`", self.name))
    }
}
