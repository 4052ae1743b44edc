//! What a model was asked and what it answered: which columns, and what they hold.

use super::binary::Binary;
use super::classes::{self, Classes};
use super::piece::{Asked, Kind, Parts};
use super::{Kept, score_range};
use crate::Error;

/// The columns of labels, and of what a model made of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutcomeColumns {
    /// One of two answers.
    Binary(BinaryColumns),
    /// One of several answers.
    Multiclass {
        /// The names of the true classes: texts, whole numbers or booleans.
        label: String,
        /// The names of the predicted classes.
        prediction: Option<String>,
        /// One score for each class.
        scores: Option<ClassScores>,
    },
    /// Several binary answers a row.
    Multilabel(Vec<BinaryColumns>),
    /// A number.
    Regression {
        /// The true numbers.
        label: String,
        /// The predicted ones.
        prediction: String,
    },
}

/// The columns of a binary outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinaryColumns {
    /// The true labels: booleans, 0 and 1, or any values with [`Self::positive`].
    pub label: String,
    /// The decisions, written like the labels or as 0 and 1.
    pub prediction: Option<String>,
    /// The scores: numbers from 0 to 1, the higher the more positive.
    pub score: Option<String>,
    /// The label that counts as 1.
    pub positive: Option<String>,
}

/// The columns of the scores of classes: numbers from 0 to 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClassScores {
    /// All columns with such a name; what stands between the two texts is the class.
    Named {
        /// What the names begin with.
        prefix: String,
        /// What they end with.
        suffix: String,
    },
    /// These.
    Listed(Vec<ClassScore>),
}

/// The column of the scores of one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassScore {
    /// The class.
    pub class: String,
    /// The column.
    pub column: String,
}

impl BinaryColumns {
    /// A column of labels; predictions or scores are needed as well.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            prediction: None,
            score: None,
            positive: None,
        }
    }

    /// With a column of decisions.
    #[must_use]
    pub fn with_prediction(self, column: impl Into<String>) -> Self {
        Self {
            prediction: Some(column.into()),
            ..self
        }
    }

    /// With a column of scores.
    #[must_use]
    pub fn with_score(self, column: impl Into<String>) -> Self {
        Self {
            score: Some(column.into()),
            ..self
        }
    }

    /// With the label that counts as 1.
    #[must_use]
    pub fn with_positive(self, value: impl Into<String>) -> Self {
        Self {
            positive: Some(value.into()),
            ..self
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if self.prediction.is_none() && self.score.is_none() {
            return Err(Error::NothingToAudit);
        }
        Ok(())
    }

    pub(super) fn asked(&self) -> impl Iterator<Item = Asked<'_>> {
        let prediction = self.prediction.as_deref();
        let score = self.score.as_deref();
        [Asked::new(&self.label, Kind::Labels)]
            .into_iter()
            .chain(prediction.map(|column| Asked::new(column, Kind::Labels)))
            .chain(score.map(|column| Asked::new(column, Kind::Numbers)))
    }

    fn values(&self, parts: &mut Parts<'_>, kept: Kept<'_>) -> Result<BinaryValues, Error> {
        let positive = self.positive.as_deref();
        let labels = Binary::labels(
            parts.take(&self.label, Kind::Labels)?,
            &self.label,
            positive,
        )?;
        let predictions = self.prediction.as_ref().map(|column| {
            let part = parts.take(column, Kind::Labels)?;
            let predictions = labels.predictions(part, column, positive)?;
            kept.of(predictions.values, "prediction", column)
        });
        let predictions = predictions.transpose()?;
        let labels = kept.of(labels.values, "label", &self.label)?;
        let scores = self.score.as_ref().map(|column| {
            let scores = parts.numbers(kept, "score", column)?;
            score_range(kept, &scores, column)?;
            Ok::<_, Error>(scores)
        });
        Ok(BinaryValues {
            labels,
            predictions,
            scores: scores.transpose()?,
        })
    }
}

impl OutcomeColumns {
    pub(super) fn check(&self) -> Result<(), Error> {
        match self {
            Self::Binary(columns) => columns.check(),
            Self::Multiclass {
                prediction: None,
                scores: None,
                ..
            } => Err(Error::NothingToAudit),
            Self::Multilabel(outputs) if outputs.is_empty() => Err(Error::NothingToAudit),
            Self::Multilabel(outputs) => outputs.iter().try_for_each(BinaryColumns::check),
            Self::Multiclass { .. } | Self::Regression { .. } => Ok(()),
        }
    }

    /// The same with every column of scores by its name, of a file with these columns.
    pub(super) fn listed(&self, names: &[String]) -> Result<Self, Error> {
        let Self::Multiclass {
            label,
            prediction,
            scores: Some(ClassScores::Named { prefix, suffix }),
        } = self
        else {
            return Ok(self.clone());
        };
        let class_of = |name: &String| {
            let class = name.strip_prefix(prefix.as_str())?;
            let class = class.strip_suffix(suffix.as_str())?;
            (!class.is_empty()).then(|| ClassScore {
                class: class.to_owned(),
                column: name.clone(),
            })
        };
        // A model may be asked with `p_*` while its labels are in `p_label`.
        let has_role = |name: &&String| *name != label && Some(*name) != prediction.as_ref();
        let listed: Vec<ClassScore> = (names.iter().filter(has_role))
            .filter_map(class_of)
            .collect();
        if listed.is_empty() {
            return Err(Error::NoScoreColumns {
                pattern: format!("{prefix}*{suffix}"),
                known: names.to_vec(),
            });
        }
        Ok(Self::Multiclass {
            label: label.clone(),
            prediction: prediction.clone(),
            scores: Some(ClassScores::Listed(listed)),
        })
    }

    /// The columns, in the order in which errors in them are told.
    pub(super) fn asked(&self) -> Vec<Asked<'_>> {
        match self {
            Self::Binary(columns) => columns.asked().collect(),
            Self::Multilabel(outputs) => outputs.iter().flat_map(BinaryColumns::asked).collect(),
            Self::Multiclass {
                label,
                prediction,
                scores,
            } => {
                let scores = match scores {
                    Some(ClassScores::Listed(scores)) => scores.as_slice(),
                    Some(ClassScores::Named { .. }) | None => &[],
                };
                let names = [Some(label), prediction.as_ref()].into_iter().flatten();
                let names = names.map(|column| Asked::new(column, Kind::Names));
                let scores = scores
                    .iter()
                    .map(|score| Asked::new(&score.column, Kind::Numbers));
                names.chain(scores).collect()
            }
            Self::Regression { label, prediction } => [label, prediction]
                .map(|column| Asked::new(column, Kind::Numbers))
                .to_vec(),
        }
    }

    /// What the columns hold in the rows that are kept.
    pub(super) fn values(
        &self,
        parts: &mut Parts<'_>,
        kept: Kept<'_>,
    ) -> Result<OutcomeValues, Error> {
        match self {
            Self::Binary(columns) => columns.values(parts, kept).map(OutcomeValues::Binary),
            Self::Multilabel(outputs) => {
                let outputs = outputs.iter().map(|columns| {
                    Ok(OutputValues {
                        name: columns.label.clone(),
                        values: columns.values(parts, kept)?,
                    })
                });
                let outputs = outputs.collect::<Result<Vec<_>, Error>>()?;
                Ok(OutcomeValues::Multilabel(outputs))
            }
            Self::Multiclass {
                label,
                prediction,
                scores,
            } => {
                let listed = match scores {
                    Some(ClassScores::Listed(scores)) => scores.as_slice(),
                    Some(ClassScores::Named { .. }) | None => &[],
                };
                let known = listed.iter().map(|score| score.class.as_str());
                let Classes {
                    names,
                    labels,
                    predictions,
                } = classes::read(parts, kept, label, prediction.as_deref(), known)?;
                let scores = match scores {
                    None => None,
                    Some(_) => Some(classes::scores(parts, kept, &names, listed)?),
                };
                Ok(OutcomeValues::Multiclass {
                    classes: names,
                    labels,
                    predictions,
                    scores,
                })
            }
            Self::Regression { label, prediction } => Ok(OutcomeValues::Regression {
                labels: parts.numbers(kept, "label", label)?,
                predictions: parts.numbers(kept, "prediction", prediction)?,
            }),
        }
    }
}

/// What the columns of an outcome hold; all vectors have one entry for each row that was kept.
#[derive(Debug, Clone, PartialEq)]
pub enum OutcomeValues {
    /// One of two answers.
    Binary(BinaryValues),
    /// One of several answers.
    Multiclass {
        /// The classes that are labels, predictions or columns of scores; sorted, numbers by size.
        classes: Vec<String>,
        /// Indices into `classes`.
        labels: Vec<u32>,
        /// Indices into `classes`.
        predictions: Option<Vec<u32>>,
        /// The scores of each class, in `[0, 1]`: `[classes][rows]`.
        scores: Option<Vec<Vec<f64>>>,
    },
    /// Several binary answers a row.
    Multilabel(Vec<OutputValues>),
    /// A number.
    Regression {
        /// The true numbers, finite.
        labels: Vec<f64>,
        /// The predicted ones, finite.
        predictions: Vec<f64>,
    },
}

impl OutcomeValues {
    /// The values of a binary outcome, or `None`.
    pub fn as_binary(&self) -> Option<&BinaryValues> {
        match self {
            Self::Binary(values) => Some(values),
            _ => None,
        }
    }
}

/// A binary outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct BinaryValues {
    /// The labels, 0 or 1.
    pub labels: Vec<u8>,
    /// The decisions, 0 or 1.
    pub predictions: Option<Vec<u8>>,
    /// The scores, in `[0, 1]`.
    pub scores: Option<Vec<f64>>,
}

/// One of several binary outcomes.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputValues {
    /// The column of its labels.
    pub name: String,
    /// What the columns hold.
    pub values: BinaryValues,
}
