//! Scores of one group, sorted, with the labels beside them.

use equipoise_core::GroupSchema;
use rayon::prelude::*;

use crate::{Error, cube::roll_up_map};

/// The rows of one group that share a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreBin {
    /// The score, in `[0, 1]`.
    pub score: f64,
    /// How many rows have it and label 0.
    pub negatives: f64,
    /// How many rows have it and label 1.
    pub positives: f64,
}

impl ScoreBin {
    /// The number of rows.
    pub fn rows(&self) -> f64 {
        self.negatives + self.positives
    }
}

/// The scores of one group: the distinct ones in ascending order, with the counts of both labels.
///
/// All metrics that are made of scores are functions of it. It does not depend on the order of
/// the rows, and is exact: no score is rounded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScoreDistribution {
    bins: Vec<ScoreBin>,
    negatives: f64,
    positives: f64,
}

impl ScoreDistribution {
    /// The distribution of some rows: scores in `[0, 1]` and labels 0 or 1.
    ///
    /// # Errors
    ///
    /// When the lengths differ, when a score is NaN or outside `[0, 1]`, or when a label is
    /// neither 0 nor 1.
    pub fn from_rows(scores: &[f64], labels: &[u8]) -> Result<Self, Error> {
        check_scores(scores, labels)?;
        crate::cube::check_binary("label", 0, labels)?;
        let sorted = SortedScores::new(scores, labels, &vec![0; labels.len()]);
        let mut distribution = Self::default();
        for row in &sorted.rows {
            distribution.push(row.score(), row.positive());
        }
        Ok(distribution)
    }

    /// The distinct scores, ascending.
    pub fn bins(&self) -> &[ScoreBin] {
        &self.bins
    }

    /// The number of rows.
    pub fn rows(&self) -> f64 {
        self.negatives + self.positives
    }

    /// The number of rows with label 0.
    pub fn negatives(&self) -> f64 {
        self.negatives
    }

    /// The number of rows with label 1.
    pub fn positives(&self) -> f64 {
        self.positives
    }

    /// Adds a row whose score is at least that of all rows before it.
    fn push(&mut self, score: f64, positive: bool) {
        let one = f64::from(u8::from(positive));
        self.positives += one;
        self.negatives += 1.0 - one;
        match self.bins.last_mut() {
            Some(last) if last.score.to_bits() == score.to_bits() => {
                last.positives += one;
                last.negatives += 1.0 - one;
            }
            _ => self.bins.push(ScoreBin {
                score,
                negatives: 1.0 - one,
                positives: one,
            }),
        }
    }
}

impl ScoreDistribution {
    /// Adds a row that counts `weight`, and whose score is at least that of all rows before it.
    pub(crate) fn push_weighted(&mut self, score: f64, positive: bool, weight: f64) {
        let (negatives, positives) = if positive {
            (0.0, weight)
        } else {
            (weight, 0.0)
        };
        self.negatives += negatives;
        self.positives += positives;
        match self.bins.last_mut() {
            Some(last) if last.score.to_bits() == score.to_bits() => {
                last.negatives += negatives;
                last.positives += positives;
            }
            _ => self.bins.push(ScoreBin {
                score,
                negatives,
                positives,
            }),
        }
    }

    /// The distribution with the rows of each label counting `factors` times as much.
    pub(crate) fn scaled(&self, [negatives, positives]: [f64; 2]) -> Self {
        let bins = self.bins.iter().map(|bin| ScoreBin {
            score: bin.score,
            negatives: bin.negatives * negatives,
            positives: bin.positives * positives,
        });
        Self {
            bins: bins.collect(),
            negatives: self.negatives * negatives,
            positives: self.positives * positives,
        }
    }
}

/// Checks that there is one score for each label, and that each lies in `[0, 1]`.
pub(crate) fn check_scores(scores: &[f64], labels: &[u8]) -> Result<(), Error> {
    if scores.len() != labels.len() {
        return Err(Error::Lengths {
            what: "scores",
            expected: labels.len(),
            found: scores.len(),
        });
    }
    // NaN lies in no range.
    match scores.iter().position(|score| !(0.0..=1.0).contains(score)) {
        None => Ok(()),
        Some(row) => Err(Error::Score {
            row,
            value: scores[row],
        }),
    }
}

/// One row: the bits of its score, which sort as the score does since no score is negative, and
/// twice its cell plus its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct SortedRow {
    score_bits: u64,
    cell_and_label: u32,
}

impl SortedRow {
    fn score(self) -> f64 {
        f64::from_bits(self.score_bits)
    }

    fn positive(self) -> bool {
        self.cell_and_label & 1 == 1
    }

    fn cell(self) -> usize {
        (self.cell_and_label >> 1) as usize
    }
}

/// All rows sorted by score: sorted once, from which the distributions of any attributes follow
/// by one pass each.
#[derive(Debug)]
pub(crate) struct SortedScores {
    rows: Vec<SortedRow>,
}

impl SortedScores {
    /// Sorts checked rows; `cells` are those of the full intersection.
    pub(crate) fn new(scores: &[f64], labels: &[u8], cells: &[u32]) -> Self {
        let mut rows: Vec<SortedRow> = scores
            .par_iter()
            .zip(labels)
            .zip(cells)
            .map(|((score, &label), cell)| SortedRow {
                // Adding 0 makes -0 the same as 0.
                score_bits: (score + 0.0).to_bits(),
                cell_and_label: 2 * cell + u32::from(label),
            })
            .collect();
        rows.par_sort_unstable();
        Self { rows }
    }

    /// The distribution of each cell of some attributes, by position.
    pub(crate) fn distributions(
        &self,
        schema: &GroupSchema,
        positions: &[usize],
    ) -> Vec<ScoreDistribution> {
        let targets = roll_up_map(schema, positions);
        let cells = schema.select(positions).cell_count();
        let mut distributions = vec![ScoreDistribution::default(); cells];
        for row in &self.rows {
            distributions[targets[row.cell()]].push(row.score(), row.positive());
        }
        distributions
    }
}
