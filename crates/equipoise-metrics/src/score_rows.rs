//! Scores of rows with weights, or in several groups at once.

use equipoise_core::GroupSchema;
use rayon::prelude::*;

use crate::{
    ScoreDistribution,
    cube::roll_up_map,
    rows::{GroupScores, PreparedRows},
};

/// One row in one cell. Its fields sort rows by score, and rows of one score in an order that does
/// not depend on that of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ScoreRow {
    /// The bits of the score, turned so that they sort as it does.
    score: u64,
    cell: u32,
    positive: bool,
    /// The bits of the weight, which is positive.
    weight: u64,
}

/// Rows sorted by score.
#[derive(Debug)]
pub(crate) struct ScoreRows(Vec<ScoreRow>);

/// Sums of weights and of their squares, of each label.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weighting {
    sums: [f64; 2],
    squares: [f64; 2],
}

impl Weighting {
    fn push(&mut self, positive: bool, weight: f64) {
        self.sums[usize::from(positive)] += weight;
        self.squares[usize::from(positive)] += weight * weight;
    }

    /// What turns weights into effective numbers of rows (Kish 1965), of all rows.
    pub(crate) fn of_all(&self) -> f64 {
        (self.sums[0] + self.sums[1]) / (self.squares[0] + self.squares[1])
    }

    /// The same of the rows with label 0, and of those with label 1.
    pub(crate) fn of_labels(&self) -> [f64; 2] {
        let of = |label: usize| {
            if self.squares[label] > 0.0 {
                self.sums[label] / self.squares[label]
            } else {
                1.0
            }
        };
        [of(0), of(1)]
    }
}

impl ScoreRows {
    /// Sorts the rows; scores must be numbers.
    pub(crate) fn new(rows: &PreparedRows<'_>, scores: &[f64], labels: &[u8]) -> Self {
        let mut sorted: Vec<ScoreRow> = (0..rows.len())
            .into_par_iter()
            .flat_map_iter(|row| {
                let mut of_cells = Vec::new();
                rows.for_each_cell(row, |cell, probability| {
                    of_cells.push(ScoreRow {
                        // Adding 0 makes -0 the same as 0.
                        score: sortable(scores[row] + 0.0),
                        cell: crate::tallies::place(cell),
                        positive: labels[row] == 1,
                        weight: (rows.weight(row) * probability).to_bits(),
                    });
                });
                of_cells
            })
            .collect();
        sorted.par_sort_unstable();
        Self(sorted)
    }

    /// The scores of each group of some attributes, by position.
    pub(crate) fn of_groups(&self, schema: &GroupSchema, positions: &[usize]) -> Vec<GroupScores> {
        let targets = roll_up_map(schema, positions);
        let groups = schema.select(positions).cell_count();
        let mut distributions = vec![ScoreDistribution::default(); groups];
        let mut weightings = vec![Weighting::default(); groups];
        for row in &self.0 {
            let group = targets[row.cell as usize];
            let weight = f64::from_bits(row.weight);
            distributions[group].push_weighted(number(row.score), row.positive, weight);
            weightings[group].push(row.positive, weight);
        }
        let pairs = distributions.into_iter().zip(weightings);
        pairs
            .map(|(distribution, weighting)| GroupScores {
                distribution,
                weighting: Some(weighting),
            })
            .collect()
    }
}

const SIGN: u64 = 1 << 63;

/// The bits of a number, so that they sort as numbers do.
fn sortable(number: f64) -> u64 {
    let bits = number.to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The number of some sortable bits.
fn number(bits: u64) -> f64 {
    f64::from_bits(if bits & SIGN == 0 {
        !bits
    } else {
        bits & !SIGN
    })
}
