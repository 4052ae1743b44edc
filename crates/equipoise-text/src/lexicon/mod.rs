//! Identity lexicons: the terms by which texts name groups of people.
//!
//! A [`Lexicon`] is made from one or several [`LexiconFile`]s, either those that ship
//! ([`LEXICONS`]) or the user's own. Its [`mentions`](Lexicon::mentions) are whole words, the
//! longest first; [`IdentityAnnotation`] turns those of many texts into groups, memberships and
//! [`IdentityCounts`].

mod annotation;
mod builtin;
mod counts;
mod file;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::Path,
};

use equipoise_core::GroupAttribute;

pub use annotation::{IdentityAnnotation, SeveralPolicy};
pub use builtin::{LEXICONS, LexiconSpec};
pub use counts::{IdentityCount, IdentityCounts};
pub use file::{IdentityTerms, LexiconFile, LexiconSchema};

use crate::{
    Error, read,
    terms::{CaseRule, Term, TermMatcher},
};

/// A value of an attribute that texts can name, such as `female` of `gender`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The attribute.
    pub attribute: String,
    /// The value.
    pub value: String,
}

/// A place where a text names identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention<'a> {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// The term, as the lexicon has it.
    pub term: &'a str,
    /// The identities that the term names, as indices into [`Lexicon::identities`], in ascending
    /// order; at least one.
    pub identities: &'a [usize],
}

/// Terms that name identities, ready to be found in texts.
///
/// * Terms are whole words: by the rules of Unicode, so that those of Chinese, which is written
///   without spaces, are found anywhere.
/// * Of terms that overlap, the first is found, and of those that begin together the longest.
///   Words of [`LexiconFile::not_identities`] take part in that and name nobody.
/// * One term may name several identities (`nun` is a woman and a Christian), and a text as many as
///   it likes.
///
/// ```
/// use equipoise_text::Lexicon;
///
/// let lexicon = Lexicon::builtin(&["en", "zh"])?;
/// let named = |text: &str| -> Vec<String> {
///     (lexicon.mentions(text).iter())
///         .flat_map(|mention| mention.identities.iter())
///         .map(|&identity| lexicon.identities()[identity].value.clone())
///         .collect()
/// };
/// assert_eq!(named("Gay Muslims near the White House"), ["homosexual", "muslim"]);
/// assert_eq!(named("其他女人"), ["female"]);
/// # Ok::<(), equipoise_text::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Lexicon {
    identities: Vec<Identity>,
    terms: Vec<String>,
    /// The identities of each term; none for a term that names nobody.
    identities_of_term: Vec<Vec<usize>>,
    matcher: TermMatcher,
}

impl Lexicon {
    /// The lexicons of some languages that ship, as one.
    ///
    /// # Errors
    ///
    /// When a name is not in [`LEXICONS`], or when none is given.
    pub fn builtin(names: &[&str]) -> Result<Self, Error> {
        let files = (names.iter())
            .map(|name| LexiconSpec::by_name(name)?.file())
            .collect::<Result<Vec<_>, _>>()?;
        Self::from_files(&files)
    }

    /// The lexicon of a file in TOML.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is not UTF-8, or is no legal lexicon.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let file = LexiconFile::read(path)?;
        Self::from_files(&[file]).map_err(|error| error.in_file(&read::place(path)))
    }

    /// One lexicon of several files; identities of the same attribute and value are one.
    ///
    /// # Errors
    ///
    /// When no file has an identity, when an identity has no term, when a term is empty or begins
    /// or ends with white space, when one file lists it twice for one identity, or when it is listed
    /// both for an identity and among those that name nobody.
    pub fn from_files(files: &[LexiconFile]) -> Result<Self, Error> {
        let mut identities: Vec<Identity> = Vec::new();
        let mut terms: Vec<Term> = Vec::new();
        let mut identities_of_term: Vec<Vec<usize>> = Vec::new();
        let mut numbers: BTreeMap<(String, CaseRule), usize> = BTreeMap::new();
        for file in files {
            let mut of_file: BTreeSet<(usize, usize)> = BTreeSet::new();
            for entry in &file.identities {
                let identity = position_or_push(&mut identities, entry);
                let place = format!("identity `{}` of `{}`", entry.value, entry.attribute);
                if entry.terms.is_empty() && entry.exact.is_empty() {
                    return Err(Error::Empty {
                        place,
                        what: "terms",
                    });
                }
                for term in entry.all_terms() {
                    let number = number_of(&term, &place, &mut numbers)?;
                    if !of_file.insert((number, identity)) {
                        return Err(Error::Term {
                            place,
                            term: term.written,
                            problem: "is listed twice",
                        });
                    }
                    if number == terms.len() {
                        terms.push(term);
                        identities_of_term.push(vec![identity]);
                    } else if !identities_of_term[number].contains(&identity) {
                        // Another file may have it too: languages share words.
                        identities_of_term[number].push(identity);
                    }
                }
            }
        }
        if identities.is_empty() {
            return Err(Error::Empty {
                place: "the lexicon".to_owned(),
                what: "identities",
            });
        }
        for written in files.iter().flat_map(|file| &file.not_identities) {
            let term = Term {
                written: written.clone(),
                case: CaseRule::Ignored,
            };
            let place = "`not_identities`".to_owned();
            let number = number_of(&term, &place, &mut numbers)?;
            if number == terms.len() {
                terms.push(term);
                identities_of_term.push(Vec::new());
            } else if !identities_of_term[number].is_empty() {
                return Err(Error::Term {
                    place,
                    term: term.written,
                    problem: "is a term of an identity too",
                });
            }
        }
        for identities in &mut identities_of_term {
            identities.sort_unstable();
        }
        Ok(Self {
            identities,
            matcher: TermMatcher::new(&terms)?,
            terms: terms.into_iter().map(|term| term.written).collect(),
            identities_of_term,
        })
    }

    /// All identities, in the order of the files.
    pub fn identities(&self) -> &[Identity] {
        &self.identities
    }

    /// The attributes with the values that texts can name, in the order of the files.
    ///
    /// # Errors
    ///
    /// Never for a lexicon that was made: its values are distinct.
    pub fn attributes(&self) -> Result<Vec<GroupAttribute>, Error> {
        (self.attribute_names().into_iter())
            .map(|name| {
                let values = (self.identities_of(name).into_iter())
                    .map(|identity| self.identities[identity].value.as_str());
                Ok(GroupAttribute::new(name, values)?)
            })
            .collect()
    }

    /// The names of the attributes, in the order of the files.
    pub fn attribute_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for identity in &self.identities {
            if !names.contains(&identity.attribute.as_str()) {
                names.push(&identity.attribute);
            }
        }
        names
    }

    /// The identities of an attribute, as indices; none where the attribute is not known.
    pub fn identities_of(&self, attribute: &str) -> Vec<usize> {
        (self.identities.iter().enumerate())
            .filter(|(_, identity)| identity.attribute == attribute)
            .map(|(index, _)| index)
            .collect()
    }

    /// Where a text names identities, from left to right, without overlaps.
    pub fn mentions(&self, text: &str) -> Vec<Mention<'_>> {
        (self.matcher.find(text).into_iter())
            .filter(|found| !self.identities_of_term[found.term].is_empty())
            .map(|found| Mention {
                range: found.range,
                term: &self.terms[found.term],
                identities: &self.identities_of_term[found.term],
            })
            .collect()
    }
}

fn position_or_push(identities: &mut Vec<Identity>, entry: &IdentityTerms) -> usize {
    let known = (identities.iter())
        .position(|known| known.attribute == entry.attribute && known.value == entry.value);
    known.unwrap_or_else(|| {
        identities.push(Identity {
            attribute: entry.attribute.clone(),
            value: entry.value.clone(),
        });
        identities.len() - 1
    })
}

/// The number of a term: that of an equal one, or the next.
fn number_of(
    term: &Term,
    place: &str,
    numbers: &mut BTreeMap<(String, CaseRule), usize>,
) -> Result<usize, Error> {
    if let Some(problem) = term.problem() {
        return Err(Error::Term {
            place: place.to_owned(),
            term: term.written.clone(),
            problem,
        });
    }
    let next = numbers.len();
    Ok(*numbers.entry(term.key()).or_insert(next))
}
