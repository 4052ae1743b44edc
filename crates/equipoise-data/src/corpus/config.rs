//! The `[corpus]` table of a configuration.

use std::path::{Path, PathBuf};

use equipoise_text::{BalanceMode, LEXICONS, Lexicon, LexiconFile, NameSwap, Swapper};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::word_lists::{is_file, swapper};

/// Which texts are read, and what is done about who is named in them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorpusConfig {
    /// The files to learn from, or patterns such as `texts/*.txt`; those that end in `.gz` are
    /// compressed.
    pub train: Vec<PathBuf>,
    /// The files, or patterns, whose texts are guessed and not learnt from. None: some documents
    /// of `train` are held out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub valid: Vec<PathBuf>,
    /// The share of the documents of `train` that is held out, above 0 and below 1; 0.05 where it
    /// is not set. Not beside `valid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out: Option<f64>,
    /// What a document is. Not read with `column`, where each row is one.
    #[serde(default)]
    pub documents: DocumentUnit,
    /// The column of texts, where the files are tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The column of the group of each text, to balance by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The lexicons by which identities are counted: names of those that ship, or TOML files.
    #[serde(default = "english")]
    pub lexicons: Vec<String>,
    /// As many documents of each group. None where it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<BalanceConfig>,
    /// Counterfactuals of the documents. None where it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub augment: Option<AugmentConfig>,
}

fn english() -> Vec<String> {
    vec!["en".to_owned()]
}

/// What a document is in a file of plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DocumentUnit {
    /// Lines up to the next blank one.
    #[default]
    Paragraph,
    /// A line.
    Line,
    /// The whole file.
    File,
}

/// As many documents of each group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BalanceConfig {
    /// An attribute of the lexicons, such as `gender`, or the column of [`CorpusConfig::group`].
    pub by: String,
    /// Whether documents of large groups are left out, or those of small ones repeated.
    #[serde(default)]
    pub mode: BalanceMode,
    /// From 0, which changes nothing, to 1, which balances in full.
    #[serde(default = "full")]
    pub strength: f64,
}

fn full() -> f64 {
    1.0
}

/// Counterfactuals: documents in which words that name a group stand in each other's place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AugmentConfig {
    /// The list of pairs: the name of one that ships, or a TOML file.
    pub swap: String,
    /// Whether first names are swapped too.
    #[serde(default)]
    pub names: NameSwap,
    /// Whether the originals stay.
    #[serde(default)]
    pub mode: AugmentMode,
    /// With `replace`: the probability that a document gives way to its counterfactual, in
    /// `[0, 1]`; 0.5 where it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
}

/// Whether the originals of counterfactuals stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AugmentMode {
    /// Every document stays, and those that swapping changes come a second time, swapped (Lu et
    /// al. 2018, Zmigrod et al. 2019).
    #[default]
    Double,
    /// Some documents give way to their counterfactuals (Hall Maudslay et al. 2019).
    Replace,
}

/// A `[corpus]` table whose values are legal.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedCorpusConfig(CorpusConfig);

impl CorpusConfig {
    /// The share that is held out where nothing is said.
    pub const DEFAULT_HELD_OUT: f64 = 0.05;
    /// The probability of a counterfactual where nothing is said.
    pub const DEFAULT_PROBABILITY: f64 = 0.5;

    /// Checks every value, and writes out those that are not set.
    ///
    /// # Errors
    ///
    /// Names the first key whose value is not legal.
    pub fn check(mut self) -> Result<CheckedCorpusConfig, Error> {
        if self.train.is_empty() {
            return Err(invalid(
                "train",
                "empty".to_owned(),
                "at least one file or pattern",
                "for example `train = [\"texts/*.txt\"]`",
            ));
        }
        match (self.held_out, self.valid.is_empty()) {
            (None, true) => self.held_out = Some(Self::DEFAULT_HELD_OUT),
            (Some(_), false) => {
                return Err(invalid(
                    "held_out",
                    "there beside `valid`".to_owned(),
                    "one of the two",
                    "leave it out: the files of `valid` are held out as they are",
                ));
            }
            (Some(share), true) if !(share > 0.0 && share < 1.0) => {
                return Err(invalid(
                    "held_out",
                    share.to_string(),
                    "above 0 and below 1",
                    "leave it out for 0.05",
                ));
            }
            _ => {}
        }
        if self.group.is_some() && self.column.is_none() {
            return Err(invalid(
                "group",
                "there without `column`".to_owned(),
                "a column of the same tables as `column`",
                "name the column of texts: `column = \"text\"`",
            ));
        }
        if self.lexicons.is_empty() {
            return Err(invalid(
                "lexicons",
                "empty".to_owned(),
                "at least one lexicon",
                "leave it out for English, `[\"en\"]`",
            ));
        }
        if let Some(balance) = &self.balance
            && !(0.0..=1.0).contains(&balance.strength)
        {
            return Err(invalid(
                "balance.strength",
                balance.strength.to_string(),
                "0 to 1",
                "leave it out to balance in full",
            ));
        }
        if let Some(augment) = &mut self.augment {
            augment.check()?;
        }
        Ok(CheckedCorpusConfig(self))
    }
}

impl AugmentConfig {
    fn check(&mut self) -> Result<(), Error> {
        match (self.mode, self.probability) {
            (AugmentMode::Double, Some(_)) => Err(invalid(
                "augment.probability",
                "there with the mode `double`".to_owned(),
                "there with the mode `replace`, and with no other",
                "leave it out, or say `mode = \"replace\"`",
            )),
            (AugmentMode::Replace, None) => {
                self.probability = Some(CorpusConfig::DEFAULT_PROBABILITY);
                Ok(())
            }
            (AugmentMode::Replace, Some(found)) if !(0.0..=1.0).contains(&found) => Err(invalid(
                "augment.probability",
                found.to_string(),
                "0 to 1",
                "leave it out for 0.5",
            )),
            _ => Ok(()),
        }
    }
}

impl CheckedCorpusConfig {
    /// The table, with every default written out.
    pub fn config(&self) -> &CorpusConfig {
        &self.0
    }

    /// All lexicons as one.
    pub(super) fn lexicon(&self) -> Result<Lexicon, Error> {
        let files = (self.0.lexicons.iter())
            .map(|name| {
                Ok(match LEXICONS.iter().find(|spec| spec.name == name) {
                    Some(spec) => spec.file()?,
                    None if is_file(name) => LexiconFile::read(Path::new(name))?,
                    None => equipoise_text::LexiconSpec::by_name(name)?.file()?,
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Lexicon::from_files(&files)?)
    }

    /// What swaps words, where they are to be swapped.
    pub(super) fn swapper(&self) -> Result<Option<Swapper>, Error> {
        let Some(augment) = &self.0.augment else {
            return Ok(None);
        };
        Ok(Some(swapper(&augment.swap, augment.names)?))
    }

    /// The files of the user, beside the texts, on which the corpus depends: lexicons and the list
    /// of pairs.
    pub fn word_lists(&self) -> Vec<&Path> {
        let swap = self.0.augment.as_ref().map(|augment| &augment.swap);
        let lists = self.0.lexicons.iter().chain(swap);
        lists.filter(|list| is_file(list)).map(Path::new).collect()
    }
}

fn invalid(key: &str, found: String, legal: &'static str, hint: &'static str) -> Error {
    Error::InvalidValue {
        key: format!("corpus.{key}"),
        found,
        legal,
        hint,
    }
}
