//! Scores of one group, sorted, with the labels beside them.

use equipoise_core::{Codes, GroupSchema};
use rayon::prelude::*;

use crate::{
    Error,
    cube::roll_up_map,
    sorting::{SortedRow, sorted_by_score, zeroed},
};

/// The rows that one task reads at least.
const ROWS_PER_TASK: usize = 1 << 16;
/// For more groups than this one task reads all rows: each keeps something of every group.
const MAX_SHARED_GROUPS: usize = 1 << 12;

/// The rows of one group that share a score.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
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
        let everybody = GroupSchema::default();
        let sorted = SortedScores::new(scores, labels, Codes::U8(&vec![0; labels.len()]));
        let mut distributions = sorted.distributions(&everybody, &[]);
        Ok(distributions.pop().unwrap_or_default())
    }

    /// The distribution of bins in ascending order of their scores.
    pub(crate) fn from_bins(bins: Vec<ScoreBin>) -> Self {
        Self {
            negatives: bins.par_iter().map(|bin| bin.negatives).sum(),
            positives: bins.par_iter().map(|bin| bin.positives).sum(),
            bins,
        }
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
}

impl ScoreDistribution {
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
        Self::from_all_bins(others)
    }

    /// The rows with label 0 of one distribution and those with label 1 of another.
    pub(crate) fn of_classes(negatives_of: &Self, positives_of: &Self) -> Self {
        let mut negatives = negatives_of.bins.iter().peekable();
        let mut positives = positives_of.bins.iter().peekable();
        Self::from_all_bins(std::iter::from_fn(|| {
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
    fn from_all_bins(bins: impl Iterator<Item = ScoreBin>) -> Self {
        let bins: Vec<ScoreBin> = bins.filter(|bin| bin.rows() > 0.0).collect();
        Self {
            negatives: bins.iter().map(|bin| bin.negatives).sum(),
            positives: bins.iter().map(|bin| bin.positives).sum(),
            bins,
        }
    }

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

/// All rows sorted by score: sorted once, from which the distributions of any attributes follow
/// by one pass each.
#[derive(Debug)]
pub(crate) struct SortedScores {
    rows: Vec<SortedRow>,
}

impl SortedScores {
    /// Sorts checked rows; `cells` are those of the full intersection.
    pub(crate) fn new(scores: &[f64], labels: &[u8], cells: Codes<'_>) -> Self {
        let rows = match cells {
            Codes::U8(cells) => sorted_by_score(scores, labels, cells),
            Codes::U16(cells) => sorted_by_score(scores, labels, cells),
            Codes::U32(cells) => sorted_by_score(scores, labels, cells),
        };
        Self { rows }
    }

    /// The distribution of each cell of some attributes, by position.
    pub(crate) fn distributions(
        &self,
        schema: &GroupSchema,
        positions: &[usize],
    ) -> Vec<ScoreDistribution> {
        let groups = Groups {
            of_cell: roll_up_map(schema, positions),
            count: schema.select(positions).cell_count(),
        };
        let parts = self.parts(&groups);
        let lengths: Vec<Vec<usize>> = parts.par_iter().map(|rows| groups.lengths(rows)).collect();
        let mut bins: Vec<Vec<ScoreBin>> = (0..groups.count)
            .map(|group| zeroed(lengths.iter().map(|lengths| lengths[group]).sum()))
            .collect();
        // Each part writes its own stretch of each group's bins.
        let mut stretches: Vec<Vec<&mut [ScoreBin]>> = parts.iter().map(|_| Vec::new()).collect();
        for (group, bins) in bins.iter_mut().enumerate() {
            let mut rest = bins.as_mut_slice();
            for (stretches, lengths) in stretches.iter_mut().zip(&lengths) {
                let (stretch, others) = rest.split_at_mut(lengths[group]);
                stretches.push(stretch);
                rest = others;
            }
        }
        let parts = parts.par_iter().zip(stretches);
        parts.for_each(|(rows, mut stretches)| groups.fill(rows, &mut stretches));
        bins.into_iter().map(ScoreDistribution::from_bins).collect()
    }

    /// Parts of the rows; those with the same score are in one part.
    fn parts(&self, groups: &Groups) -> Vec<&[SortedRow]> {
        let most = match groups.count {
            0..=MAX_SHARED_GROUPS => 4 * rayon::current_num_threads(),
            _ => 1,
        };
        let part_rows = self.rows.len().div_ceil(most).max(ROWS_PER_TASK);
        let mut parts = Vec::with_capacity(most);
        let mut rest = self.rows.as_slice();
        while let Some(last) = rest.get(part_rows - 1) {
            let end = rest.partition_point(|row| row.score_bits <= last.score_bits);
            let (part, others) = rest.split_at(end);
            parts.push(part);
            rest = others;
        }
        parts.push(rest);
        parts
    }
}

/// To which group each cell of the full intersection belongs.
struct Groups {
    of_cell: Vec<usize>,
    count: usize,
}

impl Groups {
    /// The number of distinct scores of each group.
    fn lengths(&self, rows: &[SortedRow]) -> Vec<usize> {
        let mut last = vec![NO_SCORE; self.count];
        let mut lengths = vec![0; self.count];
        for row in rows {
            let group = self.of_cell[row.cell()];
            lengths[group] += usize::from(last[group] != row.score_bits);
            last[group] = row.score_bits;
        }
        lengths
    }

    /// Writes the bins of each group.
    fn fill(&self, rows: &[SortedRow], bins: &mut [&mut [ScoreBin]]) {
        let mut last = vec![NO_SCORE; self.count];
        let mut written = vec![0; self.count];
        for row in rows {
            let group = self.of_cell[row.cell()];
            written[group] += usize::from(last[group] != row.score_bits);
            last[group] = row.score_bits;
            let bin = &mut bins[group][written[group] - 1];
            bin.score = row.score();
            bin.positives += f64::from(row.label());
            bin.negatives += f64::from(1 - row.label());
        }
    }
}

/// The bits of no score.
const NO_SCORE: u64 = u64::MAX;
