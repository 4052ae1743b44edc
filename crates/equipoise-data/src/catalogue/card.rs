//! What is known of one data set.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{CatalogueError, Checksum};

/// The version of the format of a card.
const SCHEMA: &str = "equipoise.card/1";

/// What is known of one data set: `datasets/<name>/card.toml`.
///
/// Rows, label and groups describe the file that ships; where none ships, the original.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The version of this format, `equipoise.card/1`.
    pub schema: String,
    /// The name, which is also the name of the folder.
    pub name: String,
    /// What a person calls it.
    pub title: String,
    /// `income`, `credit`, `justice`, `education`, ...
    pub domain: String,
    /// The licence of the data, or what is known of it.
    pub licence: String,
    /// What a row is, in one sentence.
    pub summary: String,
    /// How to cite it.
    pub citation: String,
    /// The number of rows.
    pub rows: u64,
    /// How the file was made from its source.
    pub made: String,
    /// Columns of which no feature should be made, beside the label and the groups: weights,
    /// scores of other systems, columns that give a group away.
    pub exclude: Vec<String>,
    /// Whom a model of this data, or a careless figure, can harm.
    pub harms: Vec<String>,
    /// What the data cannot show.
    pub limits: Vec<String>,
    /// The file that ships with the project, if one does.
    pub shipped: Option<Shipped>,
    /// The file at its source.
    pub original: Original,
    /// The probe of base models that asks with it, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<String>,
    /// What is predicted; `None` for data that ask a model and predict nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// The groups of people, by attribute; empty where no column holds any.
    pub groups: Vec<Group>,
    /// What the columns mean, in the order of the file; empty where nobody wrote it down.
    #[serde(default)]
    pub columns: Vec<ColumnNote>,
}

/// A file that ships with the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shipped {
    /// The file, inside the folder of the data set.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Its checksum.
    pub sha256: Checksum,
}

/// A file at its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Original {
    /// Where it can be downloaded, an `https` address.
    pub address: String,
    /// The name it is kept under, inside the folder of the data set.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Its checksum.
    pub sha256: Checksum,
    /// How to read it, and what to beware of.
    pub format: String,
    /// Further files of the data set, at addresses beside this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<FileBeside>,
}

/// A file whose address is that of the original with another name at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileBeside {
    /// The name, at its source and inside the folder of the data set.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Its checksum.
    pub sha256: Checksum,
}

impl Original {
    /// The address of a file beside this one.
    pub fn address_beside(&self, beside: &FileBeside) -> String {
        let folder = self
            .address
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        format!("{folder}/{}", beside.file)
    }
}

/// What is predicted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// The column.
    pub column: String,
    /// The value that counts as positive.
    pub positive: String,
    /// The number of rows with that value.
    pub positives: u64,
    /// What the values mean.
    pub meaning: String,
}

/// An attribute of people, with its groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The column.
    pub column: String,
    /// The groups, sorted by value. Together they are all rows.
    pub values: Vec<GroupValue>,
}

/// One group of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupValue {
    /// The value in the column, as text.
    pub value: String,
    /// What the value means, where it does not say so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub means: Option<String>,
    /// The number of rows.
    pub count: u64,
    /// The number of rows with the positive label.
    pub positives: u64,
}

/// What a column means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnNote {
    /// The name.
    pub name: String,
    /// What it holds.
    pub meaning: String,
}

impl Card {
    /// A card from the text of its file.
    ///
    /// # Errors
    ///
    /// When the text does not parse, or when its parts contradict each other: a name other than
    /// `name`, groups that are not all rows, more positives than rows.
    pub fn parse(name: &str, text: &str) -> Result<Self, CatalogueError> {
        let card: Self = toml::from_str(text).map_err(|source| CatalogueError::Unreadable {
            name: name.to_owned(),
            source: Box::new(source),
        })?;
        match card.contradiction(name) {
            None => Ok(card),
            Some(what) => Err(CatalogueError::Contradiction {
                name: name.to_owned(),
                what,
            }),
        }
    }

    /// Where the shipped file lies, given the folder `datasets/`; `None` where none ships.
    pub fn shipped_path(&self, datasets: &Path) -> Option<PathBuf> {
        let shipped = self.shipped.as_ref()?;
        Some(datasets.join(&self.name).join(&shipped.file))
    }

    /// Where downloaded originals lie, given the folder that downloads go into: one file, or the
    /// folder of several.
    pub fn original_path(&self, folder: &Path) -> PathBuf {
        let folder = folder.join(&self.name);
        if self.original.beside.is_empty() {
            folder.join(&self.original.file)
        } else {
            folder
        }
    }

    /// The share of rows with the positive label, in `[0, 1]`; `None` for a file without rows or
    /// without a label.
    pub fn base_rate(&self) -> Option<f64> {
        share(self.label.as_ref()?.positives, self.rows)
    }

    /// What does not fit together, if anything.
    fn contradiction(&self, name: &str) -> Option<String> {
        if self.schema != SCHEMA {
            return Some(format!("schema is `{}`, expected `{SCHEMA}`", self.schema));
        }
        if self.name != name {
            return Some(format!("it names itself `{}`", self.name));
        }
        if !self.original.address.starts_with("https://") {
            return Some(format!("`{}` is no https address", self.original.address));
        }
        let Some(label) = &self.label else {
            return (!self.groups.is_empty()).then(|| "it has groups and no label".to_owned());
        };
        self.groups.iter().find_map(|group| {
            let total = |count: fn(&GroupValue) -> u64| {
                group.values.iter().map(count).fold(0, u64::saturating_add)
            };
            let (rows, positives) = (total(|value| value.count), total(|value| value.positives));
            let expected = (self.rows, label.positives);
            let overfull = group
                .values
                .iter()
                .any(|value| value.positives > value.count);
            (overfull || (rows, positives) != expected).then(|| {
                format!(
                    "the groups of `{}` have {rows} rows and {positives} positives, \
                     expected {} and {}",
                    group.column, expected.0, expected.1
                )
            })
        })
    }
}

impl GroupValue {
    /// The share of rows with the positive label, in `[0, 1]`; `None` for a group without rows.
    pub fn base_rate(&self) -> Option<f64> {
        share(self.positives, self.count)
    }
}

/// `part / whole`, or `None` where there is nothing to take a share of.
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADULT: &str = include_str!("../../../../datasets/adult/card.toml");

    #[test]
    fn shares() {
        assert_eq!(share(1, 4), Some(0.25));
        assert_eq!(share(0, 0), None);
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let error = Card::parse("adult", &format!("rowz = 1\n{ADULT}")).unwrap_err();
        assert!(
            matches!(error, CatalogueError::Unreadable { .. }),
            "{error}"
        );
    }

    #[test]
    fn groups_must_be_all_rows() {
        let fewer = ADULT.replace("count = 10771", "count = 10770");
        assert_eq!(
            Card::parse("adult", &fewer).unwrap_err().to_string(),
            "the card of data set `adult` contradicts itself: the groups of `sex` have 32560 rows \
             and 7841 positives, expected 32561 and 7841"
        );
    }

    #[test]
    fn the_name_must_be_the_folder() {
        let error = Card::parse("adults", ADULT).unwrap_err();
        assert!(
            error.to_string().ends_with("it names itself `adult`"),
            "{error}"
        );
    }
}
