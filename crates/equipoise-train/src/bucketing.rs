//! Rows of like length in one batch.
//!
//! A batch of texts is as wide as its longest: what fills the others up is work for nothing.

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

/// How many batches are sorted at a time: enough for batches of like lengths, and few enough that
/// which rows meet in a batch still changes from epoch to epoch.
const WINDOW: usize = 32;

/// The rows of an epoch, drawn in some order, with those of like length in one batch: windows of 32
/// batches are sorted by length, and their batches come in a new order.
///
/// Every row stays; only the last batch is short, if any is. `lengths` has one for each row of the
/// data set.
pub fn bucketed(
    mut rows: Vec<usize>,
    lengths: &[usize],
    batch_size: usize,
    seed: u64,
) -> Vec<usize> {
    let batch_size = batch_size.max(1);
    for window in rows.chunks_mut(batch_size.saturating_mul(WINDOW)) {
        sort_by_length(window, lengths);
    }
    let whole = rows.len() / batch_size;
    let mut order: Vec<usize> = (0..whole).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let mut mixed: Vec<usize> = order
        .into_iter()
        .flat_map(|batch| &rows[batch * batch_size..(batch + 1) * batch_size])
        .copied()
        .collect();
    mixed.extend(&rows[whole * batch_size..]);
    mixed
}

/// Sorts rows by length, the longest first: what does not fit into memory fails at once.
pub(crate) fn sort_by_length(rows: &mut [usize], lengths: &[usize]) {
    rows.sort_by_key(|&row| std::cmp::Reverse(lengths.get(row).copied()));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many cells of all batches there are, and how many of them fill up.
    fn cells(rows: &[usize], lengths: &[usize], batch_size: usize) -> (usize, usize) {
        let all: usize = rows
            .chunks(batch_size)
            .map(|batch| batch.len() * batch.iter().map(|&row| lengths[row]).max().unwrap_or(0))
            .sum();
        (
            all,
            all - rows.iter().map(|&row| lengths[row]).sum::<usize>(),
        )
    }

    #[test]
    fn every_row_stays_and_little_is_filled_up() {
        let lengths: Vec<usize> = (0..1000).map(|row| 5 + row * 37 % 120).collect();
        let drawn: Vec<usize> = (0..1000).map(|row| row * 7 % 1000).collect();
        let rows = bucketed(drawn.clone(), &lengths, 16, 3);
        let mut sorted = rows.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..1000).collect::<Vec<_>>());
        let (all, filled) = cells(&rows, &lengths, 16);
        assert!((filled as f64) < 0.05 * all as f64, "{filled} of {all}");
        let (all, filled) = cells(&drawn, &lengths, 16);
        assert!((filled as f64) > 0.3 * all as f64, "{filled} of {all}");
    }

    #[test]
    fn the_order_can_be_replayed_and_another_seed_gives_another() {
        let lengths: Vec<usize> = (0..100).map(|row| row % 9).collect();
        let draw = |seed| bucketed((0..100).collect(), &lengths, 8, seed);
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert!(bucketed(Vec::new(), &[], 8, 1).is_empty());
    }
}
