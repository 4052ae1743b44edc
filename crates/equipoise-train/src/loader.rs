//! Batches in an order that depends on the seed and the epoch alone.
//!
//! burn's own loader advances one generator from epoch to epoch, so a resumed run would repeat
//! the order of its first epoch. [`EpochLoader`] draws a permutation from (seed, stage, epoch).

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::{
    Error,
    bucketing::{bucketed, sort_by_length},
    sampling::Sampling,
    seeds::derive_seed,
};
use burn::{
    data::{
        dataloader::{DataLoader, DataLoaderIterator, Progress},
        dataset::{Dataset, DatasetError},
    },
    tensor::Device,
};
use equipoise_core::{Example, TabularRow};

/// Makes one batch of some rows; `R` is what a model sees of a row.
pub trait Collate<B, R = TabularRow>: Send + Sync {
    /// The batch of `rows` on a device. Whatever is random in it depends on `epoch` and on the
    /// rows alone.
    fn collate(&self, rows: Vec<Example<R>>, epoch: usize, device: &Device) -> B;
}

/// The order in which rows come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As they are in the data, or by length.
    Sequential,
    /// In a new order each epoch.
    Shuffled {
        /// The seed of the run.
        seed: u64,
        /// The stage of training.
        stage: &'static str,
    },
}

/// A data loader whose epochs can be replayed; `R` is what a model sees of a row.
pub struct EpochLoader<B, R = TabularRow> {
    dataset: Arc<dyn Dataset<Example<R>>>,
    collate: Arc<dyn Collate<B, R>>,
    rows: std::ops::Range<usize>,
    batch_size: usize,
    order: Order,
    sampling: Arc<Sampling>,
    /// How long each row is, where rows of like length are to come together.
    lengths: Option<Arc<[usize]>>,
    /// The batches of an epoch, where that is not a pass over all rows.
    epoch_batches: Option<usize>,
    device: Device,
    epoch: Arc<AtomicUsize>,
}

impl<B, R> EpochLoader<B, R> {
    /// A loader over all rows of a data set, standing at epoch 0.
    pub fn new(
        dataset: Arc<dyn Dataset<Example<R>>>,
        collate: Arc<dyn Collate<B, R>>,
        batch_size: usize,
        order: Order,
        device: Device,
    ) -> Self {
        let rows = 0..dataset.len();
        Self {
            dataset,
            collate,
            rows,
            batch_size: batch_size.max(1),
            order,
            sampling: Arc::new(Sampling::Once),
            lengths: None,
            epoch_batches: None,
            device,
            epoch: Arc::new(AtomicUsize::new(0)),
        }
    }

    /// The same with other rows in an epoch; only a shuffled loader looks at it.
    ///
    /// # Errors
    ///
    /// When `sampling` has entries for another number of rows than the data set has.
    pub fn with_sampling(mut self, sampling: Sampling) -> Result<Self, Error> {
        let rows = self.dataset.len();
        if let Some(entries) = sampling.entries().filter(|&entries| entries != rows) {
            return Err(Error::SamplingRows { entries, rows });
        }
        self.sampling = Arc::new(sampling);
        Ok(self)
    }

    /// The same with rows of like length in one batch, so that little of a batch is there to fill
    /// short rows up.
    ///
    /// A sequential loader sorts all rows. A shuffled one sorts no more than some batches at a time
    /// and shuffles these batches: see [`bucketed`]. Rows that a sampler balances stay in its
    /// order, which is what makes every batch a balanced one.
    ///
    /// # Errors
    ///
    /// When a row cannot be read.
    pub fn by_length(mut self, length: fn(&R) -> usize) -> Result<Self, Error> {
        let lengths = (0..self.dataset.len())
            .map(|row| Ok(length(&self.dataset.get(row)?.features)))
            .collect::<Result<Vec<_>, DatasetError>>()
            .map_err(|error| Error::Row {
                reason: error.to_string(),
            })?;
        self.lengths = Some(lengths.into());
        Ok(self)
    }

    /// The same with so many batches in an epoch, 1 or more, whatever the number of rows: epochs
    /// follow each other in the rows of one pass after the other. Only a shuffled loader without
    /// sampling and lengths looks at it.
    #[must_use]
    pub fn with_epoch_batches(mut self, batches: Option<usize>) -> Self {
        self.epoch_batches = batches.map(|batches| batches.max(1));
        self
    }

    /// The rows of an epoch of so many, from the passes that it touches; epochs count from 1.
    fn rows_of_passes(&self, count: usize, epoch: usize, order: (u64, &str)) -> Vec<usize> {
        let (seed, stage) = order;
        let all = self.rows.len().max(1);
        let first = epoch.saturating_sub(1) * count;
        let passes = first / all..(first + count).div_ceil(all);
        let skipped = first - passes.start * all;
        passes
            .flat_map(|pass| {
                let order = derive_seed(seed, stage, pass + 1, "order");
                self.sampling.draw(&self.rows, order)
            })
            .skip(skipped)
            .take(count)
            .collect()
    }

    /// The handle that says which epoch the next [`DataLoader::iter`] is for. Copies of the
    /// loader on other devices follow it too.
    pub fn epoch(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.epoch)
    }

    /// The number of batches of an epoch.
    pub fn batches(&self) -> usize {
        self.rows_per_epoch().div_ceil(self.batch_size)
    }

    fn rows_per_epoch(&self) -> usize {
        match self.order {
            Order::Sequential => self.rows.len(),
            Order::Shuffled { .. } => match self.epoch_batches {
                Some(batches) if !self.rows.is_empty() => batches * self.batch_size,
                _ => self.sampling.len(&self.rows),
            },
        }
    }

    fn rows_of_epoch(&self, epoch: usize) -> Vec<usize> {
        match self.order {
            Order::Sequential => {
                let mut rows: Vec<usize> = self.rows.clone().collect();
                if let Some(lengths) = &self.lengths {
                    sort_by_length(&mut rows, lengths);
                }
                rows
            }
            Order::Shuffled { seed, stage } if self.epoch_batches.is_some() => {
                self.rows_of_passes(self.rows_per_epoch(), epoch, (seed, stage))
            }
            Order::Shuffled { seed, stage } => {
                let order = derive_seed(seed, stage, epoch, "order");
                let rows = self.sampling.draw(&self.rows, order);
                match (&self.lengths, &*self.sampling) {
                    (None, _) | (_, Sampling::Balanced { .. }) => rows,
                    (Some(lengths), _) => {
                        let batches = derive_seed(seed, stage, epoch, "batches");
                        bucketed(rows, lengths, self.batch_size, batches)
                    }
                }
            }
        }
    }

    fn with(&self, rows: std::ops::Range<usize>, device: Device) -> Self {
        Self {
            dataset: Arc::clone(&self.dataset),
            collate: Arc::clone(&self.collate),
            rows,
            batch_size: self.batch_size,
            order: self.order,
            sampling: Arc::clone(&self.sampling),
            lengths: self.lengths.clone(),
            epoch_batches: self.epoch_batches,
            device,
            epoch: Arc::clone(&self.epoch),
        }
    }
}

impl<B, R> std::fmt::Debug for EpochLoader<B, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EpochLoader")
            .field("rows", &self.rows)
            .field("batch_size", &self.batch_size)
            .field("order", &self.order)
            .finish_non_exhaustive()
    }
}

impl<B: Send + 'static, R: Send + Sync + 'static> DataLoader<B> for EpochLoader<B, R> {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<B> + 'a> {
        let epoch = self.epoch.load(Ordering::Relaxed);
        Box::new(EpochBatches {
            loader: self,
            rows: self.rows_of_epoch(epoch),
            next: 0,
            epoch,
        })
    }

    fn num_items(&self) -> usize {
        self.rows_per_epoch()
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<B>> {
        Arc::new(self.with(self.rows.clone(), device.clone()))
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<B>> {
        let first = (self.rows.start + start).min(self.rows.end);
        let last = (self.rows.start + end).clamp(first, self.rows.end);
        Arc::new(self.with(first..last, self.device.clone()))
    }
}

struct EpochBatches<'a, B, R> {
    loader: &'a EpochLoader<B, R>,
    rows: Vec<usize>,
    next: usize,
    epoch: usize,
}

impl<B, R> Iterator for EpochBatches<'_, B, R> {
    type Item = Result<B, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let end = (self.next + self.loader.batch_size).min(self.rows.len());
        let rows = self
            .rows
            .get(self.next..end)
            .filter(|rows| !rows.is_empty())?;
        let examples = rows
            .iter()
            .map(|&row| self.loader.dataset.get(row))
            .collect::<Result<Vec<_>, _>>();
        self.next = end;
        Some(examples.map(|examples| {
            self.loader
                .collate
                .collate(examples, self.epoch, &self.loader.device)
        }))
    }
}

impl<B, R> DataLoaderIterator<B> for EpochBatches<'_, B, R> {
    fn progress(&self) -> Progress {
        Progress::new(self.next, self.rows.len(), Some("rows".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use burn::data::dataset::InMemDataset;

    use super::*;

    struct Ids;

    impl Collate<Vec<u64>> for Ids {
        fn collate(&self, rows: Vec<Example>, _epoch: usize, _device: &Device) -> Vec<u64> {
            rows.into_iter().map(|row| row.id).collect()
        }
    }

    fn loader(rows: u64) -> EpochLoader<Vec<u64>> {
        let examples = (0..rows)
            .map(|id| Example {
                id,
                features: TabularRow::default(),
                target: 0.0,
                groups: vec![],
                group_values: Vec::new(),
                memberships: Vec::new(),
                weight: 1.0,
            })
            .collect();
        EpochLoader::new(
            Arc::new(InMemDataset::new(examples)),
            Arc::new(Ids),
            4,
            Order::Shuffled {
                seed: 3,
                stage: "finetune",
            },
            Device::default(),
        )
    }

    fn ids(loader: &EpochLoader<Vec<u64>>, epoch: usize) -> Vec<u64> {
        loader.epoch().store(epoch, Ordering::Relaxed);
        loader.iter().flat_map(Result::unwrap).collect()
    }

    #[test]
    fn every_epoch_has_every_row_once() {
        let loader = loader(10);
        for epoch in 0..3 {
            let mut seen = ids(&loader, epoch);
            seen.sort_unstable();
            assert_eq!(seen, (0..10).collect::<Vec<_>>());
        }
        assert_eq!(loader.batches(), 3);
    }

    #[test]
    fn sampling_of_another_number_of_rows_is_an_error() {
        let times = |rows| Sampling::Repeated {
            times: vec![2; rows],
        };
        assert_eq!(loader(3).with_sampling(times(3)).unwrap().batches(), 2);
        let error = loader(3).with_sampling(times(2)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the sampling has entries for 2 rows, and the data set has 3"
        );
    }

    #[test]
    fn an_epoch_can_be_replayed_and_differs_from_the_next() {
        let first = loader(10);
        let (one, two) = (ids(&first, 1), ids(&first, 2));
        assert_ne!(one, two);
        // A loader that never saw epoch 1 gives the same epoch 2.
        assert_eq!(ids(&loader(10), 2), two);
    }

    #[test]
    fn epochs_of_some_batches_go_on_where_the_one_before_ended() {
        let all = |batches, epochs| -> Vec<u64> {
            let loader = loader(10).with_epoch_batches(Some(batches));
            assert_eq!(loader.batches(), batches);
            (1..=epochs).flat_map(|epoch| ids(&loader, epoch)).collect()
        };
        let short = all(2, 5);
        assert_eq!(short.len(), 40);
        assert_eq!(short, all(5, 2));
        for pass in short.chunks(10) {
            let mut seen = pass.to_vec();
            seen.sort_unstable();
            assert_eq!(seen, (0..10).collect::<Vec<_>>());
        }
        // A pass is in the order of the epoch that it would be.
        assert_eq!(short[..10], ids(&loader(10), 1));
        assert_eq!(short[10..20], ids(&loader(10), 2));
    }

    /// The lengths of rows.
    struct Lengths;
    impl Collate<Vec<usize>, Vec<u32>> for Lengths {
        fn collate(
            &self,
            rows: Vec<Example<Vec<u32>>>,
            _epoch: usize,
            _device: &Device,
        ) -> Vec<usize> {
            rows.iter().map(|row| row.features.len()).collect()
        }
    }

    #[test]
    fn rows_of_like_length_come_together_in_an_order_that_can_be_replayed() {
        let rows: Vec<Example<Vec<u32>>> = (0..50_u64)
            .zip((1..14).cycle().step_by(7))
            .map(|(id, length)| Example {
                id,
                features: vec![0; length],
                target: 0.0,
                groups: vec![],
                group_values: Vec::new(),
                memberships: Vec::new(),
                weight: 1.0,
            })
            .collect();
        let loader = |order| {
            EpochLoader::new(
                Arc::new(InMemDataset::new(rows.clone())),
                Arc::new(Lengths),
                8,
                order,
                Device::default(),
            )
            .by_length(Vec::len)
            .unwrap()
        };
        let shuffled = loader(Order::Shuffled {
            seed: 3,
            stage: "finetune",
        });
        let batches: Vec<Vec<usize>> = shuffled.iter().map(Result::unwrap).collect();
        assert_eq!(batches.len(), 7);
        for batch in &batches {
            assert!(batch[0] - batch[batch.len() - 1] <= 3, "{batches:?}");
        }
        let again: Vec<Vec<usize>> = shuffled.iter().map(Result::unwrap).collect();
        assert_eq!(batches, again);
        let sorted: Vec<usize> = loader(Order::Sequential)
            .iter()
            .flat_map(Result::unwrap)
            .collect();
        assert!(sorted.is_sorted_by(|left, right| left >= right));
    }
}
