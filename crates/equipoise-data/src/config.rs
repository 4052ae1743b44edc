//! The `[data]` table of a configuration, and its checked form.

mod features;
mod group;
mod label;
mod scalar;
mod split;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use equipoise_text::{NameSwap, Swapper};
use serde::{Deserialize, Serialize};

pub use self::features::{FeaturesConfig, NumberInput};
pub use self::group::GroupConfig;
pub use self::label::{LabelConfig, TaskKind};
pub use self::split::{DrawnSplit, Split, SplitConfig, Stratum};
use crate::word_lists::{is_file, swapper};
use crate::{Error, FileFormat};

/// What a column is taken for, whatever the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ColumnType {
    /// A number; a text in it is an error.
    Number,
    /// A category, even where all its values look like numbers (a postal code).
    Category,
}

/// What happens to rows in which a feature is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MissingRows {
    /// They stay: a missing value is an input of its own.
    #[default]
    Keep,
    /// They are left out.
    Drop,
}

/// The `[data]` table, as it was written.
///
/// ```
/// use equipoise_data::DataConfig;
///
/// let config: DataConfig = toml::from_str(r#"
/// source = "datasets/adult/adult.parquet"
/// label  = { column = "income", positive = ">50K" }
/// groups = ["sex", { name = "age", column = "age", bins = [25, 45, 65] }]
/// exclude = ["fnlwgt"]
/// split  = { train = 0.6, valid = 0.2, test = 0.2, stratify = ["label", "group"], seed = 7 }
/// "#)?;
/// let checked = config.check()?;
/// assert_eq!(checked.groups()[1].name, "age");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// The file; a relative path starts at the current folder.
    pub source: PathBuf,
    /// What is predicted.
    pub label: LabelConfig,
    /// The attributes by which people are told apart; at least one.
    pub groups: Vec<GroupConfig>,
    /// The column of texts that a model of texts sees, in place of features. Not set: the model
    /// sees the features.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The list of pairs of words that makes the counterfactual of a text: the name of one that
    /// ships, or a path that ends in `.toml`. Not set: there are no counterfactuals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swap: Option<String>,
    /// Columns that are not read.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Texts that stand for a missing value, such as `"?"`; numbers are compared as numbers, so
    /// that `-999`, `"NaN"` and `"inf"` work in number columns.
    #[serde(default, deserialize_with = "scalar::list")]
    pub missing_values: Vec<String>,
    /// What happens to rows in which a feature is missing.
    #[serde(default)]
    pub missing_rows: MissingRows,
    /// A column of row weights above 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// Columns that are taken for something else than they look like.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnType>,
    /// Which columns a model may see, and how it sees them.
    #[serde(default)]
    pub features: FeaturesConfig,
    /// Which rows train, which choose, and which test.
    #[serde(default)]
    pub split: SplitConfig,
}

impl DataConfig {
    /// A configuration with nothing but what must be said.
    pub fn new(source: impl Into<PathBuf>, label: LabelConfig, groups: Vec<GroupConfig>) -> Self {
        Self {
            source: source.into(),
            label,
            groups,
            text: None,
            swap: None,
            exclude: Vec::new(),
            missing_values: Vec::new(),
            missing_rows: MissingRows::default(),
            weight: None,
            columns: BTreeMap::new(),
            features: FeaturesConfig::default(),
            split: SplitConfig::default(),
        }
    }

    /// Checks everything that can be checked without opening the file.
    ///
    /// # Errors
    ///
    /// When a value lies outside what is legal; the error names the key.
    pub fn check(self) -> Result<CheckedDataConfig, Error> {
        FileFormat::of_path(&self.source)?;
        if self.groups.is_empty() {
            return Err(Error::InvalidValue {
                key: "data.groups".to_owned(),
                found: "empty".to_owned(),
                legal: "at least one group attribute",
                hint: "name a column that tells people apart, such as `groups = [\"sex\"]`",
            });
        }
        for (index, group) in self.groups.iter().enumerate() {
            group.check(&format!("data.groups[{index}]"))?;
            if self.groups[..index].iter().any(|g| g.name == group.name) {
                return Err(Error::InvalidValue {
                    key: format!("data.groups[{index}].name"),
                    found: format!("`{}` again", group.name),
                    legal: "a name that no other attribute has",
                    hint: "leave one of the two out, or give it another `name`",
                });
            }
            if group.columns().contains(&self.label.column.as_str()) {
                return Err(Error::InvalidValue {
                    key: format!("data.groups[{index}].column"),
                    found: format!("the label `{}`", self.label.column),
                    legal: "another column",
                    hint: "name what people are, not what is predicted of them",
                });
            }
        }
        if let (Some(positive), Some(TaskKind::Multiclass | TaskKind::Regression)) =
            (&self.label.positive, self.label.task)
        {
            return Err(Error::InvalidValue {
                key: "data.label.positive".to_owned(),
                found: format!("`{positive}`"),
                legal: "no positive value unless the task is binary",
                hint: "leave `positive` out, or say `task = \"binary\"`",
            });
        }
        if let Some(text) = &self.text {
            self.check_text(text)?;
        }
        if let Some(swap) = &self.swap {
            if self.text.is_none() {
                return Err(Error::InvalidValue {
                    key: "data.swap".to_owned(),
                    found: format!("`{swap}` without `data.text`"),
                    legal: "there beside `data.text` alone",
                    hint: "name the column of texts whose words are swapped, or leave `swap` out",
                });
            }
            self.swapper()?;
        }
        self.features.check()?;
        let split = self.split.check()?;
        Ok(CheckedDataConfig {
            config: self,
            split,
        })
    }

    /// What makes the counterfactual of a text.
    fn swapper(&self) -> Result<Option<Swapper>, Error> {
        let Some(swap) = &self.swap else {
            return Ok(None);
        };
        swapper(swap, NameSwap::Swapped)
            .map(Some)
            .map_err(|source| Error::Swap { source })
    }

    /// The text is no column with a role of its own.
    fn check_text(&self, text: &str) -> Result<(), Error> {
        let roles = [
            (self.label.column == text, "the label"),
            (
                (self.groups.iter())
                    .any(|group| group.columns().contains(&text) && group.lexicon.is_none()),
                "a group attribute",
            ),
            (self.weight.as_deref() == Some(text), "the weight"),
            (self.exclude.iter().any(|column| column == text), "excluded"),
        ];
        match roles.iter().find(|(is, _)| *is) {
            Some((_, role)) => Err(Error::InvalidValue {
                key: "data.text".to_owned(),
                found: format!("`{text}`, which is {role}"),
                legal: "a column without another role",
                hint: "name the column that holds what people wrote",
            }),
            None => Ok(()),
        }
    }
}

/// A `[data]` table whose values are known to make sense.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedDataConfig {
    config: DataConfig,
    split: Split,
}

impl CheckedDataConfig {
    /// The table as it was written.
    pub fn config(&self) -> &DataConfig {
        &self.config
    }

    /// The file.
    pub fn source(&self) -> &Path {
        &self.config.source
    }

    /// What is predicted.
    pub fn label(&self) -> &LabelConfig {
        &self.config.label
    }

    /// The group attributes; at least one, with different names.
    pub fn groups(&self) -> &[GroupConfig] {
        &self.config.groups
    }

    /// The files of the user, beside that of the data, on which groups and counterfactuals depend:
    /// lexicons and lists of pairs.
    pub fn word_lists(&self) -> Vec<&Path> {
        let lexicons = self
            .config
            .groups
            .iter()
            .filter_map(|group| group.lexicon.as_deref());
        lexicons
            .chain(self.config.swap.as_deref())
            .filter(|list| is_file(list))
            .map(Path::new)
            .collect()
    }

    /// What makes the counterfactual of a text, names included; `None` where nothing does.
    ///
    /// # Errors
    ///
    /// When the list of pairs cannot be read any more.
    pub fn swapper(&self) -> Result<Option<Swapper>, Error> {
        self.config.swapper()
    }

    /// How the rows are dealt out.
    pub fn split(&self) -> &Split {
        &self.split
    }
}
