//! `(x - mean) / sqrt(variance + epsilon) * gamma + beta`, row by row.

use super::real::{Real, sum_of};
use super::tasks::{sum_in_order, write_rows};
use super::vector::vectorised;

/// The gradients of a layer norm.
pub(crate) struct Gradients<T> {
    /// At the input, `[rows, width]`.
    pub(crate) input: Vec<T>,
    /// At the scale, `[width]`.
    pub(crate) gamma: Vec<T>,
    /// At the offset, `[width]`.
    pub(crate) beta: Vec<T>,
}

/// The mean of a row, and 1 over its standard deviation. The variance is the mean of squared
/// differences: the difference of means of squares would lose the digits that they share.
#[inline(always)]
fn mean_and_scale<T: Real>(row: &[T], epsilon: T) -> (T, T) {
    let count = T::from_f64(row.len() as f64);
    let mean = sum_of(row.len(), |index| row[index]) / count;
    let squares = sum_of(row.len(), |index| {
        let apart = row[index] - mean;
        apart * apart
    });
    (mean, T::ONE / (squares / count + epsilon).sqrt())
}

vectorised! {
    fn forward_piece<T: Real>(input: &[T], gamma: &[T], beta: &[T], epsilon: T, out: &mut [T]) {
        let width = gamma.len();
        let beta = &beta[..width];
        for (row, out) in input.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
            let (mean, scale) = mean_and_scale(row, epsilon);
            for index in 0..width {
                out[index] = (row[index] - mean) * scale * gamma[index] + beta[index];
            }
        }
    }

    fn backward_piece<T: Real>(
        input: &[T],
        gamma: &[T],
        epsilon: T,
        gradient: &[T],
        out: &mut [T],
        of_gamma: &mut [T],
        of_beta: &mut [T],
    ) {
        let width = gamma.len();
        let (of_gamma, of_beta) = (&mut of_gamma[..width], &mut of_beta[..width]);
        let count = T::from_f64(width as f64);
        let rows = input
            .chunks_exact(width)
            .zip(gradient.chunks_exact(width))
            .zip(out.chunks_exact_mut(width));
        for ((row, gradient), out) in rows {
            let (mean, scale) = mean_and_scale(row, epsilon);
            for index in 0..width {
                of_gamma[index] += gradient[index] * ((row[index] - mean) * scale);
                of_beta[index] += gradient[index];
                out[index] = gradient[index] * gamma[index];
            }
            let scaled = &*out;
            let along_one = sum_of(width, |index| scaled[index]) / count;
            let along_row =
                sum_of(width, |index| scaled[index] * ((row[index] - mean) * scale)) / count;
            for index in 0..width {
                let normal = (row[index] - mean) * scale;
                out[index] = scale * (out[index] - along_one - normal * along_row);
            }
        }
    }
}

/// The normalised rows, `[rows, width]`, of an input, `[rows, width]`, with `gamma` and `beta`,
/// `[width]`.
pub(crate) fn forward<T: Real>(input: &[T], gamma: &[T], beta: &[T], epsilon: f64) -> Vec<T> {
    let width = gamma.len();
    let rows = input.len().checked_div(width).unwrap_or(0);
    let (values, _) = write_rows(rows, width, |rows, out| {
        let input = &input[rows.start * width..rows.end * width];
        forward_piece(input, gamma, beta, T::from_f64(epsilon), out);
    });
    values
}

/// The gradients, from that at the output, `[rows, width]`.
pub(crate) fn backward<T: Real>(
    input: &[T],
    gamma: &[T],
    epsilon: f64,
    gradient: &[T],
) -> Gradients<T> {
    let width = gamma.len();
    let rows = input.len().checked_div(width).unwrap_or(0);
    let (at_input, parts) = write_rows(rows, width, |rows, out| {
        let place = rows.start * width..rows.end * width;
        let (mut of_gamma, mut of_beta) = (vec![T::ZERO; width], vec![T::ZERO; width]);
        backward_piece(
            &input[place.clone()],
            gamma,
            T::from_f64(epsilon),
            &gradient[place],
            out,
            &mut of_gamma,
            &mut of_beta,
        );
        (of_gamma, of_beta)
    });
    let (of_gamma, of_beta): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    Gradients {
        input: at_input,
        gamma: sum_in_order(width, of_gamma),
        beta: sum_in_order(width, of_beta),
    }
}
