//! Which rows train, which choose, and which test.
//!
//! Rows of one stratum are shuffled and dealt out in the given shares, rounded by the largest
//! remainder; so each part has at most one row more or less of a stratum than its share. Where
//! entities stay together, entities are dealt out in the same way: each belongs to the stratum
//! that most of its rows have.

use equipoise_core::SplitPart;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Row numbers of each part, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SplitRows {
    /// The training part.
    pub train: Vec<usize>,
    /// The validation part.
    pub valid: Vec<usize>,
    /// The test part.
    pub test: Vec<usize>,
}

impl SplitRows {
    /// The rows of one part.
    pub fn part(&self, part: SplitPart) -> &[usize] {
        match part {
            SplitPart::Train => &self.train,
            SplitPart::Valid => &self.valid,
            SplitPart::Test => &self.test,
        }
    }

    pub(crate) fn part_mut(&mut self, part: SplitPart) -> &mut Vec<usize> {
        match part {
            SplitPart::Train => &mut self.train,
            SplitPart::Valid => &mut self.valid,
            SplitPart::Test => &mut self.test,
        }
    }
}

/// Deals out rows, one stratum after the other.
///
/// `strata` holds the stratum of each row; `shares` are those of train, valid and test, each at
/// least 0, 1 together. The same arguments give the same rows on every machine.
///
/// ```
/// use equipoise_data::split_rows;
///
/// let strata = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
/// let rows = split_rows(&strata, [0.6, 0.2, 0.2], 7);
/// assert_eq!(rows.train.iter().filter(|&&row| strata[row] == 1).count(), 3);
/// assert_eq!(rows.test.len(), 2);
/// ```
pub fn split_rows(strata: &[usize], shares: [f64; 3], seed: u64) -> SplitRows {
    let mut rows = SplitRows::default();
    for (row, part) in deal(strata, shares, seed).into_iter().enumerate() {
        rows.part_mut(part).push(row);
    }
    rows
}

/// Deals out entities with all their rows.
///
/// `entities` holds the entity of each row, numbered from 0 without gaps; a row beyond the
/// shorter of the two slices is left out.
pub fn split_entities(
    strata: &[usize],
    entities: &[usize],
    shares: [f64; 3],
    seed: u64,
) -> SplitRows {
    let parts = deal(&strata_of_entities(strata, entities), shares, seed);
    let mut rows = SplitRows::default();
    for (row, (&entity, _)) in entities.iter().zip(strata).enumerate() {
        rows.part_mut(parts[entity]).push(row);
    }
    rows
}

/// The stratum that most rows of an entity have; the smallest of several.
fn strata_of_entities(strata: &[usize], entities: &[usize]) -> Vec<usize> {
    let count = entities.iter().max().map_or(0, |&entity| entity + 1);
    let mut pairs: Vec<(usize, usize)> = entities
        .iter()
        .copied()
        .zip(strata.iter().copied())
        .collect();
    pairs.sort_unstable();
    let mut best = vec![(0, 0); count];
    for run in pairs.chunk_by(|a, b| a == b) {
        let (entity, stratum) = run[0];
        if run.len() > best[entity].0 {
            best[entity] = (run.len(), stratum);
        }
    }
    best.into_iter().map(|(_, stratum)| stratum).collect()
}

/// The part of each item.
fn deal(strata: &[usize], shares: [f64; 3], seed: u64) -> Vec<SplitPart> {
    let mut items: Vec<usize> = (0..strata.len()).collect();
    items.sort_by_key(|&item| strata[item]);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut owed = [0.0; 3];
    let mut parts = vec![SplitPart::Train; strata.len()];
    for stratum in items.chunk_by_mut(|&a, &b| strata[a] == strata[b]) {
        stratum.shuffle(&mut random);
        let mut rest = &stratum[..];
        for (part, count) in
            SplitPart::ALL
                .into_iter()
                .zip(counts(stratum.len(), shares, &mut owed))
        {
            let (dealt, left) = rest.split_at(count.min(rest.len()));
            for &item in dealt {
                parts[item] = part;
            }
            rest = left;
        }
    }
    parts
}

/// Rounds the shares of a stratum by the largest remainder.
///
/// Equal remainders are told apart by what the strata before still owe to a part, so that many
/// small strata do not all round in favour of the same part.
fn counts(rows: usize, shares: [f64; 3], owed: &mut [f64; 3]) -> [usize; 3] {
    /// Remainders that differ by less are the same.
    const STEP: f64 = 1e-9;

    let exact = shares.map(|share| share * rows as f64);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of the rows, rounded down; what is left is dealt out below"
    )]
    let mut counts = exact.map(|exact| (exact + STEP).floor() as usize);
    let mut order = [0, 1, 2];
    let remainders = [0, 1, 2].map(|part| ((exact[part] - counts[part] as f64) / STEP).round());
    order.sort_by(|&a, &b| {
        remainders[b]
            .total_cmp(&remainders[a])
            .then(owed[b].total_cmp(&owed[a]))
            .then(a.cmp(&b))
    });
    let left = rows.saturating_sub(counts.iter().sum());
    for &part in order.iter().cycle().take(left) {
        counts[part] += 1;
    }
    for part in 0..3 {
        owed[part] += exact[part] - counts[part] as f64;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_row_trains() {
        let strata: Vec<usize> = (0..10).collect();
        assert_eq!(split_rows(&strata, [0.6, 0.2, 0.2], 1).train.len(), 10);
    }

    #[test]
    fn ties_alternate() {
        // Two rows in each stratum: one trains, the other goes to valid and test in turn.
        let strata: Vec<usize> = (0..20).map(|row| row / 2).collect();
        let rows = split_rows(&strata, [0.6, 0.2, 0.2], 1);
        assert_eq!((rows.valid.len(), rows.test.len()), (5, 5));
    }

    #[test]
    fn an_entity_belongs_to_the_stratum_of_most_of_its_rows() {
        assert_eq!(
            strata_of_entities(&[1, 0, 1, 2, 0], &[0, 0, 0, 1, 1]),
            [1, 0]
        );
    }
}
