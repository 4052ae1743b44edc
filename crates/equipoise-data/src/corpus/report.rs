//! How often each identity occurs before and after.

use std::fmt;

use equipoise_text::{IdentityCounts, SwapReport};
use serde::{Deserialize, Serialize};

/// The version of the format of a [`CorpusReport`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum CorpusReportSchema {
    /// The first.
    #[default]
    #[serde(rename = "equipoise.corpus/1")]
    V1,
}

/// What was read, and what was done to it. [`fmt::Display`] makes a table of the identities that
/// occur.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorpusReport {
    /// The version of the format.
    pub schema: CorpusReportSchema,
    /// The SHA-256 over the digests of all files.
    pub sha256: String,
    /// How many rows of tables have no text, and are left out.
    pub blank: usize,
    /// The number of documents that are held out.
    pub held_out: usize,
    /// What the documents to learn from name as the files have them.
    pub before: IdentityCounts,
    /// What they name after balancing and swapping.
    pub after: IdentityCounts,
    /// What balancing did, where there was any.
    pub balance: Option<BalanceReport>,
    /// What swapping did, where there was any.
    pub swaps: Option<SwapReport>,
}

/// What balancing did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BalanceReport {
    /// The attribute.
    pub by: String,
    /// The number of documents before.
    pub before: usize,
    /// The number of documents after.
    pub after: usize,
}

impl fmt::Display for CorpusReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} documents to learn from, {} held out",
            self.before.documents, self.held_out
        )?;
        if self.blank > 0 {
            writeln!(f, "{} rows without a text are left out", self.blank)?;
        }
        if let Some(balance) = &self.balance {
            writeln!(
                f,
                "balanced by {}: {} documents became {}",
                balance.by, balance.before, balance.after
            )?;
        }
        if let Some(swaps) = &self.swaps {
            writeln!(
                f,
                "swapped: {} documents became {}, {} words in {} of them replaced",
                swaps.documents_before, swaps.documents_after, swaps.replacements, swaps.swapped
            )?;
        }
        writeln!(f)?;
        self.table(f)
    }
}

impl CorpusReport {
    /// The identities that occur before or after, one a line.
    fn table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<_> = (self.before.identities.iter().zip(&self.after.identities))
            .filter(|(before, after)| before.occurrences + after.occurrences > 0)
            .collect();
        if rows.is_empty() {
            return writeln!(f, "No document names an identity of the lexicons.");
        }
        let width = |title: &str, lengths: &mut dyn Iterator<Item = usize>| {
            lengths.fold(title.len(), usize::max)
        };
        let attribute = width(
            "attribute",
            &mut rows.iter().map(|(row, _)| row.attribute.chars().count()),
        );
        let value = width(
            "value",
            &mut rows.iter().map(|(row, _)| row.value.chars().count()),
        );
        writeln!(
            f,
            "{:attribute$}  {:value$}  {:<20}  occurrences",
            "", "", "documents"
        )?;
        writeln!(
            f,
            "{:attribute$}  {:value$}  {:>9}  {:>9}  {:>11}  {:>11}",
            "attribute", "value", "before", "after", "before", "after"
        )?;
        for (before, after) in rows {
            writeln!(
                f,
                "{:attribute$}  {:value$}  {:>9}  {:>9}  {:>11}  {:>11}",
                before.attribute,
                before.value,
                before.documents,
                after.documents,
                before.occurrences,
                after.occurrences
            )?;
        }
        Ok(())
    }
}
