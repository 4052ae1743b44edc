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

    /// The rows that are not in `group`, all of whose rows must be in this distribution.
    pub(crate) fn without(&self, group: &Self) -> Self {
        let mut of_group = group.bins.iter().peekable();
        let others = self.bins.iter().map(|bin| {
            let mut others = *bin;
            if let Some(inside) = of_group.next_if(|inside| inside.score <= bin.score) {
                others.negatives = (bin.negatives - inside.negatives).max(0.0);
                others.positives = (bin.positives - inside.positives).max(0.0);
            }
            others
        });
        Self::from_bins(others)
    }

    /// The rows with label 0 of one distribution and those with label 1 of another.
    pub(crate) fn of_classes(negatives_of: &Self, positives_of: &Self) -> Self {
        let mut negatives = negatives_of.bins.iter().peekable();
        let mut positives = positives_of.bins.iter().peekable();
        Self::from_bins(std::iter::from_fn(|| {
            let score = match (negatives.peek(), positives.peek()) {
                (Some(negative), Some(positive)) => negative.score.min(positive.score),
                (Some(bin), None) | (None, Some(bin)) => bin.score,
                (None, None) => return None,
            };
            let negatives = negatives.next_if(|bin| bin.score <= score);
            let positives = positives.next_if(|bin| bin.score <= score);
            Some(ScoreBin {
                score,
                negatives: negatives.map_or(0.0, |bin| bin.negatives),
                positives: positives.map_or(0.0, |bin| bin.positives),
            })
        }))
    }

    /// Bins with ascending scores; those without rows are left out.
    fn from_bins(bins: impl Iterator<Item = ScoreBin>) -> Self {
        let bins: Vec<ScoreBin> = bins.filter(|bin| bin.rows() > 0.0).collect();
        Self {
            negatives: bins.iter().map(|bin| bin.negatives).sum(),
            positives: bins.iter().map(|bin| bin.positives).sum(),
            bins,
        }
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
