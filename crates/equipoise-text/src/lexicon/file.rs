//! The file format of a lexicon.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{
    Error, read,
    terms::{CaseRule, Term},
};

/// The version of the format of a [`LexiconFile`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum LexiconSchema {
    /// The first.
    #[default]
    #[serde(rename = "equipoise.lexicon/1")]
    V1,
}

/// A lexicon as a TOML file has it, not checked.
///
/// ```
/// use equipoise_text::{Lexicon, LexiconFile};
///
/// let file = LexiconFile::from_toml(
///     r#"
///     schema = "equipoise.lexicon/1"
///     language = "en"
///     not_identities = ["vegan cheese"]
///
///     [[identities]]
///     attribute = "diet"
///     value = "vegan"
///     terms = ["vegan", "vegans"]
///     "#,
///     "diet.toml",
/// )?;
/// let lexicon = Lexicon::from_files(&[file])?;
/// assert_eq!(lexicon.mentions("Vegans eat vegan cheese.").len(), 1);
/// # Ok::<(), equipoise_text::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LexiconFile {
    /// The version of the format.
    pub schema: LexiconSchema,
    /// The language of the terms, as a BCP 47 tag (`"en"`).
    pub language: String,
    /// Words and phrases that hold a term and name nobody, such as `white house`. Case does not
    /// matter.
    #[serde(default)]
    pub not_identities: Vec<String>,
    /// The identities; those of one attribute are shown in this order.
    pub identities: Vec<IdentityTerms>,
}

/// The terms of one identity.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityTerms {
    /// The attribute, such as `gender`.
    pub attribute: String,
    /// The value, such as `female`.
    pub value: String,
    /// Terms whose case does not matter.
    #[serde(default)]
    pub terms: Vec<String>,
    /// Terms that are found as they are written here and in capitals alone, such as `Polish`.
    #[serde(default)]
    pub exact: Vec<String>,
}

impl LexiconFile {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is not UTF-8, is no TOML or has other keys.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bytes = read::bytes(path)?;
        let place = read::place(path);
        Self::from_toml(read::utf8(&bytes, &place)?, &place)
    }

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

impl IdentityTerms {
    /// All terms with their case rule.
    pub(super) fn all_terms(&self) -> impl Iterator<Item = Term> {
        let with = |case| {
            move |written: &String| Term {
                written: written.clone(),
                case,
            }
        };
        (self.terms.iter().map(with(CaseRule::Ignored)))
            .chain(self.exact.iter().map(with(CaseRule::Exact)))
    }
}
