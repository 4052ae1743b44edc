//! Finding many terms in a text, as whole words, the longest first.

mod boundaries;
mod fold;
mod matcher;

pub(crate) use fold::fold;
pub(crate) use matcher::{CaseRule, Term, TermMatcher};
