//! `x w + b`, and its gradients straight from products of matrices that are read transposed.

use super::matrix::{Matrix, product, product_plus};
use super::real::Real;
use super::tasks::{map_rows, sum_in_order};
use super::vector::vectorised;

/// The rows that are added up as one piece where a bias gets its gradient.
const ROWS_OF_A_SUM: usize = 64;

/// The sizes of a linear layer on a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) rows: usize,
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
}

vectorised! {
    fn add_rows<T: Real>(rows: &[T], sums: &mut [T]) {
        for row in rows.chunks_exact(sums.len()) {
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
    }
}

/// `[rows, outputs]` from an input, `[rows, inputs]`, a weight, `[inputs, outputs]`, and a bias,
/// `[outputs]`.
pub(crate) fn forward<T: Real>(
    input: &[T],
    weight: &[T],
    bias: Option<&[T]>,
    sizes: Sizes,
) -> Vec<T> {
    let input = Matrix::new(input, sizes.rows, sizes.inputs);
    let weight = Matrix::new(weight, sizes.inputs, sizes.outputs);
    match bias {
        None => product(input, weight),
        Some(bias) => product_plus(input, weight, bias),
    }
}

/// The gradient at the input, `[rows, inputs]`.
pub(crate) fn at_input<T: Real>(gradient: &[T], weight: &[T], sizes: Sizes) -> Vec<T> {
    product(
        Matrix::new(gradient, sizes.rows, sizes.outputs),
        Matrix::new(weight, sizes.inputs, sizes.outputs).transposed(),
    )
}

/// The gradient at the weight, `[inputs, outputs]`.
pub(crate) fn at_weight<T: Real>(input: &[T], gradient: &[T], sizes: Sizes) -> Vec<T> {
    product(
        Matrix::new(input, sizes.rows, sizes.inputs).transposed(),
        Matrix::new(gradient, sizes.rows, sizes.outputs),
    )
}

/// The gradient at the bias, `[outputs]`: the sums of the columns.
pub(crate) fn at_bias<T: Real>(gradient: &[T], rows: usize, outputs: usize) -> Vec<T> {
    let width = outputs;
    let sums = map_rows(rows, ROWS_OF_A_SUM, |rows| {
        let mut sums = vec![T::ZERO; width];
        if width > 0 {
            add_rows(&gradient[rows.start * width..rows.end * width], &mut sums);
        }
        sums
    });
    sum_in_order(width, sums)
}
