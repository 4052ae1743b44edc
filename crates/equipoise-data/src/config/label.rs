//! `label`: what is predicted.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::scalar;

/// The kind of the task, where the data do not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TaskKind {
    /// One of two classes.
    Binary,
    /// One of several classes.
    Multiclass,
    /// A number.
    Regression,
}

/// The label column.
///
/// A configuration writes the column's name, or a table:
///
/// ```
/// use equipoise_data::{LabelConfig, TaskKind};
///
/// #[derive(serde::Deserialize)]
/// struct Example { label: LabelConfig }
///
/// let table: Example = toml::from_str(r#"label = { column = "income", positive = ">50K" }"#)?;
/// assert_eq!(table.label.positive.as_deref(), Some(">50K"));
///
/// let name: Example = toml::from_str(r#"label = "income""#)?;
/// assert_eq!(name.label, LabelConfig::column("income"));
/// # Ok::<(), toml::de::Error>(())
/// ```
///
/// Which task it makes:
///
/// | `task` | `positive` | task |
/// |---|---|---|
/// | | given | binary: that value against all others |
/// | | | binary where there are exactly two values (the one that sorts last is positive, with a warning); an error otherwise |
/// | `binary` | as above | as above |
/// | `multiclass` | not legal | one class for each value, sorted |
/// | `regression` | not legal | a number |
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelConfig {
    /// The column.
    pub column: String,
    /// The value that counts as positive, as a text: `">50K"`, `"1"`, `"true"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub positive: Option<String>,
    /// The task, where it is not two classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskKind>,
}

impl LabelConfig {
    /// A label column of two classes.
    pub fn column(column: impl Into<String>) -> Self {
        Self {
            column: column.into(),
            positive: None,
            task: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelTable {
    column: String,
    #[serde(default, deserialize_with = "scalar::optional")]
    positive: Option<String>,
    #[serde(default)]
    task: Option<TaskKind>,
}

impl<'de> Deserialize<'de> for LabelConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LabelVisitor;

        impl<'de> Visitor<'de> for LabelVisitor {
            type Value = LabelConfig;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(
                    "a column name, or a table such as { column = \"income\", positive = \">50K\" }",
                )
            }

            fn visit_str<E>(self, column: &str) -> Result<LabelConfig, E> {
                Ok(LabelConfig::column(column))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<LabelConfig, A::Error> {
                let table = LabelTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(LabelConfig {
                    column: table.column,
                    positive: table.positive,
                    task: table.task,
                })
            }
        }

        deserializer.deserialize_any(LabelVisitor)
    }
}
