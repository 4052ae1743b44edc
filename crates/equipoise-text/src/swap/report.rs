//! What swapping did to a corpus.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How often a word of the list stands in the corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordCount {
    /// The word, as the list has it.
    pub word: String,
    /// How often before.
    pub before: usize,
    /// How often after.
    pub after: usize,
}

/// What swapping did to a corpus. [`fmt::Display`] makes a table of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwapReport {
    /// The number of documents before.
    pub documents_before: usize,
    /// The number of documents after.
    pub documents_after: usize,
    /// How many documents of the result were swapped and differ from their source.
    pub swapped: usize,
    /// How many words were replaced.
    pub replacements: usize,
    /// How many of those were replaced by one of two words, chosen by the word that follows.
    pub by_context: usize,
    /// The words of the list that occur before or after, in the order of the list.
    pub words: Vec<WordCount>,
}

impl fmt::Display for SwapReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} documents became {}, of which {} were swapped: {} words, {} of them by context",
            self.documents_before,
            self.documents_after,
            self.swapped,
            self.replacements,
            self.by_context
        )?;
        let width = (self.words.iter())
            .map(|count| count.word.chars().count())
            .fold("word".len(), usize::max);
        writeln!(f, "{:width$}  {:>9}  {:>9}", "word", "before", "after")?;
        for count in &self.words {
            writeln!(
                f,
                "{:width$}  {:9}  {:9}",
                count.word, count.before, count.after
            )?;
        }
        Ok(())
    }
}
