//! Scores in bins: what is kept of rows that do not fit into memory.

use equipoise_core::{GroupColumns, GroupSchema};
use serde::{Deserialize, Serialize};

use crate::{
    Error, ScoreBin, ScoreDistribution,
    cube::{add_assign, check_binary, roll_up_map, schemas_differ, select},
    scores::check_scores,
};

/// How many rows of each cell and label have a score in each of [`BINS`](Self::BINS) bins of equal
/// width.
///
/// Its size does not depend on the number of rows: 256 KiB for each cell that has rows. As with a
/// [`GroupCube`](crate::GroupCube), [`merge`](Self::merge) is addition, so that files, threads and machines can each
/// count their part, and any split of the rows gives the same sketch.
///
/// Each score counts as the middle of its bin, which moves it by at most 2^-15;
/// [`error_bound`](Self::error_bound) says by how much that can change a metric.
///
/// ```
/// use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
/// use equipoise_metrics::ScoreSketch;
///
/// let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
/// let groups = GroupColumns::new(schema.clone(), vec![vec![0, 0, 1]])?;
/// let mut sketch = ScoreSketch::empty(schema);
/// sketch.update(&groups, &[0, 1, 1], &[0.2, 0.7, 0.9])?;
/// let sexes = sketch.distributions(&[0])?;
/// assert_eq!((sexes[0].rows(), sexes[1].rows()), (2.0, 1.0));
/// assert!((sexes[0].bins()[1].score - 0.7).abs() <= ScoreSketch::LARGEST_SHIFT);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawSketch")]
pub struct ScoreSketch {
    schema: GroupSchema,
    /// Of each cell `[label][bin]`, flat; nothing for a cell without rows.
    cells: Vec<Vec<u64>>,
}

/// A sketch as read from a file, before its lengths are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSketch {
    schema: GroupSchema,
    cells: Vec<Vec<u64>>,
}

impl TryFrom<RawSketch> for ScoreSketch {
    type Error = Error;

    fn try_from(raw: RawSketch) -> Result<Self, Error> {
        let check = |what, expected, found| {
            if found == expected {
                return Ok(());
            }
            Err(Error::Lengths {
                what,
                expected,
                found,
            })
        };
        check(
            "cells of a sketch",
            raw.schema.cell_count(),
            raw.cells.len(),
        )?;
        for counts in raw.cells.iter().filter(|counts| !counts.is_empty()) {
            check("counts of a cell of a sketch", 2 * Self::BINS, counts.len())?;
        }
        Ok(Self {
            schema: raw.schema,
            cells: raw.cells,
        })
    }
}

impl ScoreSketch {
    /// The number of bins: 2^14.
    pub const BINS: usize = 1 << 14;
    /// The most by which a score is moved: 2^-15, half the width of a bin.
    pub const LARGEST_SHIFT: f64 = 0.5 / Self::BINS as f64;

    /// A sketch of no rows.
    pub fn empty(schema: GroupSchema) -> Self {
        let cells = vec![Vec::new(); schema.cell_count()];
        Self { schema, cells }
    }

    /// Adds rows: their groups, labels (0 or 1) and scores in `[0, 1]`.
    ///
    /// # Errors
    ///
    /// When the groups have another schema, when the lengths differ, when a label is neither 0
    /// nor 1, or when a score is NaN or outside `[0, 1]`; the sketch is then unchanged.
    pub fn update(
        &mut self,
        groups: &GroupColumns,
        labels: &[u8],
        scores: &[f64],
    ) -> Result<(), Error> {
        if *groups.schema() != self.schema {
            return Err(schemas_differ(&self.schema, groups.schema()));
        }
        if groups.rows() != labels.len() {
            return Err(Error::Lengths {
                what: "group codes",
                expected: labels.len(),
                found: groups.rows(),
            });
        }
        check_scores(scores, labels)?;
        check_binary("label", 0, labels)?;
        for ((cell, &label), &score) in groups.cells().into_iter().zip(labels).zip(scores) {
            let counts = &mut self.cells[cell as usize];
            if counts.is_empty() {
                counts.resize(2 * Self::BINS, 0);
            }
            counts[usize::from(label) * Self::BINS + bin_of(score)] += 1;
        }
        Ok(())
    }

    /// Adds the rows of another sketch.
    ///
    /// # Errors
    ///
    /// When the two sketches have different groups; this one is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.schema != other.schema {
            return Err(schemas_differ(&self.schema, &other.schema));
        }
        for (counts, from) in self.cells.iter_mut().zip(&other.cells) {
            if counts.is_empty() {
                counts.clone_from(from);
            } else {
                add_assign(counts, from);
            }
        }
        Ok(())
    }

    /// The groups.
    pub fn schema(&self) -> &GroupSchema {
        &self.schema
    }

    /// The number of rows.
    pub fn rows(&self) -> u64 {
        self.cells.iter().flatten().sum()
    }

    /// The distribution of each cell of some attributes, by position and in the order given; no
    /// position at all gives that of everybody. Scores are the middles of bins.
    ///
    /// # Errors
    ///
    /// When a position does not exist.
    pub fn distributions(&self, positions: &[usize]) -> Result<Vec<ScoreDistribution>, Error> {
        let groups = select(&self.schema, positions)?;
        let mut counts: Vec<Vec<u64>> = vec![Vec::new(); groups.cell_count()];
        let targets = roll_up_map(&self.schema, positions);
        for (cell, target) in self.cells.iter().zip(targets) {
            let counts = &mut counts[target];
            if counts.is_empty() {
                counts.clone_from(cell);
            } else {
                add_assign(counts, cell);
            }
        }
        Ok(counts.iter().map(|counts| distribution(counts)).collect())
    }

    /// The most by which the value of a metric of a distribution made by
    /// [`distributions`](Self::distributions) differs from that of the rows, rounding aside.
    ///
    /// * `mean_score`: 2^-15, as far as a score is moved.
    /// * `brier_score`: 2^-14, since a squared error changes at most twice as fast as the score.
    /// * `abcc` (between any two groups): 2^-14, as both groups are moved.
    /// * `roc_auc`: half the share of pairs of a positive and a negative row that fall into one
    ///   bin, and there count half, whichever scores higher.
    ///
    /// `None` for any other metric: the logarithm of a score near 0 or 1 has no bound, and where
    /// scores cross the edge of a calibration bin or trade places in a ranking, what follows
    /// depends on rows that are gone. `None` too for a distribution without rows of both labels
    /// where the metric needs them.
    pub fn error_bound(metric: &str, scores: &ScoreDistribution) -> Option<f64> {
        match metric {
            "mean_score" => Some(Self::LARGEST_SHIFT),
            "brier_score" | "abcc" => Some(2.0 * Self::LARGEST_SHIFT),
            "roc_auc" => {
                let pairs = scores.positives() * scores.negatives();
                let bins = scores.bins().iter();
                let within: f64 = bins.map(|bin| bin.positives * bin.negatives).sum();
                (pairs > 0.0).then(|| 0.5 * within / pairs)
            }
            _ => None,
        }
    }
}

/// The bin of a score in `[0, 1]`; 1 falls into the last one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a score in [0, 1] gives the number of a bin"
)]
fn bin_of(score: f64) -> usize {
    // Multiplying by a power of two does not round.
    ((score * ScoreSketch::BINS as f64) as usize).min(ScoreSketch::BINS - 1)
}

/// The distribution of counts `[label][bin]`; of nobody where there are none.
fn distribution(counts: &[u64]) -> ScoreDistribution {
    let (negatives, positives) = counts.split_at(counts.len() / 2);
    let bins = negatives.iter().zip(positives).enumerate();
    let bins = bins.filter(|(_, counts)| *counts != (&0, &0));
    ScoreDistribution::from_bins(
        bins.map(|(bin, (&negatives, &positives))| ScoreBin {
            score: (bin as f64 + 0.5) / ScoreSketch::BINS as f64,
            negatives: negatives as f64,
            positives: positives as f64,
        })
        .collect(),
    )
}
