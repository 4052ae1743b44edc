//! What a model was asked, and what it answered: the columns of an audit beside the groups.

use crate::{Error, MACRO, MICRO, cube::check_binary, scores::check_scores};

/// The labels of the rows, and what a model made of them.
///
/// Labels and predictions of classes are codes, so that a column is read once and compared often.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// One of two answers, the positive one written as 1.
    Binary {
        /// `[rows]`, 0 or 1.
        labels: &'a [u8],
        /// `[rows]`, 0 or 1. Without them, a row is predicted positive where its score is at
        /// least the threshold.
        predictions: Option<&'a [u8]>,
        /// `[rows]`, in `[0, 1]`. Without them, the metrics of scores are left out.
        scores: Option<&'a [f64]>,
    },
    /// One of several answers.
    Multiclass {
        /// The names of the classes, at least two, each once.
        classes: &'a [String],
        /// `[rows]`, indices into `classes`.
        labels: &'a [u32],
        /// `[rows]`, indices into `classes`. Without them, a row is predicted to be of the class
        /// with the largest score, the first of several.
        predictions: Option<&'a [u32]>,
        /// `[classes][rows]`, in `[0, 1]`. Without them, the metrics of scores are left out.
        scores: Option<&'a [&'a [f64]]>,
    },
    /// Several binary answers a row.
    Multilabel {
        /// One for each question, at least one, each name once.
        outputs: &'a [LabelColumn<'a>],
    },
    /// A number.
    Regression {
        /// `[rows]`, finite.
        labels: &'a [f64],
        /// `[rows]`, finite, in the unit of the labels.
        predictions: &'a [f64],
    },
    /// Columns that belong to an outcome of another kind: an audit refuses it.
    Mixed {
        /// What was added.
        column: &'static str,
        /// The outcome that it was added to.
        outcome: &'static str,
    },
}

/// One binary answer among several.
#[derive(Debug, Clone, Copy)]
pub struct LabelColumn<'a> {
    /// Its name.
    pub name: &'a str,
    /// `[rows]`, 0 or 1.
    pub labels: &'a [u8],
    /// `[rows]`, 0 or 1. Without them, a row is predicted positive where its score is at least the
    /// threshold.
    pub predictions: Option<&'a [u8]>,
    /// `[rows]`, in `[0, 1]`. Where one output has none, the metrics of scores are left out.
    pub scores: Option<&'a [f64]>,
}

impl<'a> LabelColumn<'a> {
    /// An output with labels only; it needs predictions or scores as well.
    pub fn new(name: &'a str, labels: &'a [u8]) -> Self {
        Self {
            name,
            labels,
            predictions: None,
            scores: None,
        }
    }

    /// With predictions, `[rows]`, 0 or 1.
    #[must_use]
    pub fn with_predictions(self, predictions: &'a [u8]) -> Self {
        Self {
            predictions: Some(predictions),
            ..self
        }
    }

    /// With scores, `[rows]`, in `[0, 1]`.
    #[must_use]
    pub fn with_scores(self, scores: &'a [f64]) -> Self {
        Self {
            scores: Some(scores),
            ..self
        }
    }

    fn check(&self, rows: usize) -> Result<(), Error> {
        check_length("labels", self.labels.len(), rows)?;
        check_answers(self.labels, self.predictions, self.scores)?;
        check_binary("label", 0, self.labels)?;
        check_binary("prediction", 0, self.predictions.unwrap_or_default())
    }
}

impl Outcome<'_> {
    /// The most classes that an outcome may have.
    pub const MAX_CLASSES: usize = 1 << 10;

    /// The number of rows: of labels.
    pub fn rows(&self) -> usize {
        match self {
            Self::Binary { labels, .. } => labels.len(),
            Self::Multiclass { labels, .. } => labels.len(),
            Self::Multilabel { outputs } => outputs.first().map_or(0, |output| output.labels.len()),
            Self::Regression { labels, .. } => labels.len(),
            Self::Mixed { .. } => 0,
        }
    }

    /// Whether there are scores; of several outputs, of each.
    pub fn has_scores(&self) -> bool {
        match self {
            Self::Binary { scores, .. } => scores.is_some(),
            Self::Multiclass { scores, .. } => scores.is_some(),
            Self::Multilabel { outputs } => outputs.iter().all(|output| output.scores.is_some()),
            Self::Regression { .. } | Self::Mixed { .. } => false,
        }
    }

    /// The kind, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Binary { .. } => "a binary outcome",
            Self::Multiclass { .. } => "an outcome of several classes",
            Self::Multilabel { .. } => "an outcome of several outputs",
            Self::Regression { .. } => "a regression outcome",
            Self::Mixed { .. } => "a mixed outcome",
        }
    }

    /// Checks lengths and values.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let rows = self.rows();
        match *self {
            Self::Binary {
                labels,
                predictions,
                scores,
            } => {
                check_answers(labels, predictions, scores)?;
                // The cube checks the values of labels and predictions while it counts them; the
                // first pass over scores already needs the labels.
                scores.map_or(Ok(()), |_| check_binary("label", 0, labels))
            }
            Self::Multiclass {
                classes,
                labels,
                predictions,
                scores,
            } => {
                check_names("class", classes.iter().map(String::as_str), 2)?;
                if classes.len() > Self::MAX_CLASSES {
                    return Err(Error::Names {
                        what: "class",
                        found: classes.len(),
                        legal: "at most 1024",
                    });
                }
                if predictions.is_none() && scores.is_none() {
                    return Err(Error::NoPredictions);
                }
                check_codes("label", labels, classes.len())?;
                if let Some(predictions) = predictions {
                    check_length("predictions", predictions.len(), rows)?;
                    check_codes("prediction", predictions, classes.len())?;
                }
                let Some(columns) = scores else {
                    return Ok(());
                };
                check_length(
                    "score columns, one for each class",
                    columns.len(),
                    classes.len(),
                )?;
                classes.iter().zip(columns).try_for_each(|(class, column)| {
                    check_length("scores", column.len(), rows)
                        .and_then(|()| check_scores_alone(column))
                        .map_err(|source| source.at("class", class))
                })
            }
            Self::Multilabel { outputs } => {
                check_names("output", outputs.iter().map(|output| output.name), 1)?;
                outputs.iter().try_for_each(|output| {
                    let checked = output.check(rows);
                    checked.map_err(|source| source.at("output", output.name))
                })
            }
            Self::Regression {
                labels,
                predictions,
            } => {
                check_length("predictions", predictions.len(), rows)?;
                check_numbers("label", labels)?;
                check_numbers("prediction", predictions)
            }
            Self::Mixed { column, outcome } => Err(Error::MixedOutcome { column, outcome }),
        }
    }
}

/// Checks the lengths of binary answers, and the values of the scores.
fn check_answers(
    labels: &[u8],
    predictions: Option<&[u8]>,
    scores: Option<&[f64]>,
) -> Result<(), Error> {
    if predictions.is_none() && scores.is_none() {
        return Err(Error::NoPredictions);
    }
    if let Some(predictions) = predictions {
        check_length("predictions", predictions.len(), labels.len())?;
    }
    scores.map_or(Ok(()), |scores| check_scores(scores, labels))
}

fn check_scores_alone(scores: &[f64]) -> Result<(), Error> {
    // NaN lies in no range.
    match scores.iter().position(|score| !(0.0..=1.0).contains(score)) {
        None => Ok(()),
        Some(row) => Err(Error::Score {
            row,
            value: scores[row],
        }),
    }
}

pub(crate) fn check_length(what: &'static str, found: usize, expected: usize) -> Result<(), Error> {
    if found == expected {
        Ok(())
    } else {
        Err(Error::Lengths {
            what,
            expected,
            found,
        })
    }
}

/// Checks that there are enough names, each once, and none that an audit gives to its own means.
fn check_names<'n>(
    what: &'static str,
    names: impl Iterator<Item = &'n str>,
    least: usize,
) -> Result<(), Error> {
    let names: Vec<&str> = names.collect();
    if names.len() < least {
        return Err(Error::Names {
            what,
            found: names.len(),
            legal: if least == 1 {
                "at least one"
            } else {
                "at least two"
            },
        });
    }
    for (index, &name) in names.iter().enumerate() {
        let reserved = [MACRO, MICRO].contains(&name);
        if reserved || names[..index].contains(&name) {
            return Err(Error::Name {
                what,
                name: name.to_owned(),
                problem: if reserved {
                    "is the name of a mean"
                } else {
                    "is listed twice"
                },
            });
        }
    }
    Ok(())
}

fn check_codes(what: &'static str, codes: &[u32], classes: usize) -> Result<(), Error> {
    match codes.iter().position(|&code| code as usize >= classes) {
        None => Ok(()),
        Some(row) => Err(Error::Class {
            what,
            row,
            code: codes[row],
            classes,
        }),
    }
}

/// Squares of larger numbers, summed over many rows, could overflow.
const LARGEST_NUMBER: f64 = 1e100;

fn check_numbers(what: &'static str, values: &[f64]) -> Result<(), Error> {
    // NaN lies in no range.
    let legal = -LARGEST_NUMBER..=LARGEST_NUMBER;
    match values.iter().position(|value| !legal.contains(value)) {
        None => Ok(()),
        Some(row) => Err(Error::Number {
            what,
            row,
            value: values[row],
        }),
    }
}
