//! The bootstrap of counts: its cost does not depend on the number of rows.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use rand_distr::{Binomial, Distribution};
use rayon::prelude::*;

use crate::{Estimate, Interval};

/// How often and from which seed to resample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replicates {
    /// The number of replicates.
    pub count: usize,
    /// The seed. Each replicate has a random stream of its own, so the numbers are the same on
    /// any number of threads.
    pub seed: u64,
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

/// Percentile intervals of functions of counts.
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
    (0..width)
        .into_par_iter()
        .map(|column| {
            let values = drawn.iter().filter_map(|row| row.get(column).copied());
            let estimable = values.filter(|value| !value.is_nan()).collect();
            percentiles(estimable, replicates.count, confidence)
        })
        .collect()
}

/// Draws counts with the same total, each unit falling into a cell with the cell's observed share.
pub fn multinomial(counts: &[u64], random: &mut impl Rng) -> Vec<u64> {
    let mut observed_left: u64 = counts.iter().sum();
    let mut to_draw = observed_left;
    counts
        .iter()
        .map(|&count| {
            let drawn = if count == observed_left {
                to_draw
            } else {
                // Given what fell into earlier cells, this one is binomial. The share lies in
                // [0, 1], so the distribution always exists.
                let share = count as f64 / observed_left as f64;
                Binomial::new(to_draw, share).map_or(0, |binomial| binomial.sample(random))
            };
            observed_left -= count;
            to_draw -= drawn;
            drawn
        })
        .collect()
}

fn percentiles(mut values: Vec<f64>, replicates: usize, confidence: f64) -> BootstrapInterval {
    let not_estimable = replicates - values.len();
    let is_level = confidence > 0.0 && confidence < 1.0;
    let suffice = !values.is_empty() && values.len() >= not_estimable;
    let interval = (is_level && suffice).then(|| {
        let tail = 0.5 * (1.0 - confidence);
        Interval {
            low: quantile(&mut values, tail),
            high: quantile(&mut values, 1.0 - tail),
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
