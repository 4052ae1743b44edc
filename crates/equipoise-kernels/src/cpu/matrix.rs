//! Products of matrices.

use std::ops::Range;

use gemm::Parallelism;

use super::real::Real;
use super::tasks::write_rows_by;

/// The rows of a product that a task computes. Of 48 to 192, 96 was fastest: few enough to stay in
/// the caches, enough to be worth preparing the other matrix for.
const ROWS_OF_A_TASK: usize = 96;

/// As many multiplications and more are shared among threads.
const SHARED_FROM: usize = 1 << 21;

/// A matrix in memory, row after row or column after column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Matrix<'a, T> {
    values: &'a [T],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// `[rows, columns]`, row after row. What there is more of `values` is left out.
    ///
    /// # Panics
    ///
    /// When there are too few values.
    pub(crate) fn new(values: &'a [T], rows: usize, columns: usize) -> Self {
        Self {
            values: &values[..rows * columns],
            rows,
            columns,
            row_stride: columns,
            column_stride: 1,
        }
    }

    /// `[rows, columns]`, where a row begins `stride` values behind the one before. What there is
    /// more of `values` is left out.
    ///
    /// # Panics
    ///
    /// When there are too few values, or rows overlap.
    pub(crate) fn strided(values: &'a [T], rows: usize, columns: usize, stride: usize) -> Self {
        assert!(
            stride >= columns,
            "rows of {columns} at each {stride} overlap"
        );
        Self {
            values: &values[..length(rows, columns, stride)],
            rows,
            columns,
            row_stride: stride,
            column_stride: 1,
        }
    }

    /// Some rows of it.
    ///
    /// # Panics
    ///
    /// When it has not so many rows.
    pub(crate) fn rows(self, range: Range<usize>) -> Self {
        assert!(range.end <= self.rows, "{range:?} of {} rows", self.rows);
        let first = self.values.len().min(range.start * self.row_stride);
        Self {
            values: &self.values[first..],
            rows: range.len(),
            ..self
        }
    }

    /// The same memory, read as `[columns, rows]`.
    pub(crate) fn transposed(self) -> Self {
        Self {
            values: self.values,
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
        }
    }
}

/// The values from the first to the last of a matrix whose rows begin `stride` values apart.
fn length(rows: usize, columns: usize, stride: usize) -> usize {
    match (rows, columns) {
        (0, _) | (_, 0) => 0,
        _ => (rows - 1) * stride + columns,
    }
}

/// Whether a product replaces what is at its place or is added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Write {
    Replace,
    Add,
}

/// Writes `factor a b`, `[rows of a, columns of b]`, to rows that begin `stride` values apart. It
/// is for small products in a task: no other thread helps.
///
/// # Panics
///
/// As [`product`], and when `out` is too short, or its rows overlap.
pub(crate) fn product_into<T: Real>(
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    factor: T,
    out: &mut [T],
    stride: usize,
    write: Write,
) {
    assert!(stride >= b.columns, "rows at each {stride} overlap");
    let out = &mut out[..length(a.rows, b.columns, stride)];
    // SAFETY: `out` reaches from the first to the last value of the product.
    unsafe {
        multiply(
            a,
            b,
            factor,
            (out.as_mut_ptr(), stride),
            write,
            Parallelism::None,
        );
    }
}

/// `a b`, `[rows of a, columns of b]`, row after row.
///
/// # Panics
///
/// When the columns of `a` are not as many as the rows of `b`.
pub(crate) fn product<T: Real>(a: Matrix<'_, T>, b: Matrix<'_, T>) -> Vec<T> {
    by_rows(a, b, |_| Write::Replace)
}

/// `a b + offset`, `[rows of a, columns of b]`, with the same offset, `[columns of b]`, in each
/// row.
///
/// # Panics
///
/// As [`product`], and when the offset has another length than the rows of the product.
pub(crate) fn product_plus<T: Real>(a: Matrix<'_, T>, b: Matrix<'_, T>, offset: &[T]) -> Vec<T> {
    assert_eq!(offset.len(), b.columns, "one offset for each column");
    by_rows(a, b, |out| {
        for row in out.chunks_exact_mut(offset.len()) {
            row.copy_from_slice(offset);
        }
        Write::Add
    })
}

/// A product in pieces of its rows, of which each thread computes some, after `begin` has prepared
/// the place of a piece. A product of few rows is one piece, in which the threads share the work.
fn by_rows<T: Real>(
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    begin: impl Fn(&mut [T]) -> Write + Sync,
) -> Vec<T> {
    let is_one_piece = a.rows < 2 * ROWS_OF_A_TASK;
    let (piece, parallelism) = if is_one_piece {
        (a.rows.max(1), threads_for(a, b))
    } else {
        (ROWS_OF_A_TASK, Parallelism::None)
    };
    let (out, _) = write_rows_by(piece, a.rows, b.columns, |rows, out: &mut [T]| {
        let write = begin(out);
        // SAFETY: `out` has a value for each of these rows and each column of `b`.
        unsafe {
            let place = (out.as_mut_ptr(), b.columns);
            multiply(a.rows(rows), b, T::ONE, place, write, parallelism);
        }
    });
    out
}

/// How many threads a product is worth.
fn threads_for<T: Real>(a: Matrix<'_, T>, b: Matrix<'_, T>) -> Parallelism {
    let work = a.rows.saturating_mul(a.columns).saturating_mul(b.columns);
    if work >= SHARED_FROM {
        Parallelism::Rayon(0)
    } else {
        Parallelism::None
    }
}

/// Writes `factor a b` to a place whose rows are a stride apart.
///
/// The columns of `a` are gone through in blocks of a size that does not depend on the number of
/// threads, so a sum is always added in the same order.
///
/// # Safety
///
/// The place has room for as many rows as `a` and as many columns as `b` has, and the room holds
/// values already if the product is added to them.
unsafe fn multiply<T: Real>(
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    factor: T,
    (out, out_stride): (*mut T, usize),
    write: Write,
    parallelism: Parallelism,
) {
    assert_eq!(a.columns, b.rows, "the inner sizes of a product are equal");
    let (rows, inner, columns) = (a.rows, a.columns, b.columns);
    #[expect(
        clippy::cast_possible_wrap,
        reason = "a stride is not longer than a slice, which is shorter than isize::MAX"
    )]
    let stride = |stride: usize| stride as isize;
    // SAFETY: a `Matrix` has a value at each of its places, `out` by the promise of the caller,
    // and the slices of `a` and `b` do not overlap it, for it may be written.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            out,
            1,
            stride(out_stride),
            write == Write::Add,
            a.values.as_ptr(),
            stride(a.column_stride),
            stride(a.row_stride),
            b.values.as_ptr(),
            stride(b.column_stride),
            stride(b.row_stride),
            T::ONE,
            factor,
            false,
            false,
            false,
            parallelism,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_hand(a: &[f64], b: &[f64], rows: usize, inner: usize, columns: usize) -> Vec<f64> {
        let mut out = vec![0.0; rows * columns];
        for row in 0..rows {
            for column in 0..columns {
                for index in 0..inner {
                    out[row * columns + column] +=
                        a[row * inner + index] * b[index * columns + column];
                }
            }
        }
        out
    }

    #[test]
    fn products_are_those_of_the_definition() {
        for (rows, inner, columns) in [(0, 3, 2), (3, 0, 2), (1, 1, 1), (17, 3, 100), (5, 40, 33)] {
            let a: Vec<f64> = (0..rows * inner).map(|x| (x as f64).sin()).collect();
            let b: Vec<f64> = (0..inner * columns).map(|x| (x as f64).cos()).collect();
            let transposed: Vec<f64> = (0..inner * columns)
                .map(|place| b[place % inner * columns + place / inner])
                .collect();
            let expected = by_hand(&a, &b, rows, inner, columns);
            let offset = vec![1.0; columns];
            let a = Matrix::new(&a, rows, inner);
            let b = Matrix::new(&b, inner, columns);
            let turned = Matrix::new(&transposed, columns, inner).transposed();
            for (plain, plus) in [
                (product(a, b), product_plus(a, b, &offset)),
                (product(a, turned), product_plus(a, turned, &offset)),
            ] {
                assert_eq!(plain.len(), expected.len());
                for ((plain, plus), expected) in plain.iter().zip(&plus).zip(&expected) {
                    assert!((plain - expected).abs() < 1e-12);
                    assert!((plus - expected - 1.0).abs() < 1e-12);
                }
            }
        }
    }
}
