//! `(x - mean) / sqrt(variance + epsilon) * gamma + beta`, plane by plane.

use super::real::{Real, sum_of};
use super::tasks::{write_rows, write_rows_by};
use super::vector::vectorised;

/// The sizes of a batch of planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) batch: usize,
    pub(crate) channels: usize,
    /// The values of a plane.
    pub(crate) plane: usize,
}

/// The gradients of a batch norm.
pub(crate) struct Gradients<T> {
    /// At the input, `[batch, channels, plane]`.
    pub(crate) input: Vec<T>,
    /// At the scale, `[channels]`.
    pub(crate) gamma: Vec<T>,
    /// At the offset, `[channels]`.
    pub(crate) beta: Vec<T>,
}

vectorised! {
    fn moments_of_channel<T: Real>(input: &[T], sizes: Sizes, channel: usize, out: &mut [T]) {
        let plane = |picture: usize| &input[(picture * sizes.channels + channel) * sizes.plane..][..sizes.plane];
        let count = T::from_f64((sizes.batch * sizes.plane) as f64);
        let mut mean = T::ZERO;
        for picture in 0..sizes.batch {
            let plane = plane(picture);
            mean += sum_of(sizes.plane, |index| plane[index]);
        }
        let mean = mean / count;
        let mut squares = T::ZERO;
        for picture in 0..sizes.batch {
            let plane = plane(picture);
            squares += sum_of(sizes.plane, |index| {
                let apart = plane[index] - mean;
                apart * apart
            });
        }
        out[0] = mean;
        out[1] = squares / count;
    }

    fn forward_plane<T: Real>(plane: &[T], mean: T, factor: T, offset: T, out: &mut [T]) {
        for (out, &value) in out.iter_mut().zip(plane) {
            *out = (value - mean) * factor + offset;
        }
    }

    fn sums_of_channel<T: Real>(
        input: &[T],
        gradient: &[T],
        sizes: Sizes,
        channel: usize,
        mean: T,
        out: &mut [T],
    ) {
        for picture in 0..sizes.batch {
            let place = (picture * sizes.channels + channel) * sizes.plane;
            let plane = &input[place..][..sizes.plane];
            let gradient = &gradient[place..][..sizes.plane];
            out[0] += sum_of(sizes.plane, |index| gradient[index]);
            out[1] += sum_of(sizes.plane, |index| gradient[index] * (plane[index] - mean));
        }
    }

    fn backward_plane<T: Real>(
        plane: &[T],
        gradient: &[T],
        mean: T,
        factor: T,
        along_one: T,
        along_plane: T,
        out: &mut [T],
    ) {
        for ((out, &value), &gradient) in out.iter_mut().zip(plane).zip(gradient) {
            *out = factor * (gradient - along_one - (value - mean) * along_plane);
        }
    }
}

/// The mean and the (biased) variance of each channel, `[channels, 2]`.
pub(crate) fn moments<T: Real>(input: &[T], sizes: Sizes) -> Vec<T> {
    let (values, _) = write_rows_by(1, sizes.channels, 2, |channels, out| {
        for (channel, out) in channels.zip(out.chunks_exact_mut(2)) {
            moments_of_channel(input, sizes, channel, out);
        }
    });
    values
}

/// 1 over the standard deviation of a channel.
fn scale<T: Real>(moments: &[T], channel: usize, epsilon: f64) -> T {
    T::ONE / (moments[2 * channel + 1] + T::from_f64(epsilon)).sqrt()
}

/// The normalised planes.
pub(crate) fn forward<T: Real>(
    input: &[T],
    gamma: &[T],
    beta: &[T],
    moments: &[T],
    sizes: Sizes,
    epsilon: f64,
) -> Vec<T> {
    let planes = sizes.batch * sizes.channels;
    let (values, _) = write_rows(planes, sizes.plane, |rows, out| {
        for (row, out) in rows.zip(out.chunks_exact_mut(sizes.plane)) {
            let channel = row % sizes.channels;
            let factor = scale(moments, channel, epsilon) * gamma[channel];
            let plane = &input[row * sizes.plane..][..sizes.plane];
            forward_plane(plane, moments[2 * channel], factor, beta[channel], out);
        }
    });
    values
}

/// The gradients, from that at the output. Where the moments are those of the batch, they move
/// with the input.
pub(crate) fn backward<T: Real>(
    input: &[T],
    gamma: &[T],
    moments: &[T],
    gradient: &[T],
    sizes: Sizes,
    epsilon: f64,
    of_batch: bool,
) -> Gradients<T> {
    let (sums, _) = write_rows_by(1, sizes.channels, 2, |channels, out| {
        for (channel, out) in channels.zip(out.chunks_exact_mut(2)) {
            sums_of_channel(input, gradient, sizes, channel, moments[2 * channel], out);
        }
    });
    let count = T::from_f64((sizes.batch * sizes.plane) as f64);
    let planes = sizes.batch * sizes.channels;
    let (at_input, _) = write_rows(planes, sizes.plane, |rows, out| {
        for (row, out) in rows.zip(out.chunks_exact_mut(sizes.plane)) {
            let channel = row % sizes.channels;
            let scale = scale(moments, channel, epsilon);
            let place = row * sizes.plane;
            let (along_one, along_plane) = if of_batch {
                (
                    sums[2 * channel] / count,
                    sums[2 * channel + 1] * scale * scale / count,
                )
            } else {
                (T::ZERO, T::ZERO)
            };
            backward_plane(
                &input[place..][..sizes.plane],
                &gradient[place..][..sizes.plane],
                moments[2 * channel],
                scale * gamma[channel],
                along_one,
                along_plane,
                out,
            );
        }
    });
    let channels = || 0..sizes.channels;
    // Without values there are no moments, and still a gradient: that of nothing, 0.
    let is_empty = sizes.batch * sizes.plane == 0;
    let at_gamma = |channel: usize| {
        if is_empty {
            return T::ZERO;
        }
        sums[2 * channel + 1] * scale(moments, channel, epsilon)
    };
    Gradients {
        input: at_input,
        gamma: channels().map(at_gamma).collect(),
        beta: channels().map(|channel| sums[2 * channel]).collect(),
    }
}
