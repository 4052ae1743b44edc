//! `groups`: the attributes by which people are told apart.

use std::collections::BTreeMap;
use std::fmt;

use equipoise_core::MissingPolicy;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::identity_terms::IdentityTerms;

/// One group attribute, made from one column.
///
/// A configuration writes the column's name, or a table:
///
/// ```
/// use equipoise_core::MissingPolicy;
/// use equipoise_data::GroupConfig;
///
/// #[derive(serde::Deserialize)]
/// struct Example { groups: Vec<GroupConfig> }
///
/// let example: Example = toml::from_str(r#"
/// groups = [
///     "sex",
///     { name = "age_band", column = "age", bins = [25, 45, 65] },
///     { column = "race", values = { White = "White", "*" = "Other" }, missing = "own-group" },
/// ]"#)?;
/// assert_eq!(example.groups[0], GroupConfig::column("sex"));
/// assert_eq!(example.groups[1].name, "age_band");
/// assert_eq!(example.groups[2].name, "race");
/// assert_eq!(example.groups[2].missing, MissingPolicy::OwnGroup);
/// # Ok::<(), toml::de::Error>(())
/// ```
///
/// Without `bins` and `values`, each distinct text, boolean or whole number is a group; numbers
/// that are not whole are an error that offers bins.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupConfig {
    /// The attribute's name; that of the column where a configuration leaves it out.
    pub name: String,
    /// The column that is read; the first of them where there are [`Self::probabilities`].
    pub column: String,
    /// Edges, ascending, that cut numbers into bins. A bin holds its lower edge and not its upper
    /// one: `[25, 45, 65]` makes the groups `<25`, `25-45`, `45-65` and `>=65`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bins: Option<Vec<f64>>,
    /// Whether the column is a number that a loss can take as it is (`attribute = "values"`),
    /// beside its bins, by which groups are compared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub continuous: bool,
    /// From a value of the column to the group; the key [`Self::EVERYTHING_ELSE`] stands for all
    /// values that are not named, and without it such a value is an error. So is a key that is no
    /// value of the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<BTreeMap<String, String>>,
    /// Whether the column holds texts in which an identity of a lexicon is looked for, see
    /// [`Self::identity`]: the name of a lexicon that ships, or a path that ends in `.toml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lexicon: Option<String>,
    /// The identity that makes the group `yes` of the texts that name it, and `no` of the others:
    /// `gender.female`. A text may name several; each is an attribute of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// From a group to the column of its probability, where no column has the groups themselves.
    /// The probabilities of a row sum to 1. Losses and the audit of a run take them as they are;
    /// everything that needs one group for a row (samplers, splits, prediction files, the values
    /// of an epoch) takes the most probable, and of several the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probabilities: Option<BTreeMap<String, String>>,
    /// What happens to a row in which the column is missing.
    pub missing: MissingPolicy,
}

impl GroupConfig {
    /// The key of [`Self::values`] that stands for every value that is not named.
    pub const EVERYTHING_ELSE: &'static str = "*";

    /// Names that a group attribute may not have, since prediction files use them.
    pub const RESERVED: [&'static str; 5] = ["id", "label", "score", "prediction", "split"];

    /// The attribute that takes the values of a column as they are; a missing value is an error.
    pub fn column(column: impl Into<String>) -> Self {
        let column = column.into();
        Self {
            name: column.clone(),
            column,
            bins: None,
            continuous: false,
            values: None,
            lexicon: None,
            identity: None,
            probabilities: None,
            missing: MissingPolicy::Error,
        }
    }

    /// The columns that are read: one, or those of the probabilities of the groups.
    pub fn columns(&self) -> Vec<&str> {
        match &self.probabilities {
            Some(columns) => columns.values().map(String::as_str).collect(),
            None => vec![&self.column],
        }
    }

    /// The same attribute with another rule for missing values.
    #[must_use]
    pub fn with_missing(mut self, missing: MissingPolicy) -> Self {
        self.missing = missing;
        self
    }

    /// Checks what can be checked without the data.
    ///
    /// # Errors
    ///
    /// When both bins and values are given, when a lexicon or its identity is not known, when a
    /// continuous attribute has no bins or a group of its missing values, when the edges do not
    /// ascend, when probabilities are of one group, of one column twice or beside another key, or
    /// when the name is reserved.
    pub(crate) fn check(&self, key: &str) -> Result<(), Error> {
        let invalid = |part: &str, found: String, legal, hint| {
            Err(Error::InvalidValue {
                key: format!("{key}.{part}"),
                found,
                legal,
                hint,
            })
        };
        if Self::RESERVED.contains(&self.name.as_str()) {
            return invalid(
                "name",
                format!("`{}`", self.name),
                "any name but id, label, score, prediction and split",
                "keep the column and give the attribute another `name`",
            );
        }
        if let Some(columns) = &self.probabilities {
            self.check_probabilities(columns, key)?;
        }
        if self.bins.is_some() && self.values.is_some() {
            return invalid(
                "values",
                "there beside `bins`".to_owned(),
                "one of the two, or neither",
                "`bins` are for numbers, `values` for texts",
            );
        }
        if self.lexicon.is_some() != self.identity.is_some() {
            let (part, other) = match self.lexicon {
                Some(_) => ("lexicon", "identity"),
                None => ("identity", "lexicon"),
            };
            return invalid(
                part,
                format!("there without `{other}`"),
                "both or neither",
                "for example `lexicon = \"en\", identity = \"gender.female\"`",
            );
        }
        if self.lexicon.is_some() && (self.bins.is_some() || self.values.is_some()) {
            return invalid(
                "lexicon",
                "there beside `bins` or `values`".to_owned(),
                "alone",
                "the groups of texts are those that name the identity, `yes`, and the others, `no`",
            );
        }
        IdentityTerms::of(self)?;
        if self.continuous && self.bins.is_none() {
            return invalid(
                "continuous",
                "true without `bins`".to_owned(),
                "there beside `bins` alone",
                "an audit compares groups, so give the edges of some: `bins = [25, 45, 65]`",
            );
        }
        if self.continuous && self.missing == MissingPolicy::OwnGroup {
            return invalid(
                "missing",
                "own-group beside `continuous`".to_owned(),
                "error or drop",
                "a row without the number has no value that a loss could take",
            );
        }
        if let Some(bins) = &self.bins {
            let ascending = bins.windows(2).all(|pair| pair[0] < pair[1]);
            if bins.is_empty() || !ascending || bins.iter().any(|edge| !edge.is_finite()) {
                return invalid(
                    "bins",
                    format!("{bins:?}"),
                    "a list of finite numbers in ascending order",
                    "for example `bins = [25, 45, 65]`",
                );
            }
        }
        if let Some(values) = &self.values
            && values.is_empty()
        {
            return invalid(
                "values",
                "empty".to_owned(),
                "at least one value",
                "for example `values = { White = \"White\", \"*\" = \"Other\" }`",
            );
        }
        Ok(())
    }

    /// Checks an attribute whose groups are known as probabilities.
    fn check_probabilities(
        &self,
        columns: &BTreeMap<String, String>,
        key: &str,
    ) -> Result<(), Error> {
        const EXAMPLE: &str =
            "for example `probabilities = { White = \"p_white\", Black = \"p_black\" }`";
        let invalid = |part: &str, found: String, legal, hint| {
            Err(Error::InvalidValue {
                key: format!("{key}.{part}"),
                found,
                legal,
                hint,
            })
        };
        let others = [
            ("bins", self.bins.is_some()),
            ("values", self.values.is_some()),
            ("lexicon", self.lexicon.is_some()),
            ("identity", self.identity.is_some()),
            ("continuous", self.continuous),
            ("missing", self.missing != MissingPolicy::Error),
        ];
        if let Some((other, _)) = others.into_iter().find(|(_, is_there)| *is_there) {
            return invalid(
                other,
                "there beside `probabilities`".to_owned(),
                "not there",
                "`probabilities` alone says which groups there are; each row needs all of them",
            );
        }
        let names: Vec<&String> = columns.values().collect();
        let twice = (names.iter().enumerate()).find(|(at, name)| names[..*at].contains(name));
        if let Some((_, column)) = twice {
            return invalid(
                "probabilities",
                format!("column `{column}` for two groups"),
                "a column of its own for each group",
                EXAMPLE,
            );
        }
        if columns.len() < 2 {
            return invalid(
                "probabilities",
                if columns.is_empty() {
                    "empty"
                } else {
                    "one group"
                }
                .to_owned(),
                "at least two groups",
                EXAMPLE,
            );
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupTable {
    column: Option<String>,
    name: Option<String>,
    bins: Option<Vec<f64>>,
    #[serde(default)]
    continuous: bool,
    values: Option<BTreeMap<String, String>>,
    lexicon: Option<String>,
    identity: Option<String>,
    probabilities: Option<BTreeMap<String, String>>,
    #[serde(default)]
    missing: MissingPolicy,
}

impl<'de> Deserialize<'de> for GroupConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct GroupVisitor;

        impl<'de> Visitor<'de> for GroupVisitor {
            type Value = GroupConfig;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(
                    "a column name, or a table such as { name = \"age\", column = \"age\", bins = \
                     [25, 45, 65] }",
                )
            }

            fn visit_str<E>(self, column: &str) -> Result<GroupConfig, E> {
                Ok(GroupConfig::column(column))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<GroupConfig, A::Error> {
                let table = GroupTable::deserialize(MapAccessDeserializer::new(map))?;
                let (name, column) = match (table.name, table.column, &table.probabilities) {
                    (name, Some(column), None) => (name.unwrap_or_else(|| column.clone()), column),
                    (_, Some(_), Some(_)) => {
                        return Err(A::Error::custom(
                            "`column` is there beside `probabilities`, which name their own columns",
                        ));
                    }
                    (Some(name), None, Some(columns)) => {
                        (name, columns.values().next().cloned().unwrap_or_default())
                    }
                    (None, None, Some(_)) => return Err(A::Error::missing_field("name")),
                    (_, None, None) => return Err(A::Error::missing_field("column")),
                };
                Ok(GroupConfig {
                    name,
                    column,
                    bins: table.bins,
                    continuous: table.continuous,
                    values: table.values,
                    lexicon: table.lexicon,
                    identity: table.identity,
                    probabilities: table.probabilities,
                    missing: table.missing,
                })
            }
        }

        deserializer.deserialize_any(GroupVisitor)
    }
}
