//! What a file holds, group by group.

use serde::{Deserialize, Serialize};

/// The profile of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataProfile {
    /// The number of rows.
    pub rows: usize,
    /// Every column, in the order of the file.
    pub columns: Vec<ColumnProfile>,
    /// Every group: first each attribute alone, then the full intersection where there are
    /// several attributes. Empty intersections are listed with count 0.
    pub groups: Vec<GroupProfile>,
    /// The columns that give a group away, the strongest first.
    pub proxies: Vec<Proxy>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnProfile {
    /// The name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// How many values are missing.
    pub missing: usize,
    /// How many distinct values there are, missing not counted.
    pub distinct: usize,
    /// Numbers only: the smallest value.
    pub min: Option<f64>,
    /// Numbers only: the mean.
    pub mean: Option<f64>,
    /// Numbers only: the largest value.
    pub max: Option<f64>,
    /// Texts only: the most frequent value.
    pub most_frequent: Option<String>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnKind {
    /// Numbers.
    Number,
    /// Texts.
    Text,
}

/// One group of people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupProfile {
    /// The attributes and their values, in order.
    pub attributes: Vec<(String, String)>,
    /// The number of rows.
    pub count: usize,
    /// The number of rows with a label that is not missing, where a label was named.
    pub labelled: Option<usize>,
    /// The number of rows with the positive label.
    pub positives: Option<usize>,
    /// `positives / labelled`, in `[0, 1]`; `None` where there is no labelled row.
    pub base_rate: Option<f64>,
}

/// A column from which a group can be guessed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// The column.
    pub column: String,
    /// The group attribute.
    pub attribute: String,
    /// `I(column; group) / H(group)`, in `[0, 1]`: the share of what there is to know about the
    /// group that the column gives away. Numbers are put into 20 bins of equal count.
    pub normalised_mutual_information: f64,
}
