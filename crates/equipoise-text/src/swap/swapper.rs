//! One text and its counterfactual.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{SwapFile, SwapSpec, case::in_case_of};
use crate::{
    Error, read,
    terms::{CaseRule, Term, TermMatcher, fold},
};

/// Whether names are swapped too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameSwap {
    /// Names become their partner in the list (Hall Maudslay et al. 2019).
    #[default]
    Swapped,
    /// Names stay.
    Kept,
}

/// A text in which words were swapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwappedText {
    /// The text.
    pub text: String,
    /// How many words were replaced.
    pub replacements: usize,
    /// How many of those were replaced by one of two words, chosen by the word that follows.
    pub by_context: usize,
}

/// What becomes of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    /// Nothing: the word hides others in it.
    None,
    /// Another word.
    To(String),
    /// One of two words, by what follows.
    ByContext {
        before_noun: String,
        otherwise: String,
        /// Folded words that begin no phrase of a noun.
        not_before_nouns: BTreeSet<String>,
    },
}

/// Puts words in each other's place.
///
/// Words are found as those of a [`Lexicon`](crate::Lexicon) are, and the case is kept: `She`
/// becomes `He`, and `SHE` becomes `HE`. To swap twice gives the text back, where each of its words
/// belongs to a pair, is in small letters, in capitals or has a first capital, and where no new
/// word arises from parts of two, as can happen in Chinese.
///
/// English `her` and `his` stand for two words each. Which is meant is guessed from the word that
/// follows: after a possessive stands a noun or what goes with one; before punctuation, a word of
/// [`not_before_nouns`](super::ContextWord::not_before_nouns) or the end of the text stands an
/// object. A guess is no parse: `I saw her duck` has two readings, and adverbs that are not listed are
/// taken for nouns.
///
/// ```
/// use equipoise_text::{NameSwap, Swapper};
///
/// let swapper = Swapper::builtin("en-gender", NameSwap::Swapped)?;
/// let swapped = swapper.swap("She gave HER brother his book. John saw her.");
/// assert_eq!(swapped.text, "He gave HIS sister her book. Patricia saw him.");
/// assert_eq!((swapped.replacements, swapped.by_context), (6, 3));
/// assert_eq!(swapper.swap(&swapped.text).text, "She gave HER brother his book. John saw her.");
/// # Ok::<(), equipoise_text::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Swapper {
    matcher: TermMatcher,
    words: Vec<String>,
    changes: Vec<Change>,
}

impl Swapper {
    /// A swapper of a list that ships.
    ///
    /// # Errors
    ///
    /// When there is no such list.
    pub fn builtin(name: &str, names: NameSwap) -> Result<Self, Error> {
        Self::from_file(&SwapSpec::by_name(name)?.file()?, names)
    }

    /// A swapper of a list in TOML.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is not UTF-8, or is no legal list.
    pub fn read(path: &Path, names: NameSwap) -> Result<Self, Error> {
        let bytes = read::bytes(path)?;
        let place = read::place(path);
        let file = SwapFile::from_toml(read::utf8(&bytes, &place)?, &place)?;
        Self::from_file(&file, names).map_err(|error| error.in_file(&place))
    }

    /// A swapper of a list.
    ///
    /// # Errors
    ///
    /// When the list has no words, or when a word is empty, begins or ends with white space, is its
    /// own partner, or is listed twice.
    pub fn from_file(file: &SwapFile, names: NameSwap) -> Result<Self, Error> {
        let mut list = WordList::default();
        list.push_pairs("pairs", &file.pairs, CaseRule::Ignored)?;
        list.push_pairs("exact_pairs", &file.exact_pairs, CaseRule::Exact)?;
        if names == NameSwap::Swapped {
            list.push_pairs("names", &file.names, CaseRule::Exact)?;
        }
        for (place, entries, case) in [
            ("one_way", &file.one_way, CaseRule::Ignored),
            ("exact_one_way", &file.exact_one_way, CaseRule::Exact),
        ] {
            for [from, to] in entries {
                list.push(place, from, case, Change::To(to.clone()))?;
            }
        }
        for entry in &file.context {
            let change = Change::ByContext {
                before_noun: entry.before_noun.clone(),
                otherwise: entry.otherwise.clone(),
                not_before_nouns: (entry.not_before_nouns.iter())
                    .chain(&file.context_words.not_before_nouns)
                    .map(|word| fold(word))
                    .collect(),
            };
            list.push("context", &entry.word, CaseRule::Ignored, change)?;
        }
        for word in &file.unchanged {
            list.push("unchanged", word, CaseRule::Ignored, Change::None)?;
        }
        if list.changes.iter().all(|change| *change == Change::None) {
            return Err(Error::Empty {
                place: "the list of pairs".to_owned(),
                what: "words",
            });
        }
        Ok(Self {
            matcher: TermMatcher::new(&list.terms)?,
            words: list.terms.into_iter().map(|term| term.written).collect(),
            changes: list.changes,
        })
    }

    /// The counterfactual of a text.
    pub fn swap(&self, text: &str) -> SwappedText {
        let mut swapped = SwappedText {
            text: String::with_capacity(text.len() + text.len() / 16),
            replacements: 0,
            by_context: 0,
        };
        let mut copied = 0;
        for found in self.matcher.find(text) {
            let replacement = match &self.changes[found.term] {
                Change::None => continue,
                Change::To(word) => word,
                Change::ByContext {
                    before_noun,
                    otherwise,
                    not_before_nouns,
                } => {
                    swapped.by_context += 1;
                    if is_before_noun(&text[found.range.end..], not_before_nouns) {
                        before_noun
                    } else {
                        otherwise
                    }
                }
            };
            swapped.replacements += 1;
            swapped.text.push_str(&text[copied..found.range.start]);
            let source = &text[found.range.clone()];
            swapped.text.push_str(&in_case_of(source, replacement));
            copied = found.range.end;
        }
        swapped.text.push_str(&text[copied..]);
        swapped
    }

    /// The words that can be replaced, in the order of the list, as indices for [`Self::count`].
    pub(super) fn changing_words(&self) -> impl Iterator<Item = (usize, &str)> {
        (self.words.iter().zip(&self.changes).enumerate())
            .filter(|(_, (_, change))| **change != Change::None)
            .map(|(index, (word, _))| (index, word.as_str()))
    }

    /// Adds to `counts`, one for each word of the list, how often it stands in a text.
    pub(super) fn count(&self, text: &str, counts: &mut BTreeMap<usize, usize>) {
        for found in self.matcher.find(text) {
            *counts.entry(found.term).or_default() += 1;
        }
    }
}

/// Whether the text after a word begins with what can stand between a possessive and its noun, or
/// with the noun.
fn is_before_noun(rest: &str, not_before_nouns: &BTreeSet<String>) -> bool {
    let next = rest.trim_start();
    let is_of_word = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '\u{2019}');
    let (word, after) = next.split_at(next.find(|c| !is_of_word(c)).unwrap_or(next.len()));
    let follows_directly = next.len() < rest.len() && !word.is_empty();
    // The first part of a word such as `well-meaning` says nothing.
    let is_compound = (after.strip_prefix('-')).is_some_and(|after| after.starts_with(is_of_word));
    follows_directly && (is_compound || !not_before_nouns.contains(&fold(word)))
}

/// Words with what becomes of them, each listed once.
#[derive(Default)]
struct WordList {
    terms: Vec<Term>,
    changes: Vec<Change>,
    known: BTreeSet<(String, CaseRule)>,
}

impl WordList {
    fn push_pairs(
        &mut self,
        place: &str,
        pairs: &[[String; 2]],
        case: CaseRule,
    ) -> Result<(), Error> {
        for [first, second] in pairs {
            self.push(place, first, case, Change::To(second.clone()))?;
            self.push(place, second, case, Change::To(first.clone()))?;
        }
        Ok(())
    }

    fn push(
        &mut self,
        place: &str,
        word: &str,
        case: CaseRule,
        change: Change,
    ) -> Result<(), Error> {
        let term = Term {
            written: word.to_owned(),
            case,
        };
        let is_own_partner = matches!(&change, Change::To(partner) if fold(partner) == fold(word));
        let problem = if is_own_partner {
            Some("is its own partner")
        } else if !self.known.insert(term.key()) {
            Some("is listed twice, so that what becomes of it is not clear")
        } else {
            term.problem()
        };
        if let Some(problem) = problem {
            return Err(Error::Term {
                place: format!("`{place}`"),
                term: term.written,
                problem,
            });
        }
        self.terms.push(term);
        self.changes.push(change);
        Ok(())
    }
}
