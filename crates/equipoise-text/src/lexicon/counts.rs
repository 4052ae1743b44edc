//! How often identities occur.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Identity;

/// How often one identity occurs in some texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityCount {
    /// The attribute.
    pub attribute: String,
    /// The value.
    pub value: String,
    /// The number of texts that name it.
    pub documents: usize,
    /// The number of times that it is named.
    pub occurrences: usize,
}

/// How often identities occur in some texts. [`fmt::Display`] makes a table of those that do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityCounts {
    /// The number of texts.
    pub documents: usize,
    /// The number of texts that name any identity.
    pub with_identity: usize,
    /// Every identity of the lexicon, in its order, those that never occur included.
    pub identities: Vec<IdentityCount>,
}

pub(super) fn of(identities: &[Identity], named: &[Vec<(usize, usize)>]) -> IdentityCounts {
    let mut counts: Vec<IdentityCount> = (identities.iter())
        .map(|identity| IdentityCount {
            attribute: identity.attribute.clone(),
            value: identity.value.clone(),
            documents: 0,
            occurrences: 0,
        })
        .collect();
    for &(identity, occurrences) in named.iter().flatten() {
        counts[identity].documents += 1;
        counts[identity].occurrences += occurrences;
    }
    IdentityCounts {
        documents: named.len(),
        with_identity: named.iter().filter(|named| !named.is_empty()).count(),
        identities: counts,
    }
}

impl IdentityCounts {
    /// The count of an identity, or `None` where the lexicon does not have it.
    pub fn get(&self, attribute: &str, value: &str) -> Option<&IdentityCount> {
        (self.identities.iter()).find(|count| count.attribute == attribute && count.value == value)
    }
}

impl fmt::Display for IdentityCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |text: fn(&IdentityCount) -> &str, title: &str| {
            (self.identities.iter())
                .map(|count| text(count).chars().count())
                .fold(title.chars().count(), usize::max)
        };
        let first = width(|count| &count.attribute, "attribute");
        let second = width(|count| &count.value, "value");
        writeln!(
            f,
            "{} of {} texts name an identity",
            self.with_identity, self.documents
        )?;
        writeln!(
            f,
            "{:first$}  {:second$}  documents  occurrences",
            "attribute", "value"
        )?;
        for count in self.identities.iter().filter(|count| count.occurrences > 0) {
            writeln!(
                f,
                "{:first$}  {:second$}  {:9}  {:11}",
                count.attribute, count.value, count.documents, count.occurrences
            )?;
        }
        Ok(())
    }
}
