//! Products of matrices.

use gemm::Parallelism;

use super::real::Real;
use super::tasks::write_rows;

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

/// `a b`, `[rows of a, columns of b]`, row after row.
///
/// # Panics
///
/// When the columns of `a` are not as many as the rows of `b`.
pub(crate) fn product<T: Real>(a: Matrix<'_, T>, b: Matrix<'_, T>) -> Vec<T> {
    let count = a.rows * b.columns;
    let mut out = Vec::with_capacity(count);
    // SAFETY: there is room for `count` values, all of which are written; nothing is read.
    unsafe {
        multiply(a, b, out.as_mut_ptr(), false);
        out.set_len(count);
    }
    out
}

/// `a b + offset`, `[rows of a, columns of b]`, with the same offset, `[columns of b]`, in each
/// row.
///
/// # Panics
///
/// As [`product`], and when the offset has another length than the rows of the product.
pub(crate) fn product_plus<T: Real>(a: Matrix<'_, T>, b: Matrix<'_, T>, offset: &[T]) -> Vec<T> {
    assert_eq!(offset.len(), b.columns, "one offset for each column");
    let (mut out, _) = write_rows(a.rows, b.columns, |_, out: &mut [T]| {
        for row in out.chunks_exact_mut(offset.len()) {
            row.copy_from_slice(offset);
        }
    });
    // SAFETY: `out` has a value for each row of `a` and column of `b`.
    unsafe { multiply(a, b, out.as_mut_ptr(), true) };
    out
}

/// Writes `a b` to `out`, or adds it to what is there.
///
/// The columns of `a` are gone through in blocks of a size that does not depend on the number of
/// threads, so a sum is always added in the same order.
///
/// # Safety
///
/// `out` is a place for as many values as `a` has rows times `b` has columns, and they are values
/// already if it is added to them.
unsafe fn multiply<T: Real>(a: Matrix<'_, T>, b: Matrix<'_, T>, out: *mut T, add: bool) {
    assert_eq!(a.columns, b.rows, "the inner sizes of a product are equal");
    let (rows, inner, columns) = (a.rows, a.columns, b.columns);
    let work = rows.saturating_mul(inner).saturating_mul(columns);
    let parallelism = if work >= SHARED_FROM {
        Parallelism::Rayon(0)
    } else {
        Parallelism::None
    };
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
            stride(columns),
            add,
            a.values.as_ptr(),
            stride(a.column_stride),
            stride(a.row_stride),
            b.values.as_ptr(),
            stride(b.column_stride),
            stride(b.row_stride),
            T::ONE,
            T::ONE,
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
