//! From what texts name to groups.

use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
use serde::{Deserialize, Serialize};

use super::{Identity, IdentityCounts, Lexicon, counts};
use crate::Error;

/// The group of a text that names several values of one attribute, where a text has one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SeveralPolicy {
    /// A group of its own, named [`IdentityAnnotation::SEVERAL`].
    #[default]
    OwnGroup,
    /// The value that is named first.
    First,
    /// The value that is named most often; of those named equally often, the one named first.
    MostFrequent,
    /// An error that names the text.
    Error,
}

/// How often each text names each identity.
///
/// ```
/// use equipoise_text::{IdentityAnnotation, Lexicon, SeveralPolicy};
///
/// let lexicon = Lexicon::builtin(&["en"])?;
/// let annotation =
///     IdentityAnnotation::of(&lexicon, ["She met two men.", "It rained.", "Her mother left."]);
/// let groups = annotation.groups(&["gender"], SeveralPolicy::OwnGroup)?;
/// let value = |row| groups.schema().attributes()[0].values()[groups.row(row)[0] as usize].as_str();
/// assert_eq!([value(0), value(1), value(2)], ["(several)", "(none)", "female"]);
/// # Ok::<(), equipoise_text::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityAnnotation {
    identities: Vec<Identity>,
    /// For each text, the identities that it names and how often, in the order of first mention.
    named: Vec<Vec<(usize, usize)>>,
}

impl IdentityAnnotation {
    /// The group of texts that name no value of an attribute.
    pub const NONE: &'static str = "(none)";
    /// The group of texts that name several values of an attribute.
    pub const SEVERAL: &'static str = "(several)";

    /// Finds what texts name.
    pub fn of<S: AsRef<str>>(lexicon: &Lexicon, texts: impl IntoIterator<Item = S>) -> Self {
        let named = (texts.into_iter())
            .map(|text| named_by(lexicon, text.as_ref()))
            .collect();
        Self {
            identities: lexicon.identities().to_vec(),
            named,
        }
    }

    /// The number of texts.
    pub fn rows(&self) -> usize {
        self.named.len()
    }

    /// The identities that can be named.
    pub fn identities(&self) -> &[Identity] {
        &self.identities
    }

    /// The identities that a text names, as indices, with how often, in the order of first mention;
    /// none where there is no such text.
    pub fn named(&self, row: usize) -> &[(usize, usize)] {
        self.named.get(row).map_or(&[], Vec::as_slice)
    }

    /// The identities of one attribute that each text names, as indices, in the order of first
    /// mention: groups that overlap, as [`balance_factors`](crate::balance_factors) takes them.
    ///
    /// # Errors
    ///
    /// When the attribute is not known.
    pub fn named_of(&self, attribute: &str) -> Result<Vec<Vec<usize>>, Error> {
        let members = self.members(attribute)?;
        Ok((self.named.iter())
            .map(|named| {
                (named.iter().map(|(identity, _)| *identity))
                    .filter(|identity| members.contains(identity))
                    .collect()
            })
            .collect())
    }

    /// One group for each text and attribute: the value that it names, [`Self::NONE`], or what the
    /// policy says where there are several.
    ///
    /// [`Self::SEVERAL`] is among the values with [`SeveralPolicy::OwnGroup`] alone. The values are
    /// those of the lexicon, whether a text names them or not.
    ///
    /// # Errors
    ///
    /// When an attribute is not known or given twice, when the intersections are too many, or,
    /// with [`SeveralPolicy::Error`], when a text names several values.
    pub fn groups(
        &self,
        attributes: &[&str],
        several: SeveralPolicy,
    ) -> Result<GroupColumns, Error> {
        let mut schema = Vec::with_capacity(attributes.len());
        let mut codes = Vec::with_capacity(attributes.len());
        for name in attributes {
            let members = self.members(name)?;
            let mut values: Vec<&str> = (members.iter())
                .map(|&identity| self.identities[identity].value.as_str())
                .collect();
            values.push(Self::NONE);
            if several == SeveralPolicy::OwnGroup {
                values.push(Self::SEVERAL);
            }
            let attribute = GroupAttribute::new(*name, values)?;
            let column = (0..self.rows())
                .map(|row| self.code(row, name, &members, several))
                .collect::<Result<Vec<u32>, _>>()?;
            schema.push(attribute);
            codes.push(column);
        }
        Ok(GroupColumns::new(GroupSchema::new(schema)?, codes)?)
    }

    /// One attribute for each identity, with the values `no` and `yes`: groups that overlap, each
    /// of which is compared with the rest.
    ///
    /// The columns are apart, since the intersections of many identities are too many to count.
    ///
    /// # Errors
    ///
    /// When the attribute is not known.
    pub fn indicators(&self, attribute: &str) -> Result<Vec<GroupColumns>, Error> {
        (self.members(attribute)?.into_iter())
            .map(|identity| {
                let value = self.identities[identity].value.as_str();
                let schema = GroupSchema::new(vec![GroupAttribute::new(value, ["no", "yes"])?])?;
                let codes = (0..self.rows())
                    .map(|row| u32::from(self.occurrences(row, identity) > 0))
                    .collect();
                Ok(GroupColumns::new(schema, vec![codes])?)
            })
            .collect()
    }

    /// The share of each value in what a text names of an attribute, `[values][rows]` in `[0, 1]`:
    /// soft membership, by the number of mentions. The values are those of the lexicon and, last,
    /// [`Self::NONE`]; the shares of each text sum to 1.
    ///
    /// # Errors
    ///
    /// When the attribute is not known.
    pub fn shares(&self, attribute: &str) -> Result<(GroupAttribute, Vec<Vec<f64>>), Error> {
        let members = self.members(attribute)?;
        let values = (members.iter())
            .map(|&identity| self.identities[identity].value.as_str())
            .chain([Self::NONE]);
        let schema = GroupAttribute::new(attribute, values)?;
        let mut shares = vec![vec![0.0; self.rows()]; members.len() + 1];
        for row in 0..self.rows() {
            let total: usize = (members.iter())
                .map(|&identity| self.occurrences(row, identity))
                .sum();
            if total == 0 {
                shares[members.len()][row] = 1.0;
                continue;
            }
            for (column, &identity) in shares.iter_mut().zip(&members) {
                column[row] = self.occurrences(row, identity) as f64 / total as f64;
            }
        }
        Ok((schema, shares))
    }

    /// How often each identity occurs.
    pub fn counts(&self) -> IdentityCounts {
        counts::of(&self.identities, &self.named)
    }

    /// The identities of an attribute, as indices.
    ///
    /// # Errors
    ///
    /// When the attribute is not known.
    pub(crate) fn members(&self, attribute: &str) -> Result<Vec<usize>, Error> {
        let members: Vec<usize> = (self.identities.iter().enumerate())
            .filter(|(_, identity)| identity.attribute == attribute)
            .map(|(index, _)| index)
            .collect();
        if members.is_empty() {
            let mut known: Vec<String> = (self.identities.iter())
                .map(|identity| identity.attribute.clone())
                .collect();
            known.dedup();
            return Err(Error::Unknown {
                what: "attribute of the lexicon",
                name: attribute.to_owned(),
                known,
            });
        }
        Ok(members)
    }

    fn occurrences(&self, row: usize, identity: usize) -> usize {
        (self.named[row].iter())
            .find(|(named, _)| *named == identity)
            .map_or(0, |(_, count)| *count)
    }

    /// The code of a text among the values of an attribute.
    fn code(
        &self,
        row: usize,
        attribute: &str,
        members: &[usize],
        several: SeveralPolicy,
    ) -> Result<u32, Error> {
        let named: Vec<(usize, usize)> = (self.named[row].iter())
            .filter_map(|(identity, count)| {
                Some((
                    members.iter().position(|member| member == identity)?,
                    *count,
                ))
            })
            .collect();
        let none = members.len();
        let code = match (named.as_slice(), several) {
            ([], _) => none,
            ([(value, _)] | [(value, _), ..], SeveralPolicy::First) | ([(value, _)], _) => *value,
            (_, SeveralPolicy::OwnGroup) => none + 1,
            ([first, rest @ ..], SeveralPolicy::MostFrequent) => {
                // The first of the most frequent: a later one must be named more often.
                (rest.iter())
                    .fold(
                        first,
                        |best, next| if next.1 > best.1 { next } else { best },
                    )
                    .0
            }
            (_, SeveralPolicy::Error) => {
                return Err(Error::SeveralIdentities {
                    row,
                    attribute: attribute.to_owned(),
                    values: (named.iter())
                        .map(|(value, _)| self.identities[members[*value]].value.clone())
                        .collect(),
                });
            }
        };
        // A schema has at most 2^20 values.
        Ok(u32::try_from(code).unwrap_or(u32::MAX))
    }
}

fn named_by(lexicon: &Lexicon, text: &str) -> Vec<(usize, usize)> {
    let mut named: Vec<(usize, usize)> = Vec::new();
    for mention in lexicon.mentions(text) {
        for &identity in mention.identities {
            match named.iter_mut().find(|(known, _)| *known == identity) {
                Some((_, count)) => *count += 1,
                None => named.push((identity, 1)),
            }
        }
    }
    named
}
