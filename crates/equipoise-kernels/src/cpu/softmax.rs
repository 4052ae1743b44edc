//! `exp(scale x) / sum(exp(scale x))`, row by row, where some columns are hidden.

use super::real::{Real, greatest, sum_of};
use super::tasks::write_rows;
use super::vector::vectorised;

/// Which columns of which rows are hidden.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HiddenColumns<'a> {
    /// Not 0 where hidden, `[groups, width]`.
    pub(crate) flags: &'a [u8],
    /// As many rows in turn share the flags of a group.
    pub(crate) rows_of_a_group: usize,
}

impl<'a> HiddenColumns<'a> {
    /// The flags of a row, `[width]`.
    fn of_row(&self, row: usize, width: usize) -> &'a [u8] {
        let first = row / self.rows_of_a_group * width;
        &self.flags[first..first + width]
    }
}

vectorised! {
    /// Scales a row; what is hidden becomes the least number.
    fn scale_row<T: Real>(row: &[T], hidden: &[u8], scale: T, out: &mut [T]) {
        for ((out, &x), &hidden) in out.iter_mut().zip(row).zip(hidden) {
            *out = if hidden == 0 { x * scale } else { T::LOWEST };
        }
    }

    fn scale_rows<T: Real>(rows: &[T], scale: T, out: &mut [T]) {
        for (out, &x) in out.iter_mut().zip(rows) {
            *out = x * scale;
        }
    }

    /// Gives the least number to what is hidden.
    pub(super) fn hide<T: Real>(hidden: &[u8], row: &mut [T]) {
        for (value, &hidden) in row.iter_mut().zip(hidden) {
            *value = if hidden == 0 { *value } else { T::LOWEST };
        }
    }

    /// Turns scores into weights.
    pub(super) fn normalise_rows<T: Real>(rows: &mut [T], width: usize) {
        for row in rows.chunks_exact_mut(width) {
            let top = greatest(row);
            for value in row.iter_mut() {
                *value = (*value - top).exp();
            }
            let values = &*row;
            let share = T::ONE / sum_of(width, |index| values[index]);
            for value in row.iter_mut() {
                *value *= share;
            }
        }
    }

    pub(super) fn backward_rows<T: Real>(weights: &[T], gradient: &[T], width: usize, scale: T, out: &mut [T]) {
        let rows = weights
            .chunks_exact(width)
            .zip(gradient.chunks_exact(width))
            .zip(out.chunks_exact_mut(width));
        for ((weights, gradient), out) in rows {
            let mean = sum_of(width, |index| weights[index] * gradient[index]);
            for index in 0..width {
                out[index] = scale * weights[index] * (gradient[index] - mean);
            }
        }
    }

    /// What is hidden gets no gradient, also where all is hidden and the weights are equal.
    pub(super) fn silence_row<T: Real>(hidden: &[u8], out: &mut [T]) {
        for (out, &hidden) in out.iter_mut().zip(hidden) {
            *out = if hidden == 0 { *out } else { T::ZERO };
        }
    }
}

/// The weights, `[rows, width]`, of scores, `[rows, width]`.
pub(crate) fn forward<T: Real>(
    scores: &[T],
    width: usize,
    hidden: Option<HiddenColumns<'_>>,
    scale: f64,
) -> Vec<T> {
    let scale = T::from_f64(scale);
    let rows = scores.len().checked_div(width).unwrap_or(0);
    let (values, _) = write_rows(rows, width, |rows, out| {
        let scores = &scores[rows.start * width..rows.end * width];
        match hidden {
            None => scale_rows(scores, scale, out),
            Some(hidden) => {
                let pairs = scores.chunks_exact(width).zip(out.chunks_exact_mut(width));
                for (row, (scores, out)) in rows.zip(pairs) {
                    scale_row(scores, hidden.of_row(row, width), scale, out);
                }
            }
        }
        normalise_rows(out, width);
    });
    values
}

/// The gradient at the scores, from the weights and the gradient at them.
pub(crate) fn backward<T: Real>(
    weights: &[T],
    gradient: &[T],
    width: usize,
    hidden: Option<HiddenColumns<'_>>,
    scale: f64,
) -> Vec<T> {
    let rows = weights.len().checked_div(width).unwrap_or(0);
    let (values, _) = write_rows(rows, width, |rows, out| {
        let place = rows.start * width..rows.end * width;
        let scale = T::from_f64(scale);
        backward_rows(&weights[place.clone()], &gradient[place], width, scale, out);
        if let Some(hidden) = hidden {
            for (row, out) in rows.zip(out.chunks_exact_mut(width)) {
                silence_row(hidden.of_row(row, width), out);
            }
        }
    });
    values
}
