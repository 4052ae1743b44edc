//! Sorting rows by their score, on all threads.

use rayon::prelude::*;

/// For fewer rows a plain sort is as fast.
const PARTITIONED_FROM: usize = 1 << 16;
/// Scores are told apart by their highest bits first: with so many left out, one part in 1024 of
/// a power of two is a slot.
const SLOT_SHIFT: u32 = 42;
/// The slots of scores in `[0, 1]`.
const SLOTS: usize = (1f64.to_bits() >> SLOT_SHIFT) as usize + 1;
/// Neighbouring slots are put together to buckets of about so many rows, which fit into the
/// second-level cache while they are sorted.
const BUCKET_ROWS: usize = 1 << 12;
/// The most buckets: writing to more places in turn is slow.
const MAX_BUCKETS: usize = 1 << 12;
/// A bucket with so many rows has many equal scores, and is sorted on all threads.
const LARGE_BUCKET: usize = 1 << 16;
/// Each part of the rows has counters of its own.
const MAX_PARTS: usize = 16;

/// The cell of a row, as narrow as it is stored.
pub(crate) trait Cell: Copy + Into<u32> + Sync {}

impl<C: Copy + Into<u32> + Sync> Cell for C {}

/// One row: the bits of its score, which sort as the score does since no score is negative, and
/// twice its cell plus its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SortedRow {
    pub(crate) score_bits: u64,
    cell_and_label: u32,
}

impl SortedRow {
    fn new(score: f64, label: u8, cell: u32) -> Self {
        Self {
            // Adding 0 makes -0 the same as 0.
            score_bits: (score + 0.0).to_bits(),
            cell_and_label: 2 * cell + u32::from(label),
        }
    }

    pub(crate) fn score(self) -> f64 {
        f64::from_bits(self.score_bits)
    }

    pub(crate) fn label(self) -> u32 {
        self.cell_and_label & 1
    }

    pub(crate) fn cell(self) -> usize {
        (self.cell_and_label >> 1) as usize
    }

    fn slot(self) -> usize {
        (self.score_bits >> SLOT_SHIFT) as usize
    }
}

/// The rows by ascending score; those of one score are in no certain order.
///
/// Scores must lie in `[0, 1]`, and all columns have the same length.
pub(crate) fn sorted_by_score<C: Cell>(
    scores: &[f64],
    labels: &[u8],
    cells: &[C],
) -> Vec<SortedRow> {
    let rows = scores.len();
    if rows < PARTITIONED_FROM {
        let mut sorted: Vec<SortedRow> = Columns {
            scores,
            labels,
            cells,
        }
        .rows()
        .collect();
        sorted.sort_unstable_by_key(|row| row.score_bits);
        return sorted;
    }
    let part_rows = rows.div_ceil(rayon::current_num_threads().clamp(1, MAX_PARTS));
    let columns: Vec<Columns<'_, C>> = scores
        .chunks(part_rows)
        .zip(labels.chunks(part_rows))
        .zip(cells.chunks(part_rows))
        .map(|((scores, labels), cells)| Columns {
            scores,
            labels,
            cells,
        })
        .collect();
    let slot_rows: Vec<Vec<usize>> = columns.par_iter().map(Columns::slot_rows).collect();
    let buckets = Buckets::new(&slot_rows, BUCKET_ROWS.max(rows / MAX_BUCKETS));
    let bucket_rows: Vec<Vec<usize>> = slot_rows.iter().map(|rows| buckets.rows(rows)).collect();

    let mut sorted: Vec<SortedRow> = zeroed(rows);
    // Each part writes its own stretch of each bucket.
    let mut stretches: Vec<Vec<&mut [SortedRow]>> = columns.iter().map(|_| Vec::new()).collect();
    let mut rest = sorted.as_mut_slice();
    for bucket in 0..buckets.count {
        for (stretches, rows) in stretches.iter_mut().zip(&bucket_rows) {
            let (stretch, others) = rest.split_at_mut(rows[bucket]);
            stretches.push(stretch);
            rest = others;
        }
    }
    let parts = columns.par_iter().zip(stretches);
    parts.for_each(|(columns, mut stretches)| columns.distribute(&buckets, &mut stretches));

    let mut targets = Vec::with_capacity(buckets.count);
    let mut rest = sorted.as_mut_slice();
    for bucket in 0..buckets.count {
        let rows = bucket_rows.iter().map(|rows| rows[bucket]).sum();
        let (target, others) = rest.split_at_mut(rows);
        targets.push(target);
        rest = others;
    }
    targets.into_par_iter().for_each(|target| {
        if target.len() < LARGE_BUCKET {
            target.sort_unstable_by_key(|row| row.score_bits);
        } else {
            target.par_sort_unstable_by_key(|row| row.score_bits);
        }
    });
    sorted
}

/// A list of default values, written on all threads: the system hands out memory when it is first
/// touched, which takes longer than the writing.
pub(crate) fn zeroed<T: Default + Send>(length: usize) -> Vec<T> {
    (0..length).into_par_iter().map(|_| T::default()).collect()
}

/// Some of the rows.
#[derive(Clone, Copy)]
struct Columns<'a, C> {
    scores: &'a [f64],
    labels: &'a [u8],
    cells: &'a [C],
}

impl<C: Cell> Columns<'_, C> {
    fn rows(&self) -> impl Iterator<Item = SortedRow> {
        let columns = self.scores.iter().zip(self.labels).zip(self.cells);
        columns.map(|((&score, &label), &cell)| SortedRow::new(score, label, cell.into()))
    }

    /// The number of rows of each slot.
    fn slot_rows(&self) -> Vec<usize> {
        let mut rows = vec![0; SLOTS];
        for row in self.rows() {
            rows[row.slot()] += 1;
        }
        rows
    }

    /// Writes each row to the stretch of its bucket; they have room for just these rows.
    fn distribute(&self, buckets: &Buckets, stretches: &mut [&mut [SortedRow]]) {
        let mut written = vec![0; buckets.count];
        for row in self.rows() {
            let bucket = usize::from(buckets.of_slot[row.slot()]);
            stretches[bucket][written[bucket]] = row;
            written[bucket] += 1;
        }
    }
}

/// Ranges of slots with about the same number of rows each.
struct Buckets {
    of_slot: Vec<u16>,
    count: usize,
}

impl Buckets {
    fn new(slot_rows: &[Vec<usize>], bucket_rows: usize) -> Self {
        let (mut bucket, mut rows) = (0u16, 0);
        let of_slot = (0..SLOTS)
            .map(|slot| {
                if rows >= bucket_rows {
                    bucket += 1;
                    rows = 0;
                }
                rows += slot_rows.iter().map(|part| part[slot]).sum::<usize>();
                bucket
            })
            .collect();
        Self {
            of_slot,
            count: usize::from(bucket) + 1,
        }
    }

    /// The number of rows of each bucket.
    fn rows(&self, slot_rows: &[usize]) -> Vec<usize> {
        let mut rows = vec![0; self.count];
        for (&bucket, slot_rows) in self.of_slot.iter().zip(slot_rows) {
            rows[usize::from(bucket)] += slot_rows;
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers in `[0, 1)` that look random.
    fn spread(row: usize) -> f64 {
        (row as f64 * 0.618_033_988_749_894_9).fract()
    }

    #[test]
    fn many_rows_are_sorted_and_none_is_lost() {
        let rows = 3 * PARTITIONED_FROM + 5;
        let shapes: [fn(usize) -> f64; 6] = [
            spread,
            // Rare events, and the two ends.
            |row| spread(row).powi(12),
            |row| 1.0 - spread(row).powi(12),
            // Many equal scores.
            |row| (20.0 * spread(row)).floor() / 20.0,
            |_| 0.25,
            |row| if row % 2 == 0 { -0.0 } else { 1.0 },
        ];
        for shape in shapes {
            let scores: Vec<f64> = (0..rows).map(shape).collect();
            let labels: Vec<u8> = (0..rows).map(|row| u8::from(row % 3 == 0)).collect();
            let cells: Vec<u32> = (0..7).cycle().take(rows).collect();
            let columns = Columns {
                scores: &scores,
                labels: &labels,
                cells: &cells,
            };
            let mut expected: Vec<SortedRow> = columns.rows().collect();
            expected.sort_by_key(|row| (row.score_bits, row.cell_and_label));
            let mut found = sorted_by_score(&scores, &labels, &cells);
            assert!(found.is_sorted_by_key(|row| row.score_bits));
            found.sort_by_key(|row| (row.score_bits, row.cell_and_label));
            assert!(found == expected);
        }
    }
}
