//! What a file holds, group by group.

use serde::{Deserialize, Serialize};

/// The profile of a table: `equipoise.profile/1`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataProfile {
    /// The version of the format.
    pub schema: ProfileSchema,
    /// The number of rows.
    pub rows: usize,
    /// Every column, in the order of the file.
    pub columns: Vec<ColumnProfile>,
    /// Every group: first each attribute alone, then the full intersection where there are
    /// several attributes. Empty intersections are listed with count 0.
    pub groups: Vec<GroupProfile>,
    /// The columns that give a group away, the strongest first. In the profile of prepared
    /// training data only features are listed, since a model sees no other column; in that of a
    /// file, every column but the label.
    pub proxies: Vec<Proxy>,
}

/// The version of the format of a [`DataProfile`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ProfileSchema {
    /// The first.
    #[default]
    #[serde(rename = "equipoise.profile/1")]
    V1,
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
    /// `(I(column; group) - b) / (H(group) - b)`, in `[0, 1]`: the share of what there is to know
    /// about the group that the column gives away.
    ///
    /// Numbers are put into 20 bins of equal count first, missing values are a level of their own,
    /// and levels of fewer than 20 rows are counted as one. With `r` levels and `k` groups then
    /// found in `N` rows, `b = (r - 1)(k - 1) / 2N` is the first-order bias of the estimate of `I`
    /// under independence (Miller 1955). A value below 0 counts as 0, and so does a column where
    /// `H(group) <= b`.
    pub normalised_mutual_information: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_names_its_format_first_and_no_other_is_read() {
        let profile = DataProfile::default();
        let text = serde_json::to_string(&profile).unwrap();
        assert!(
            text.starts_with(r#"{"schema":"equipoise.profile/1","#),
            "{text}"
        );
        let read = |text: &str| serde_json::from_str::<DataProfile>(text);
        assert_eq!(read(&text).unwrap(), profile);
        let other = read(&text.replace("/1", "/2")).unwrap_err().to_string();
        assert!(other.contains("equipoise.profile/2"), "{other}");
        assert!(read(&text.replace(r#""schema":"equipoise.profile/1","#, "")).is_err());
    }
}
