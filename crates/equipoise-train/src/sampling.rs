//! Which rows an epoch has, and in what order: a function of the seed and the epoch alone.

use std::{iter::repeat_n, ops::Range};

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

/// Which rows come in an epoch, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sampling {
    /// Every row once.
    #[default]
    Once,
    /// As many rows as ever, as many of each stratum in every batch. Rows of large strata are
    /// left out at random, those of small ones repeated: each comes as often as the others of its
    /// stratum, but for one.
    Balanced {
        /// The stratum of each row, from 0.
        strata: Vec<usize>,
    },
    /// Every row so many times.
    Repeated {
        /// How often each row comes.
        times: Vec<usize>,
    },
}

impl Sampling {
    /// The number of rows that it has an entry for; `None` where any number will do.
    pub(crate) fn entries(&self) -> Option<usize> {
        match self {
            Self::Once => None,
            Self::Balanced { strata } => Some(strata.len()),
            Self::Repeated { times } => Some(times.len()),
        }
    }

    /// The number of rows of an epoch that draws from some rows. Rows without an entry have no
    /// part in it; an [`EpochLoader`](crate::loader::EpochLoader) has none.
    pub fn len(&self, rows: &Range<usize>) -> usize {
        match self {
            Self::Once => rows.len(),
            Self::Balanced { strata } => entries(strata, rows).count(),
            Self::Repeated { times } => entries(times, rows).map(|(_, times)| times).sum(),
        }
    }

    /// The rows of an epoch, in the order of a seed.
    pub fn draw(&self, rows: &Range<usize>, seed: u64) -> Vec<usize> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        match self {
            Self::Once => {
                let mut drawn: Vec<usize> = rows.clone().collect();
                drawn.shuffle(&mut random);
                drawn
            }
            Self::Repeated { times } => {
                let mut drawn: Vec<usize> = entries(times, rows)
                    .flat_map(|(row, times)| repeat_n(row, times))
                    .collect();
                drawn.shuffle(&mut random);
                drawn
            }
            Self::Balanced { strata } => balanced(rows, strata, &mut random),
        }
    }
}

/// Rows with their entries.
fn entries(of_rows: &[usize], rows: &Range<usize>) -> impl Iterator<Item = (usize, usize)> {
    of_rows
        .iter()
        .copied()
        .enumerate()
        .take(rows.end)
        .skip(rows.start)
}

/// Takes a row of each stratum in turn.
fn balanced(rows: &Range<usize>, strata: &[usize], random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut pools: Vec<Pool> = Vec::new();
    let mut turns = 0;
    for (row, stratum) in entries(strata, rows) {
        turns += 1;
        if pools.len() <= stratum {
            pools.resize_with(stratum + 1, Pool::default);
        }
        pools[stratum].rows.push(row);
    }
    pools.retain(|pool| !pool.rows.is_empty());
    for pool in &mut pools {
        pool.rows.shuffle(random);
    }
    let count = pools.len().max(1);
    (0..turns)
        .filter_map(|turn| pools.get_mut(turn % count)?.next(random))
        .collect()
}

/// The rows of a stratum, which come again in a new order when all have come.
#[derive(Default)]
struct Pool {
    rows: Vec<usize>,
    next: usize,
}

impl Pool {
    fn next(&mut self, random: &mut ChaCha8Rng) -> Option<usize> {
        if self.next == self.rows.len() {
            self.rows.shuffle(random);
            self.next = 0;
        }
        self.next += 1;
        self.rows.get(self.next - 1).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(drawn: &[usize], rows: usize) -> Vec<usize> {
        let mut counts = vec![0; rows];
        for &row in drawn {
            counts[row] += 1;
        }
        counts
    }

    #[test]
    fn every_batch_has_as_many_rows_of_each_stratum() {
        // Stratum 1 has 3 rows of 30.
        let strata: Vec<usize> = (0..30).map(|row| usize::from(row % 10 == 0)).collect();
        let sampling = Sampling::Balanced {
            strata: strata.clone(),
        };
        let drawn = sampling.draw(&(0..30), 5);
        assert_eq!(drawn.len(), sampling.len(&(0..30)));
        for batch in drawn.chunks(6) {
            assert_eq!(batch.iter().filter(|&&row| strata[row] == 1).count(), 3);
        }
        let counts = counts(&drawn, 30);
        for (row, count) in counts.iter().enumerate() {
            assert!(if strata[row] == 1 {
                *count == 5
            } else {
                *count <= 1
            });
        }
    }

    #[test]
    fn a_draw_can_be_replayed_and_another_seed_gives_another() {
        for sampling in [
            Sampling::Once,
            Sampling::Balanced {
                strata: (0..20).map(|row| row % 3).collect(),
            },
            Sampling::Repeated {
                times: (0..20).map(|row| 1 + row % 2).collect(),
            },
        ] {
            assert_eq!(sampling.draw(&(0..20), 1), sampling.draw(&(0..20), 1));
            assert_ne!(sampling.draw(&(0..20), 1), sampling.draw(&(0..20), 2));
        }
    }

    #[test]
    fn a_row_comes_as_often_as_it_is_told() {
        let sampling = Sampling::Repeated {
            times: vec![1, 3, 1],
        };
        assert_eq!(sampling.len(&(0..3)), 5);
        assert_eq!(counts(&sampling.draw(&(0..3), 7), 3), [1, 3, 1]);
    }

    #[test]
    fn a_stratum_without_rows_takes_no_turn() {
        let sampling = Sampling::Balanced {
            strata: vec![0, 4, 0, 4],
        };
        assert_eq!(counts(&sampling.draw(&(0..4), 7), 4), [1, 1, 1, 1]);
    }
}
