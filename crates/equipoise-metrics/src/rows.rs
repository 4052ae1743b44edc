//! Checked rows, with one prediction for each label.

use std::borrow::Cow;

use equipoise_core::{Codes, GroupColumns, GroupSchema};

use crate::{
    AuditData, Error, Membership, Outcome, OutcomeSums, ScoreDistribution,
    score_rows::{ScoreRows, Weighting},
    scores::SortedScores,
    tallies::place,
    views::{Shape, View},
};

/// The rows of an audit.
#[derive(Debug)]
pub(crate) struct PreparedRows<'a> {
    pub(crate) groups: &'a GroupColumns,
    /// The cell of each row in the full intersection.
    cells: Codes<'a>,
    pub(crate) outcome: PreparedOutcome<'a>,
    /// `None` where all weights are 1.
    pub(crate) weights: Option<&'a [f64]>,
    pub(crate) entities: Option<&'a [u32]>,
    memberships: &'a [Membership<'a>],
}

/// The labels and predictions of an audit.
#[derive(Debug)]
pub(crate) enum PreparedOutcome<'a> {
    Binary {
        labels: &'a [u8],
        predictions: Cow<'a, [u8]>,
    },
    Classes {
        classes: usize,
        labels: &'a [u32],
        predictions: Cow<'a, [u32]>,
    },
    Outputs(Vec<(&'a [u8], Cow<'a, [u8]>)>),
    Numbers {
        origin: f64,
        labels: &'a [f64],
        predictions: &'a [f64],
    },
}

impl<'a> PreparedRows<'a> {
    /// `data` must be checked.
    pub(crate) fn new(data: &AuditData<'a>, threshold: f64) -> Result<Self, Error> {
        let outcome = match data.outcome {
            Outcome::Binary {
                labels,
                predictions,
                scores,
            } => PreparedOutcome::Binary {
                labels,
                predictions: binary_predictions(predictions, scores, threshold),
            },
            Outcome::Multiclass {
                classes,
                labels,
                predictions,
                scores,
            } => PreparedOutcome::Classes {
                classes: classes.len(),
                labels,
                predictions: class_predictions(predictions, scores.unwrap_or_default(), labels),
            },
            Outcome::Multilabel { outputs } => {
                let outputs = outputs.iter().map(|output| {
                    let predictions = output.predictions;
                    let predicted = binary_predictions(predictions, output.scores, threshold);
                    (output.labels, predicted)
                });
                PreparedOutcome::Outputs(outputs.collect())
            }
            Outcome::Regression {
                labels,
                predictions,
            } => PreparedOutcome::Numbers {
                origin: median(labels),
                labels,
                predictions,
            },
            Outcome::Mixed { column, outcome } => {
                return Err(Error::MixedOutcome { column, outcome });
            }
        };
        // Where rows are counted as they are, the cube checks them.
        let counted = [data.weights.is_some(), data.entities.is_some()] == [false; 2]
            && data.memberships.is_empty();
        if let PreparedOutcome::Binary {
            labels,
            predictions,
        } = &outcome
            && !counted
        {
            crate::cube::check_binary("label", 0, labels)?;
            crate::cube::check_binary("prediction", 0, predictions)?;
        }
        Ok(Self {
            groups: data.groups,
            cells: data.groups.cell_codes(),
            outcome,
            // Weights that are all 1 say nothing, and make nothing slower or less exact.
            weights: data.weights.filter(|weights| {
                weights
                    .iter()
                    .any(|weight| weight.to_bits() != 1f64.to_bits())
            }),
            entities: data.entities,
            memberships: data.memberships,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(crate) fn schema(&self) -> &'a GroupSchema {
        self.groups.schema()
    }

    pub(crate) fn shape(&self) -> Shape {
        match &self.outcome {
            PreparedOutcome::Binary { .. } => Shape::Binary,
            PreparedOutcome::Classes { classes, .. } => Shape::Classes(*classes),
            PreparedOutcome::Outputs(outputs) => Shape::Outputs(outputs.len()),
            PreparedOutcome::Numbers { origin, .. } => Shape::Numbers { origin: *origin },
        }
    }

    /// Whether the groups of some attributes are probabilities.
    pub(crate) fn are_soft(&self) -> bool {
        !self.memberships.is_empty()
    }

    /// Whether each row is in one cell, and independent of all others.
    pub(crate) fn are_independent_and_hard(&self) -> bool {
        !self.are_soft() && self.entities.is_none()
    }

    /// Whether the rows can be counted as they are.
    pub(crate) fn counts_alone(&self) -> bool {
        self.are_independent_and_hard() && self.weights.is_none()
    }

    pub(crate) fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    /// The cell of a row in the full intersection.
    fn cell(&self, row: usize) -> usize {
        match self.cells {
            Codes::U8(cells) => cells[row].into(),
            Codes::U16(cells) => cells[row].into(),
            Codes::U32(cells) => cells[row] as usize,
        }
    }

    /// The place of the one sum that a row adds its weight to, other than the number of rows.
    pub(crate) fn cell_sum(&self, row: usize) -> u32 {
        let column = match &self.outcome {
            PreparedOutcome::Binary {
                labels,
                predictions,
            } => usize::from(2 * labels[row] + predictions[row]),
            PreparedOutcome::Classes {
                classes,
                labels,
                predictions,
            } => labels[row] as usize * classes + predictions[row] as usize,
            PreparedOutcome::Outputs(_) | PreparedOutcome::Numbers { .. } => 0,
        };
        place(self.cell(row) * self.shape().width() + 1 + column)
    }

    /// All that a row adds to the sums.
    pub(crate) fn parts(&self, row: usize) -> Vec<(u32, f64)> {
        let weight = self.weight(row);
        let columns: Vec<(usize, f64)> = match &self.outcome {
            PreparedOutcome::Outputs(outputs) => {
                let outputs = outputs.iter().enumerate();
                outputs
                    .map(|(output, (labels, predictions))| {
                        let column = usize::from(2 * labels[row] + predictions[row]);
                        (1 + 4 * output + column, weight)
                    })
                    .collect()
            }
            PreparedOutcome::Numbers {
                origin,
                labels,
                predictions,
            } => OutcomeSums::of_row(*origin, labels[row], predictions[row], weight)
                .into_iter()
                .enumerate()
                .map(|(column, amount)| (1 + column, amount))
                .collect(),
            PreparedOutcome::Binary { .. } | PreparedOutcome::Classes { .. } => {
                let width = self.shape().width();
                vec![(self.cell_sum(row) as usize % width, weight)]
            }
        };
        let width = self.shape().width();
        let mut parts = Vec::new();
        self.for_each_cell(row, |cell, probability| {
            let of_cell = columns.iter().map(|&(column, amount)| {
                // The squared weight of a row is that of its part in the group.
                let squared = matches!(self.outcome, PreparedOutcome::Numbers { .. })
                    && column == OutcomeSums::SQUARED_WEIGHT;
                let share = if squared {
                    probability * probability
                } else {
                    probability
                };
                (place(cell * width + column), amount * share)
            });
            parts.push((place(cell * width), probability));
            parts.extend(of_cell);
        });
        parts
    }

    /// Calls `visit` with each cell of the full intersection that a row may be in, and how likely
    /// that is.
    pub(crate) fn for_each_cell(&self, row: usize, mut visit: impl FnMut(usize, f64)) {
        if self.memberships.is_empty() {
            return visit(self.cell(row), 1.0);
        }
        let mut cells = vec![(0, 1.0)];
        for (position, attribute) in self.schema().attributes().iter().enumerate() {
            let values = attribute.values().len();
            let soft = self.memberships.iter().find(|m| m.attribute == position);
            cells = cells
                .into_iter()
                .flat_map(|(cell, probability): (usize, f64)| {
                    let of_value = move |value: usize| match soft {
                        Some(soft) => probability * soft.probabilities[value][row],
                        None if self.groups.codes(position)[row] as usize == value => probability,
                        None => 0.0,
                    };
                    (0..values).map(move |value| (cell * values + value, of_value(value)))
                })
                .filter(|(_, probability)| *probability > 0.0)
                .collect();
        }
        for (cell, probability) in cells {
            visit(cell, probability);
        }
    }

    /// The scores of each view that has some.
    pub(crate) fn scores(&self, data: &AuditData<'a>) -> Vec<(View, SortedRows)> {
        match data.outcome {
            Outcome::Binary { labels, scores, .. } => scores
                .into_iter()
                .map(|scores| (View::Whole, self.sorted(scores, labels)))
                .collect(),
            Outcome::Multiclass { labels, scores, .. } => {
                let columns = scores.unwrap_or_default().iter().enumerate();
                columns
                    .map(|(class, scores)| {
                        let is_class = |&label: &u32| u8::from(label as usize == class);
                        let labels: Vec<u8> = labels.iter().map(is_class).collect();
                        (View::One(class), self.sorted(scores, &labels))
                    })
                    .collect()
            }
            Outcome::Multilabel { outputs } if data.outcome.has_scores() => {
                let outputs = outputs.iter().enumerate();
                outputs
                    .filter_map(|(output, column)| {
                        let scores = self.sorted(column.scores?, column.labels);
                        Some((View::One(output), scores))
                    })
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// The predictions of a regression outcome, sorted.
    pub(crate) fn sorted_predictions(&self) -> Option<SortedRows> {
        match &self.outcome {
            PreparedOutcome::Numbers { predictions, .. } => {
                let labels = vec![0; predictions.len()];
                Some(SortedRows::Weighted(ScoreRows::new(
                    self,
                    predictions,
                    &labels,
                )))
            }
            _ => None,
        }
    }

    fn sorted(&self, scores: &[f64], labels: &[u8]) -> SortedRows {
        if !self.are_soft() && self.weights.is_none() {
            SortedRows::Counted(SortedScores::new(scores, labels, self.cells))
        } else {
            SortedRows::Weighted(ScoreRows::new(self, scores, labels))
        }
    }
}

/// Rows sorted by score.
#[derive(Debug)]
pub(crate) enum SortedRows {
    /// Each row counts 1.
    Counted(SortedScores),
    /// Each row has a weight.
    Weighted(ScoreRows),
}

/// The scores of one group.
#[derive(Debug, Clone)]
pub(crate) struct GroupScores {
    pub(crate) distribution: ScoreDistribution,
    /// The squared weights behind it; `None` where all weights are 1.
    pub(crate) weighting: Option<Weighting>,
}

impl SortedRows {
    /// The scores of each group of some attributes, by position.
    pub(crate) fn of_groups(&self, schema: &GroupSchema, positions: &[usize]) -> Vec<GroupScores> {
        match self {
            Self::Counted(sorted) => {
                let distributions = sorted.distributions(schema, positions).into_iter();
                distributions
                    .map(|distribution| GroupScores {
                        distribution,
                        weighting: None,
                    })
                    .collect()
            }
            Self::Weighted(rows) => rows.of_groups(schema, positions),
        }
    }
}

/// The predictions, or what the threshold makes of the scores.
fn binary_predictions<'a>(
    predictions: Option<&'a [u8]>,
    scores: Option<&[f64]>,
    threshold: f64,
) -> Cow<'a, [u8]> {
    match (predictions, scores) {
        (Some(predictions), _) => Cow::Borrowed(predictions),
        (None, scores) => scores
            .unwrap_or_default()
            .iter()
            .map(|&score| u8::from(score >= threshold))
            .collect(),
    }
}

/// The predictions, or the class with the largest score, the first of several.
fn class_predictions<'a>(
    predictions: Option<&'a [u32]>,
    scores: &[&[f64]],
    labels: &[u32],
) -> Cow<'a, [u32]> {
    if let Some(predictions) = predictions {
        return Cow::Borrowed(predictions);
    }
    let largest = |row: usize| {
        let columns = scores.iter().zip(0u32..);
        columns
            .map(|(column, class)| (column[row], class))
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .map_or(0, |(_, class)| class)
    };
    (0..labels.len()).map(largest).collect()
}

/// A number in the middle of some numbers, whatever their order.
fn median(numbers: &[f64]) -> f64 {
    let mut numbers = numbers.to_vec();
    let middle = numbers.len() / 2;
    if middle >= numbers.len() {
        return 0.0;
    }
    *numbers.select_nth_unstable_by(middle, f64::total_cmp).1
}
