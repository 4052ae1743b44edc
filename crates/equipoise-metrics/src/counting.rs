//! The pass over the rows that fills a cube.

use std::ops::Range;

use equipoise_core::Codes;
use rayon::prelude::*;

use crate::{
    Error,
    cube::{add_assign, check_binary},
};

/// Rows are counted in blocks that stay in the first-level cache.
const BLOCK: usize = 4096;
/// The rows that one task counts at least; for fewer, a thread costs more than it saves.
const ROWS_PER_TASK: usize = 1 << 17;
/// Several copies of the counters are kept, so that neighbouring rows of one cell need not wait
/// for each other's addition.
const LANES: usize = 4;
/// Up to this many counters there are copies: more would not fit into the first-level cache.
const INTERLEAVED_LIMIT: usize = 1 << 11;
/// Up to this many counters the counter of a row is one byte, which moves through the processor
/// four times as fast as four.
const BYTE_COUNTERS: usize = 1 << 8;

/// One column of which the cell of a row is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GroupColumn<'a> {
    pub(crate) name: &'a str,
    /// Codes lie below this; all columns together have at most 2^20 cells.
    pub(crate) values: usize,
    pub(crate) codes: Codes<'a>,
}

/// The columns of one update.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowColumns<'a> {
    pub(crate) groups: &'a [GroupColumn<'a>],
    /// 0 or 1.
    pub(crate) labels: &'a [u8],
    /// 0 or 1.
    pub(crate) predictions: &'a [u8],
}

impl RowColumns<'_> {
    /// How many rows fall on each of `counters` counters, `[cells][label][prediction]`.
    ///
    /// # Errors
    ///
    /// When the lengths differ, or for the first row with a value that is not legal.
    pub(crate) fn count(&self, counters: usize) -> Result<Vec<u64>, Error> {
        self.check_lengths()?;
        let rows = self.labels.len();
        // A task has counters of its own: it must count many more rows than it has of those. At
        // most 2^25 rows, so 32 bits hold each count.
        let task_rows = ROWS_PER_TASK.max(8 * counters);
        (0..rows.div_ceil(task_rows))
            .into_par_iter()
            .map(|task| {
                let start = task * task_rows;
                self.count_task(start..rows.min(start + task_rows), counters)
            })
            .try_fold(
                || vec![0; counters],
                |mut sum: Vec<u64>, counts: Result<Vec<u32>, Error>| {
                    for (sum, count) in sum.iter_mut().zip(counts?) {
                        *sum += u64::from(count);
                    }
                    Ok(sum)
                },
            )
            .try_reduce(
                || vec![0; counters],
                |mut left, right| {
                    add_assign(&mut left, &right);
                    Ok(left)
                },
            )
            // Which task fails first is chance: the first wrong row is looked for in order.
            .map_err(|error: Error| self.first_error().unwrap_or(error))
    }

    fn check_lengths(&self) -> Result<(), Error> {
        let expected = self.labels.len();
        let columns = self.groups.iter();
        let columns = columns.map(|column| ("group codes", column.codes.len()));
        let mut columns = columns.chain([("predictions", self.predictions.len())]);
        columns.try_for_each(|(what, found)| {
            if found == expected {
                return Ok(());
            }
            Err(Error::Lengths {
                what,
                expected,
                found,
            })
        })
    }

    /// The error of the first block that has one.
    fn first_error(&self) -> Option<Error> {
        let rows = self.labels.len();
        let mut buffer = [0u32; BLOCK];
        (0..rows).step_by(BLOCK).find_map(|start| {
            let block = start..rows.min(start + BLOCK);
            let index = &mut buffer[..block.len()];
            self.combine(block, index).err()
        })
    }

    /// Counts some rows, without a branch that depends on a row.
    fn count_task(&self, rows: Range<usize>, counters: usize) -> Result<Vec<u32>, Error> {
        if counters <= BYTE_COUNTERS {
            self.count_bytes(rows, counters)
        } else {
            self.count_words(rows, counters)
        }
    }

    fn count_bytes(&self, rows: Range<usize>, counters: usize) -> Result<Vec<u32>, Error> {
        // A byte indexes these without a check.
        let mut lanes = [[0u32; BYTE_COUNTERS]; LANES];
        let mut buffer = [0u8; BLOCK];
        for start in rows.clone().step_by(BLOCK) {
            let block = start..rows.end.min(start + BLOCK);
            let index = &mut buffer[..block.len()];
            self.combine(block, index)?;
            let (chunks, rest) = index.as_chunks::<LANES>();
            for chunk in chunks {
                for (lane, &index) in lanes.iter_mut().zip(chunk) {
                    lane[usize::from(index)] += 1;
                }
            }
            for &index in rest {
                lanes[0][usize::from(index)] += 1;
            }
        }
        let counter = |index| {
            lanes
                .iter()
                .map(|lane: &[u32; BYTE_COUNTERS]| lane[index])
                .sum()
        };
        Ok((0..counters).map(counter).collect())
    }

    fn count_words(&self, rows: Range<usize>, counters: usize) -> Result<Vec<u32>, Error> {
        let lanes = if counters <= INTERLEAVED_LIMIT {
            LANES
        } else {
            1
        };
        let mut counts = vec![0u32; lanes * counters];
        let mut buffer = [0u32; BLOCK];
        for start in rows.clone().step_by(BLOCK) {
            let block = start..rows.end.min(start + BLOCK);
            let index = &mut buffer[..block.len()];
            self.combine(block, index)?;
            for several in index.chunks(lanes) {
                for (lane, &index) in several.iter().enumerate() {
                    counts[lane * counters + index as usize] += 1;
                }
            }
        }
        let (sum, others) = counts.split_at_mut(counters);
        for lane in others.chunks_exact(counters) {
            for (sum, count) in sum.iter_mut().zip(lane) {
                *sum += count;
            }
        }
        counts.truncate(counters);
        Ok(counts)
    }

    /// Writes the counter of each row of a block into `index`.
    fn combine<I: Index>(&self, rows: Range<usize>, index: &mut [I]) -> Result<(), Error> {
        for (position, column) in self.groups.iter().enumerate() {
            let is_first = position == 0;
            let legal = match column.codes {
                Codes::U8(codes) => append(index, &codes[rows.clone()], column.values, is_first),
                Codes::U16(codes) => append(index, &codes[rows.clone()], column.values, is_first),
                Codes::U32(codes) => append(index, &codes[rows.clone()], column.values, is_first),
            };
            if !legal {
                return Err(column.wrong_code(rows));
            }
        }
        if self.groups.is_empty() {
            index.fill(I::default());
        }
        let labels = &self.labels[rows.clone()];
        let predictions = &self.predictions[rows.clone()];
        let mut bits = 0;
        for ((index, &label), &prediction) in index.iter_mut().zip(labels).zip(predictions) {
            bits |= label | prediction;
            *index = index.with_outcome(label, prediction);
        }
        if bits > 1 {
            check_binary("label", rows.start, labels)?;
            check_binary("prediction", rows.start, predictions)?;
        }
        Ok(())
    }
}

impl GroupColumn<'_> {
    /// The error of the first code in some rows that is not one of the values.
    fn wrong_code(&self, mut rows: Range<usize>) -> Error {
        let code = |row: usize| self.codes.get(row).unwrap_or_default();
        let start = rows.start;
        let row = rows
            .find(|&row| code(row) as usize >= self.values)
            .unwrap_or(start);
        Error::GroupCode {
            attribute: self.name.to_owned(),
            row,
            code: code(row),
            values: self.values,
        }
    }
}

/// Multiplies the index of each row by the number of values, adds the row's code, and says whether
/// all codes are legal.
fn append<I: Index, C: Code>(index: &mut [I], codes: &[C], values: usize, is_first: bool) -> bool {
    let Some(largest) = C::largest_below(values) else {
        return codes.is_empty();
    };
    if is_first {
        for (index, &code) in index.iter_mut().zip(codes) {
            *index = I::of(code.into());
        }
    } else {
        let radix = I::of(u32::try_from(values).unwrap_or(u32::MAX));
        for (index, &code) in index.iter_mut().zip(codes) {
            *index = index.times_plus(radix, I::of(code.into()));
        }
    }
    codes
        .iter()
        .copied()
        .max()
        .is_none_or(|code| code <= largest)
}

/// The number of a row's counter. What does not fit wraps around: then some code is not legal,
/// and the block is an error anyway.
trait Index: Copy + Default {
    fn of(code: u32) -> Self;
    fn times_plus(self, radix: Self, code: Self) -> Self;
    fn with_outcome(self, label: u8, prediction: u8) -> Self;
}

impl Index for u8 {
    #[expect(clippy::cast_possible_truncation, reason = "wraps around on purpose")]
    fn of(code: u32) -> Self {
        code as Self
    }

    fn times_plus(self, radix: Self, code: Self) -> Self {
        self.wrapping_mul(radix).wrapping_add(code)
    }

    fn with_outcome(self, label: u8, prediction: u8) -> Self {
        let outcome = label.wrapping_add(label).wrapping_add(prediction);
        self.wrapping_mul(4).wrapping_add(outcome)
    }
}

impl Index for u32 {
    fn of(code: u32) -> Self {
        code
    }

    fn times_plus(self, radix: Self, code: Self) -> Self {
        self.wrapping_mul(radix).wrapping_add(code)
    }

    fn with_outcome(self, label: u8, prediction: u8) -> Self {
        let outcome = 2 * Self::from(label) + Self::from(prediction);
        self.wrapping_mul(4).wrapping_add(outcome)
    }
}

/// A group code of any width.
trait Code: Copy + Ord + Into<u32> {
    /// The largest code of an attribute with some values; `None` where it has no value.
    fn largest_below(values: usize) -> Option<Self>;
}

macro_rules! code {
    ($($width:ty),*) => {$(
        impl Code for $width {
            fn largest_below(values: usize) -> Option<Self> {
                let largest = values.checked_sub(1)?;
                // Where the values go further than the type, every code is legal.
                Some(Self::try_from(largest).unwrap_or(Self::MAX))
            }
        }
    )*};
}
code!(u8, u16, u32);
