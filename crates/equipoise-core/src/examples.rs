//! Encoded rows with target, groups and weight.

use serde::{Deserialize, Serialize};

use crate::{EncodedFeatures, Error, GroupColumns};

/// A part of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SplitPart {
    /// What the weights and the encoder are fitted on.
    Train,
    /// What chooses among checkpoints, thresholds and settings.
    Valid,
    /// What nothing is chosen on.
    Test,
}

impl SplitPart {
    /// All parts, in order.
    pub const ALL: [Self; 3] = [Self::Train, Self::Valid, Self::Test];

    /// The name as files have it: `train`, `valid`, `test`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Valid => "valid",
            Self::Test => "test",
        }
    }
}

/// One row: what a model sees of it, and what losses need to know.
///
/// The features are those of a table unless the type says otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Example<F = TabularRow> {
    /// The row's number in the file, from 0.
    pub id: u64,
    /// What a model sees.
    pub features: F,
    /// The target: 0 or 1, the index of a class, or a number (see [`crate::Task`]).
    pub target: f32,
    /// One group code for each attribute.
    pub groups: Vec<u32>,
    /// One number for each continuous attribute, in the order of the schema; empty where there is
    /// none.
    pub group_values: Vec<f32>,
    /// The probabilities of the groups of the soft attributes, those of an attribute after each
    /// other, in the order of the schema; empty where there is none.
    pub memberships: Vec<f32>,
    /// The row's weight; 1 where the data have none.
    pub weight: f32,
}

/// What a model of tables sees of a row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TabularRow {
    /// Numeric inputs.
    pub numeric: Vec<f32>,
    /// Category inputs.
    pub categorical: Vec<u32>,
}

/// Rows of one part of the data, column by column.
#[derive(Debug, Clone, PartialEq)]
pub struct Examples {
    ids: Vec<u64>,
    features: EncodedFeatures,
    targets: Vec<f32>,
    groups: GroupColumns,
    weights: Option<Vec<f32>>,
    texts: Option<Vec<String>>,
    /// `[continuous attributes][rows]`
    group_values: Vec<Vec<f32>>,
    /// `[groups of soft attributes][rows]`
    memberships: Vec<Vec<f64>>,
}

impl Examples {
    /// Rows from their columns.
    ///
    /// # Errors
    ///
    /// When the lengths differ.
    pub fn new(
        ids: Vec<u64>,
        features: EncodedFeatures,
        targets: Vec<f32>,
        groups: GroupColumns,
        weights: Option<Vec<f32>>,
    ) -> Result<Self, Error> {
        let rows = ids.len();
        for (what, found) in [
            ("rows of features", features.rows),
            ("targets", targets.len()),
            ("rows of groups", groups.rows()),
            ("weights", weights.as_ref().map_or(rows, Vec::len)),
        ] {
            if found != rows {
                return Err(Error::Lengths {
                    what,
                    expected: rows,
                    found,
                });
            }
        }
        Ok(Self {
            ids,
            features,
            targets,
            groups,
            weights,
            texts: None,
            group_values: Vec::new(),
            memberships: Vec::new(),
        })
    }

    /// The same rows with a text each.
    ///
    /// # Errors
    ///
    /// When there is not one text for each row.
    pub fn with_texts(self, texts: Vec<String>) -> Result<Self, Error> {
        if texts.len() != self.len() {
            return Err(Error::Lengths {
                what: "texts",
                expected: self.len(),
                found: texts.len(),
            });
        }
        Ok(Self {
            texts: Some(texts),
            ..self
        })
    }

    /// The same rows with the numbers of their continuous attributes, `[attributes][rows]` in the
    /// order of the schema.
    ///
    /// # Errors
    ///
    /// When there is not one column for each continuous attribute, or not one number for each
    /// row.
    pub fn with_group_values(self, columns: Vec<Vec<f32>>) -> Result<Self, Error> {
        let attributes = self.groups.schema().attributes().iter();
        let expected = attributes
            .filter(|attribute| attribute.is_continuous())
            .count();
        let of_rows = columns.iter().map(|column| {
            let what = "values of a continuous attribute";
            (what, self.len(), column.len())
        });
        let of_attributes = ("columns of continuous attributes", expected, columns.len());
        for (what, expected, found) in std::iter::once(of_attributes).chain(of_rows) {
            if found != expected {
                return Err(Error::Lengths {
                    what,
                    expected,
                    found,
                });
            }
        }
        Ok(Self {
            group_values: columns,
            ..self
        })
    }

    /// The same rows with the probabilities of the groups of their soft attributes,
    /// `[groups of soft attributes][rows]` in the order of the schema
    /// ([`crate::GroupSchema::soft_places`]).
    ///
    /// # Errors
    ///
    /// When there is not one column for each group of a soft attribute, or not one probability
    /// for each row.
    pub fn with_memberships(self, columns: Vec<Vec<f64>>) -> Result<Self, Error> {
        let of_rows = columns.iter().map(|column| {
            let what = "probabilities of a group";
            (what, self.len(), column.len())
        });
        let expected = self.groups.schema().soft_width();
        let of_groups = ("columns of probabilities", expected, columns.len());
        for (what, expected, found) in std::iter::once(of_groups).chain(of_rows) {
            if found != expected {
                return Err(Error::Lengths {
                    what,
                    expected,
                    found,
                });
            }
        }
        Ok(Self {
            memberships: columns,
            ..self
        })
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The rows' numbers in the file, from 0.
    pub fn ids(&self) -> &[u64] {
        &self.ids
    }

    /// The encoded features.
    pub fn features(&self) -> &EncodedFeatures {
        &self.features
    }

    /// The targets: 0 or 1, indices of classes, or numbers (see [`crate::Task`]).
    pub fn targets(&self) -> &[f32] {
        &self.targets
    }

    /// The groups.
    pub fn groups(&self) -> &GroupColumns {
        &self.groups
    }

    /// The probabilities of the groups of soft attributes, `[groups of soft attributes][rows]`.
    pub fn memberships(&self) -> &[Vec<f64>] {
        &self.memberships
    }

    /// The weights, where the data have them.
    pub fn weights(&self) -> Option<&[f32]> {
        self.weights.as_deref()
    }

    /// The texts, where the data have them.
    pub fn texts(&self) -> Option<&[String]> {
        self.texts.as_deref()
    }

    /// One row, or `None` beyond the end.
    pub fn get(&self, row: usize) -> Option<Example> {
        (row < self.len()).then(|| {
            self.row_with(
                row,
                TabularRow {
                    numeric: self.features.numeric_row(row).to_vec(),
                    categorical: self.features.categorical_row(row).to_vec(),
                },
            )
        })
    }

    /// One row with features of another kind, or `None` beyond the end.
    pub fn get_with<F>(&self, row: usize, features: F) -> Option<Example<F>> {
        (row < self.len()).then(|| self.row_with(row, features))
    }

    fn row_with<F>(&self, row: usize, features: F) -> Example<F> {
        Example {
            id: self.ids[row],
            features,
            target: self.targets[row],
            groups: self.groups.row(row),
            group_values: self.group_values.iter().map(|column| column[row]).collect(),
            memberships: (self.memberships.iter())
                .map(|column| narrowed(column[row]))
                .collect(),
            weight: self.weights.as_ref().map_or(1.0, |weights| weights[row]),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "tensors are f32")]
fn narrowed(probability: f64) -> f32 {
    probability as f32
}
