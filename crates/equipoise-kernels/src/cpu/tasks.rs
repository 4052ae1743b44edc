//! Work in pieces whose size does not depend on the number of threads, so that sums over pieces
//! are the same bits on any number of them.

use std::ops::Range;

use rayon::prelude::*;

use super::real::Real;

/// The values of a task: few enough to stay in the nearest caches between two passes over them,
/// enough to be worth handing to a thread.
const VALUES_OF_A_TASK: usize = 1 << 14;

/// The rows that a task takes of a matrix with `width` columns.
pub(crate) fn rows_of_a_task(width: usize) -> usize {
    (VALUES_OF_A_TASK / width.max(1)).max(1)
}

/// What `task` makes of each piece of `rows` rows, in the order of the rows.
pub(crate) fn map_rows<R: Send>(
    rows: usize,
    rows_of_a_task: usize,
    task: impl Fn(Range<usize>) -> R + Sync,
) -> Vec<R> {
    let range = |index: usize| {
        let first = index * rows_of_a_task;
        first..rows.min(first + rows_of_a_task)
    };
    match rows.div_ceil(rows_of_a_task) {
        0 => Vec::new(),
        1 => vec![task(0..rows)],
        tasks => (0..tasks)
            .into_par_iter()
            .map(|index| task(range(index)))
            .collect(),
    }
}

/// A new matrix, `[rows, width]`, which `task` writes in pieces of whole rows. It gets the rows
/// and where they lie, filled with zeros; what it returns comes in the order of the rows.
pub(crate) fn write_rows<T: Real, R: Send>(
    rows: usize,
    width: usize,
    task: impl Fn(Range<usize>, &mut [T]) -> R + Sync,
) -> (Vec<T>, Vec<R>) {
    write_rows_by(rows_of_a_task(width), rows, width, task)
}

/// As [`write_rows`], in pieces of a number of rows.
pub(crate) fn write_rows_by<T: Real, R: Send>(
    rows_of_a_task: usize,
    rows: usize,
    width: usize,
    task: impl Fn(Range<usize>, &mut [T]) -> R + Sync,
) -> (Vec<T>, Vec<R>) {
    let count = rows * width;
    if count == 0 {
        return (Vec::new(), Vec::new());
    }
    let mut values = Vec::with_capacity(count);
    let piece = rows_of_a_task * width;
    let write = |(index, values): (usize, &mut [std::mem::MaybeUninit<T>])| {
        // Zeros cost little here, where they do not leave the cache.
        values.fill(std::mem::MaybeUninit::new(T::ZERO));
        let first = index * rows_of_a_task;
        let range = first..first + values.len() / width;
        // SAFETY: all of `values` was written above.
        task(range, unsafe { values.assume_init_mut() })
    };
    let memory = &mut values.spare_capacity_mut()[..count];
    let results = if count <= piece {
        vec![write((0, memory))]
    } else {
        memory
            .par_chunks_mut(piece)
            .enumerate()
            .map(write)
            .collect()
    };
    // SAFETY: the pieces cover `..count` of the memory, and each was written.
    unsafe { values.set_len(count) };
    (values, results)
}

/// The sums of rows of the same length, added in their order; zeros for none.
pub(crate) fn sum_in_order<T: Real>(
    width: usize,
    rows: impl IntoIterator<Item = Vec<T>>,
) -> Vec<T> {
    let mut sums = vec![T::ZERO; width];
    for row in rows {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_written_once_and_in_order() {
        for (rows, width) in [(0, 3), (3, 0), (1, 1), (17, 100), (5000, 7), (3, 20_000)] {
            let (values, firsts) =
                write_rows(rows, width, |range: Range<usize>, out: &mut [f64]| {
                    for (row, out) in range.clone().zip(out.chunks_exact_mut(width)) {
                        for (column, value) in out.iter_mut().enumerate() {
                            *value += (row * width + column) as f64;
                        }
                    }
                    range.start
                });
            let expected: Vec<f64> = (0..rows * width).map(|index| index as f64).collect();
            assert_eq!(values, expected);
            assert!(firsts.is_sorted());
        }
    }

    #[test]
    fn rows_are_mapped_in_order() {
        let ranges = map_rows(10, 4, |range| range);
        assert_eq!(ranges, [0..4, 4..8, 8..10]);
        assert!(map_rows(0, 4, |range| range).is_empty());
    }
}
