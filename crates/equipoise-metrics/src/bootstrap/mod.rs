//! The bootstrap of counts: its cost does not depend on the number of rows.

mod bca;
mod multinomial;

pub use multinomial::multinomial;

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rayon::prelude::*;

use serde::{Deserialize, Serialize};

use crate::{Estimate, Interval};

/// How often and from which seed to resample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replicates {
    /// The number of replicates.
    pub count: usize,
    /// The seed. Each replicate has a random stream of its own, so the numbers are the same on
    /// any number of threads.
    pub seed: u64,
    /// How the replicates become an interval.
    pub kind: BootstrapKind,
}

/// How replicates become an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BootstrapKind {
    /// Their percentiles (Efron 1979).
    #[default]
    Percentile,
    /// Percentiles at levels corrected for bias and skewness (Efron 1987). Costs one evaluation
    /// more for each cell. Where all replicates lie on one side of the value there is no such
    /// correction, and the plain percentiles stand.
    Bca,
}

impl BootstrapKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Percentile, Self::Bca];

    /// The name as options and files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Percentile => "percentile",
            Self::Bca => "bca",
        }
    }
}

/// What the replicates say of one statistic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BootstrapInterval {
    /// The percentiles; `None` where fewer than half of the replicates have a value, and where
    /// the confidence does not lie in `(0, 1)`.
    pub interval: Option<Interval>,
    /// How many replicates have no value.
    pub not_estimable: usize,
}

/// Bootstrap intervals of functions of counts.
///
/// Each replicate draws the counts anew from the multinomial distribution with the shares that
/// were observed. For independent rows without weights in disjoint cells this is exactly the
/// bootstrap of the rows (Efron 1979), and costs one binomial draw a cell. `statistics` maps
/// counts to `width` values; percentiles are linearly interpolated between order statistics.
///
/// Near equality of the groups, the largest minus the smallest rate is biased upwards in each
/// replicate, and the interval covers less often than `confidence` says.
///
/// `replicates.count * width` numbers are held in memory until the percentiles are known.
pub fn bootstrap(
    counts: &[u64],
    replicates: Replicates,
    confidence: f64,
    width: usize,
    statistics: impl Fn(&[u64]) -> Vec<Estimate> + Sync,
) -> Vec<BootstrapInterval> {
    let drawn: Vec<Vec<f64>> = (0..replicates.count)
        .into_par_iter()
        .map(|replicate| {
            let mut random = ChaCha8Rng::seed_from_u64(replicates.seed);
            random.set_stream(replicate as u64);
            statistics(&multinomial(counts, &mut random))
                .into_iter()
                // NaN marks a missing value here, and goes no further than this function.
                .map(|value| value.unwrap_or(f64::NAN))
                .collect()
        })
        .collect();
    let is_level = confidence > 0.0 && confidence < 1.0;
    let jackknife = (is_level && replicates.kind == BootstrapKind::Bca)
        .then(|| Jackknife::new(counts, &statistics));
    (0..width)
        .into_par_iter()
        .map(|column| {
            let values = drawn.iter().filter_map(|row| row.get(column).copied());
            let estimable: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
            let levels = jackknife
                .as_ref()
                .and_then(|jackknife| jackknife.levels(column, &estimable, confidence));
            percentiles(estimable, replicates.count, confidence, levels)
        })
        .collect()
}

/// The statistics of the data themselves, and of the data without one row of each cell.
struct Jackknife {
    data: Vec<Estimate>,
    /// `[cells that have rows][statistics]`.
    without_one: Vec<Vec<Estimate>>,
    /// The rows of each of these cells.
    rows: Vec<f64>,
}

impl Jackknife {
    fn new(counts: &[u64], statistics: &(impl Fn(&[u64]) -> Vec<Estimate> + Sync)) -> Self {
        let cells: Vec<usize> = (0..counts.len()).filter(|&cell| counts[cell] > 0).collect();
        let without_one = cells
            .par_iter()
            .map(|&cell| {
                let mut counts = counts.to_vec();
                counts[cell] -= 1;
                statistics(&counts)
            })
            .collect();
        Self {
            data: statistics(counts),
            without_one,
            rows: cells.iter().map(|&cell| counts[cell] as f64).collect(),
        }
    }

    /// The levels of the corrected percentiles; `None` where there is no correction.
    fn levels(&self, column: usize, replicates: &[f64], confidence: f64) -> Option<(f64, f64)> {
        let value = (*self.data.get(column)?).ok()?;
        let without_one = self
            .without_one
            .iter()
            .map(|values| values.get(column).and_then(|value| value.ok()))
            .collect::<Option<Vec<f64>>>()?;
        let below = replicates.iter().filter(|&&drawn| drawn < value).count();
        let not_above = replicates.iter().filter(|&&drawn| drawn <= value).count();
        bca::levels(
            below,
            not_above - below,
            replicates.len(),
            bca::acceleration(&without_one, &self.rows),
            confidence,
        )
    }
}

fn percentiles(
    mut values: Vec<f64>,
    replicates: usize,
    confidence: f64,
    levels: Option<(f64, f64)>,
) -> BootstrapInterval {
    let not_estimable = replicates - values.len();
    let is_level = confidence > 0.0 && confidence < 1.0;
    let suffice = !values.is_empty() && values.len() >= not_estimable;
    let interval = (is_level && suffice).then(|| {
        let tail = 0.5 * (1.0 - confidence);
        let (low, high) = levels.unwrap_or((tail, 1.0 - tail));
        Interval {
            low: quantile(&mut values, low),
            high: quantile(&mut values, high),
        }
    });
    BootstrapInterval {
        interval,
        not_estimable,
    }
}

/// The quantile of a non-empty list at a level in `(0, 1)`.
fn quantile(values: &mut [f64], level: f64) -> f64 {
    let position = level * (values.len() - 1) as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a position in the list"
    )]
    let below = position.floor() as usize;
    let (_, &mut low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let high = above.iter().copied().reduce(f64::min).unwrap_or(low);
    low + (position - below as f64) * (high - low)
}
