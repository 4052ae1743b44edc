//! Drawing counts anew.

use rand_chacha::rand_core::Rng;
use rand_distr::{Binomial, Distribution};

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
