//! Square roots that have a gradient everywhere.

use burn::tensor::Tensor;

/// The size below which values are not scaled: the inverse of a smaller one may overflow.
const LEAST: f64 = 1e-30;

/// The root of the sum of squares, `[1]`: of any finite size without overflow, and with the
/// gradient 0 where all values are 0. In single precision, so are values below [`LEAST`] in size.
pub(super) fn euclidean_norm(values: &Tensor<2>) -> Tensor<1> {
    let largest = values.clone().detach().abs().max();
    let none = largest.clone().lower_scalar(LEAST);
    let largest = largest.mask_fill(none, 1.0);
    let scaled = values
        .clone()
        .div(largest.clone().reshape([1, 1]).expand(values.dims()));
    square_root(scaled.clone().mul(scaled).sum()).mul(largest)
}

/// The square root, with the gradient 0 at 0 and below.
pub(super) fn square_root<const D: usize>(values: Tensor<D>) -> Tensor<D> {
    let zero = values.clone().detach().lower_equal_scalar(0.0);
    values
        .mask_fill(zero.clone(), 1.0)
        .sqrt()
        .mask_fill(zero, 0.0)
}
