//! `x P(X <= x)` for a standard normal `X`, value by value.

use super::real::Real;
use super::tasks::write_rows;
use super::vector::vectorised;

vectorised! {
    fn forward_piece<T: Real>(input: &[T], out: &mut [T]) {
        for (out, &x) in out.iter_mut().zip(input) {
            *out = x * x.normal().0;
        }
    }

    fn backward_piece<T: Real>(input: &[T], gradient: &[T], out: &mut [T]) {
        for ((out, &x), &gradient) in out.iter_mut().zip(input).zip(gradient) {
            let (below, density) = x.normal();
            *out = gradient * (below + x * density);
        }
    }
}

/// `gelu(input)`.
pub(crate) fn forward<T: Real>(input: &[T]) -> Vec<T> {
    let (values, _) = write_rows(input.len(), 1, |piece, out| {
        forward_piece(&input[piece], out);
    });
    values
}

/// The gradient at the input, from that at the output.
pub(crate) fn backward<T: Real>(input: &[T], gradient: &[T]) -> Vec<T> {
    let (values, _) = write_rows(input.len(), 1, |piece, out| {
        backward_piece(&input[piece.clone()], &gradient[piece], out);
    });
    values
}
