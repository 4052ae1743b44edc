//! One automaton for all terms of a list.

use std::{collections::BTreeMap, ops::Range};

use aho_corasick::{AhoCorasick, MatchKind};

use super::{
    boundaries::Boundaries,
    fold::{Folded, fold, fold_keeping_case},
};
use crate::Error;

/// How the case of a term counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CaseRule {
    /// Not at all.
    Ignored,
    /// The term is found as it is written in the list, and in capitals alone.
    Exact,
}

/// A term to be found.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub(crate) written: String,
    pub(crate) case: CaseRule,
}

impl Term {
    /// What makes two terms the same.
    pub(crate) fn key(&self) -> (String, CaseRule) {
        match self.case {
            CaseRule::Ignored => (fold(&self.written), self.case),
            CaseRule::Exact => (fold_keeping_case(&self.written), self.case),
        }
    }

    /// What is wrong with a term whatever the list, if anything.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if self.written.trim().is_empty() {
            Some("is empty")
        } else if self.written.trim() != self.written {
            Some("begins or ends with white space")
        } else {
            None
        }
    }
}

/// A place where a term stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Bytes of the text.
    pub(crate) range: Range<usize>,
    /// The number of the term.
    pub(crate) term: usize,
}

/// Finds terms as whole words. Of those that overlap, the one that begins first is found, of those
/// that begin together the longest, and of those that are equally long the one whose case matters.
#[derive(Debug, Clone)]
pub(crate) struct TermMatcher {
    automaton: AhoCorasick,
    /// The terms of each pattern of the automaton: one, or two that differ in their case rule.
    terms_of_pattern: Vec<Vec<usize>>,
    /// For terms whose case matters, the two forms that are legal.
    exact_forms: Vec<Option<[String; 2]>>,
}

impl TermMatcher {
    /// A matcher of terms that were checked.
    pub(crate) fn new(terms: &[Term]) -> Result<Self, Error> {
        let mut patterns: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, term) in terms.iter().enumerate() {
            patterns.entry(fold(&term.written)).or_default().push(index);
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(patterns.keys())
            .map_err(|source| Error::TooManyTerms {
                terms: terms.len(),
                source: Box::new(source),
            })?;
        let exact_forms = (terms.iter())
            .map(|term| match term.case {
                CaseRule::Ignored => None,
                CaseRule::Exact => Some([
                    fold_keeping_case(&term.written),
                    fold_keeping_case(&term.written.to_uppercase()),
                ]),
            })
            .collect();
        Ok(Self {
            automaton,
            terms_of_pattern: patterns.into_values().collect(),
            exact_forms,
        })
    }

    /// Where terms stand in a text, from left to right, without overlaps.
    pub(crate) fn find(&self, text: &str) -> Vec<Found> {
        let folded = Folded::new(text);
        let mut boundaries = None;
        let mut candidates = Vec::new();
        for found in self.automaton.find_overlapping_iter(folded.text()) {
            let Some((start, end)) = folded.source_range(found.start(), found.end()) else {
                continue;
            };
            // Most texts hold no term: what takes time is done for the others.
            let boundaries = boundaries.get_or_insert_with(|| Boundaries::new(text));
            if !(boundaries.contains(start) && boundaries.contains(end)) {
                continue;
            }
            let terms = &self.terms_of_pattern[found.pattern().as_usize()];
            if let Some(term) = self.fitting_term(terms, &text[start..end]) {
                candidates.push(Found {
                    range: start..end,
                    term,
                });
            }
        }
        leftmost_longest(candidates)
    }

    /// Of terms with the same letters, the one that a place of a text is.
    fn fitting_term(&self, terms: &[usize], source: &str) -> Option<usize> {
        let mut ignored = None;
        for &term in terms {
            match &self.exact_forms[term] {
                Some(forms) => {
                    let source = fold_keeping_case(source);
                    if forms.contains(&source) {
                        return Some(term);
                    }
                }
                None => ignored = Some(term),
            }
        }
        ignored
    }
}

fn leftmost_longest(mut candidates: Vec<Found>) -> Vec<Found> {
    candidates.sort_by_key(|found| (found.range.start, std::cmp::Reverse(found.range.end)));
    let mut end = 0;
    candidates.retain(|found| {
        let is_free = found.range.start >= end;
        if is_free {
            end = found.range.end;
        }
        is_free
    });
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(ignored: &[&str], exact: &[&str], text: &'a str) -> Vec<&'a str> {
        let term = |written: &&str, case| Term {
            written: (*written).to_owned(),
            case,
        };
        let terms: Vec<Term> = (ignored.iter())
            .map(|written| term(written, CaseRule::Ignored))
            .chain(exact.iter().map(|written| term(written, CaseRule::Exact)))
            .collect();
        let matcher = TermMatcher::new(&terms).unwrap();
        (matcher.find(text).into_iter())
            .map(|found| &text[found.range])
            .collect()
    }

    #[test]
    fn the_longest_whole_word_wins() {
        let terms = ["gay", "gay men", "men"];
        assert_eq!(
            found(&terms, &[], "Gay  men, gay mental, menage"),
            ["Gay  men", "gay"]
        );
    }

    #[test]
    fn terms_may_have_punctuation_and_marks() {
        let terms = ["lgbtq+", "U.S.", "ma'am", "fran\u{e7}ais"];
        let text = "LGBTQ+ in the u.s., ma\u{2019}am; franc\u{327}ais, lgbtqx";
        assert_eq!(
            found(&terms, &[], text),
            ["LGBTQ+", "u.s.", "ma\u{2019}am", "franc\u{327}ais"]
        );
        // A mark after the last letter makes another word.
        assert_eq!(found(&["cafe"], &[], "cafe\u{301}"), Vec::<&str>::new());
    }

    #[test]
    fn case_may_matter() {
        assert_eq!(
            found(&[], &["Polish"], "Polish POLISH polish PoLish"),
            ["Polish", "POLISH"]
        );
        assert_eq!(found(&["will"], &["Will"], "Will will"), ["Will", "will"]);
    }
}
