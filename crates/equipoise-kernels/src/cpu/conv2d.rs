//! Convolutions of planes as products of matrices, and those of single planes as loops.
//!
//! A window of the input is a column of a matrix, `[channels in * kernel, windows]`, so that the
//! output, `[channels out, windows]`, is its product with the weight. Of large planes a task makes
//! the columns of some rows of the output at a time, which stay in the cache; small planes of all
//! pictures share one product.

use std::ops::Range;

use super::matrix::{Matrix, Write, product, product_into};
use super::real::Real;
use super::tasks::{map_rows, sum_in_order, write_rows_by};
use super::vector::vectorised;

/// The windows of a plane from which pictures have products of their own.
const WINDOWS_OF_A_PRODUCT: usize = 128;

/// The values of the columns that a task makes at a time: half a megabyte of `f32`.
const VALUES_OF_COLUMNS: usize = 1 << 17;

/// In how many pieces the pictures are taken where their gradients at the weight are added up.
const PIECES_OF_A_SUM: usize = 4;

/// The sizes of a convolution on a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) batch: usize,
    pub(crate) channels_in: usize,
    /// Height and width of the input.
    pub(crate) input: [usize; 2],
    pub(crate) channels_out: usize,
    pub(crate) kernel: [usize; 2],
    /// Height and width of the output.
    pub(crate) output: [usize; 2],
    pub(crate) stride: [usize; 2],
    /// The zeros above and on the left.
    pub(crate) before: [usize; 2],
    pub(crate) dilation: [usize; 2],
    /// Whether each channel has a kernel of its own, and gives one channel.
    pub(crate) depthwise: bool,
}

impl Sizes {
    fn plane_in(&self) -> usize {
        self.input[0] * self.input[1]
    }

    fn windows(&self) -> usize {
        self.output[0] * self.output[1]
    }

    fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    /// The rows of the matrix of windows.
    fn inner(&self) -> usize {
        self.channels_in * self.taps()
    }

    /// Whether the columns are the input itself.
    fn is_pointwise(&self) -> bool {
        self.taps() == 1
            && self.stride == [1, 1]
            && self.before == [0, 0]
            && self.input == self.output
    }

    /// Whether each picture has a product of its own.
    fn is_large(&self) -> bool {
        self.windows() >= WINDOWS_OF_A_PRODUCT
    }

    /// The rows of the output whose columns are made at a time.
    fn rows_at_a_time(&self) -> usize {
        let of_a_row = self.inner() * self.output[1];
        (VALUES_OF_COLUMNS / of_a_row.max(1)).clamp(1, self.output[0].max(1))
    }

    /// The places along an axis whose window has a value of the input at a tap, and the first of
    /// these values.
    #[inline(always)]
    fn inside(&self, axis: usize, tap: usize) -> (Range<usize>, usize) {
        let (stride, before) = (self.stride[axis], self.before[axis]);
        let offset = tap * self.dilation[axis];
        let first = before.saturating_sub(offset).div_ceil(stride);
        let end = (self.input[axis] + before)
            .saturating_sub(offset)
            .div_ceil(stride)
            .min(self.output[axis]);
        let from = (first * stride + offset).saturating_sub(before);
        (first.min(end)..end, from)
    }
}

vectorised! {
    /// The windows of some rows of the output as columns, `[inner, rows * width]`, of a picture,
    /// `[channels, height, width]`. Columns begin as zeros.
    fn gather<T: Real>(picture: &[T], sizes: Sizes, rows: Range<usize>, columns: &mut [T], stride: usize) {
        let width = sizes.output[1];
        let mut row_of_columns = 0;
        for channel in 0..sizes.channels_in {
            let plane = &picture[channel * sizes.plane_in()..][..sizes.plane_in()];
            for tap_y in 0..sizes.kernel[0] {
                let (inside_y, _) = sizes.inside(0, tap_y);
                for tap_x in 0..sizes.kernel[1] {
                    let (inside_x, from_x) = sizes.inside(1, tap_x);
                    let out = &mut columns[row_of_columns * stride..][..rows.len() * width];
                    row_of_columns += 1;
                    for (y, out) in rows.clone().zip(out.chunks_exact_mut(width)) {
                        if !inside_y.contains(&y) {
                            continue;
                        }
                        let at = y * sizes.stride[0] + tap_y * sizes.dilation[0] - sizes.before[0];
                        let line = &plane[at * sizes.input[1]..][..sizes.input[1]];
                        let out = &mut out[inside_x.clone()];
                        if sizes.stride[1] == 1 {
                            out.copy_from_slice(&line[from_x..from_x + out.len()]);
                        } else {
                            for (place, out) in out.iter_mut().enumerate() {
                                *out = line[from_x + place * sizes.stride[1]];
                            }
                        }
                    }
                }
            }
        }
    }

    /// Adds columns, as [`gather`] makes them, to the places of a picture where they are from.
    fn scatter<T: Real>(columns: &[T], stride: usize, sizes: Sizes, rows: Range<usize>, picture: &mut [T]) {
        let width = sizes.output[1];
        let mut row_of_columns = 0;
        for channel in 0..sizes.channels_in {
            let plane = &mut picture[channel * sizes.plane_in()..][..sizes.plane_in()];
            for tap_y in 0..sizes.kernel[0] {
                let (inside_y, _) = sizes.inside(0, tap_y);
                for tap_x in 0..sizes.kernel[1] {
                    let (inside_x, from_x) = sizes.inside(1, tap_x);
                    let column = &columns[row_of_columns * stride..][..rows.len() * width];
                    row_of_columns += 1;
                    for (y, values) in rows.clone().zip(column.chunks_exact(width)) {
                        if !inside_y.contains(&y) {
                            continue;
                        }
                        let at = y * sizes.stride[0] + tap_y * sizes.dilation[0] - sizes.before[0];
                        let line = &mut plane[at * sizes.input[1]..][..sizes.input[1]];
                        let values = &values[inside_x.clone()];
                        if sizes.stride[1] == 1 {
                            for (place, &value) in line[from_x..from_x + values.len()].iter_mut().zip(values) {
                                *place += value;
                            }
                        } else {
                            for (place, &value) in values.iter().enumerate() {
                                line[from_x + place * sizes.stride[1]] += value;
                            }
                        }
                    }
                }
            }
        }
    }

    /// One plane convolved with one kernel, added to a plane of outputs.
    fn plane_forward<T: Real>(plane: &[T], kernel: &[T], sizes: Sizes, out: &mut [T]) {
        for (y, out) in out.chunks_exact_mut(sizes.output[1]).enumerate() {
            for tap_y in 0..sizes.kernel[0] {
                let (inside_y, _) = sizes.inside(0, tap_y);
                for tap_x in 0..sizes.kernel[1] {
                    let weight = kernel[tap_y * sizes.kernel[1] + tap_x];
                    let (inside_x, from_x) = sizes.inside(1, tap_x);
                    // What is beside the plane is 0; times a weight that is not finite it is none.
                    let beside = weight * T::ZERO;
                    if !inside_y.contains(&y) {
                        for out in out.iter_mut() {
                            *out += beside;
                        }
                        continue;
                    }
                    for out in &mut out[..inside_x.start] {
                        *out += beside;
                    }
                    for out in &mut out[inside_x.end..] {
                        *out += beside;
                    }
                    let at = y * sizes.stride[0] + tap_y * sizes.dilation[0] - sizes.before[0];
                    let line = &plane[at * sizes.input[1]..][..sizes.input[1]];
                    let out = &mut out[inside_x];
                    if sizes.stride[1] == 1 {
                        for (out, &value) in out.iter_mut().zip(&line[from_x..]) {
                            *out += weight * value;
                        }
                    } else {
                        for (place, out) in out.iter_mut().enumerate() {
                            *out += weight * line[from_x + place * sizes.stride[1]];
                        }
                    }
                }
            }
        }
    }

    /// The gradient at one plane from that at its outputs, added.
    fn plane_at_input<T: Real>(gradient: &[T], kernel: &[T], sizes: Sizes, plane: &mut [T]) {
        for (y, gradient) in gradient.chunks_exact(sizes.output[1]).enumerate() {
            for tap_y in 0..sizes.kernel[0] {
                let (inside_y, _) = sizes.inside(0, tap_y);
                if !inside_y.contains(&y) {
                    continue;
                }
                let at = y * sizes.stride[0] + tap_y * sizes.dilation[0] - sizes.before[0];
                let line = &mut plane[at * sizes.input[1]..][..sizes.input[1]];
                for tap_x in 0..sizes.kernel[1] {
                    let weight = kernel[tap_y * sizes.kernel[1] + tap_x];
                    let (inside_x, from_x) = sizes.inside(1, tap_x);
                    let gradient = &gradient[inside_x];
                    if sizes.stride[1] == 1 {
                        for (place, &value) in line[from_x..].iter_mut().zip(gradient) {
                            *place += weight * value;
                        }
                    } else {
                        for (place, &value) in gradient.iter().enumerate() {
                            line[from_x + place * sizes.stride[1]] += weight * value;
                        }
                    }
                }
            }
        }
    }

    /// The gradient at one kernel from one plane and its outputs, added.
    fn plane_at_weight<T: Real>(plane: &[T], gradient: &[T], sizes: Sizes, kernel: &mut [T]) {
        for (y, gradient) in gradient.chunks_exact(sizes.output[1]).enumerate() {
            for tap_y in 0..sizes.kernel[0] {
                let (inside_y, _) = sizes.inside(0, tap_y);
                if !inside_y.contains(&y) {
                    continue;
                }
                let at = y * sizes.stride[0] + tap_y * sizes.dilation[0] - sizes.before[0];
                let line = &plane[at * sizes.input[1]..][..sizes.input[1]];
                for tap_x in 0..sizes.kernel[1] {
                    let (inside_x, from_x) = sizes.inside(1, tap_x);
                    let gradient = &gradient[inside_x];
                    let stride = sizes.stride[1];
                    let line = &line[from_x.min(line.len())..];
                    kernel[tap_y * sizes.kernel[1] + tap_x] +=
                        super::real::sum_of(gradient.len(), |place| gradient[place] * line[place * stride]);
                }
            }
        }
    }
}

/// The output, `[batch, channels out, height, width]`, of an input, `[batch, channels in, height,
/// width]`, a weight, `[channels out, channels in or 1, kernel height, kernel width]`, and a bias,
/// `[channels out]`.
pub(crate) fn forward<T: Real>(
    input: &[T],
    weight: &[T],
    bias: Option<&[T]>,
    sizes: Sizes,
) -> Vec<T> {
    let windows = sizes.windows();
    if sizes.depthwise {
        let (out, _) = write_rows_by(1, sizes.batch * sizes.channels_out, windows, |rows, out| {
            for (row, out) in rows.zip(out.chunks_exact_mut(windows)) {
                let channel = row % sizes.channels_out;
                if let Some(bias) = bias {
                    out.fill(bias[channel]);
                }
                let plane = &input[row * sizes.plane_in()..][..sizes.plane_in()];
                let kernel = &weight[channel * sizes.taps()..][..sizes.taps()];
                plane_forward(plane, kernel, sizes, out);
            }
        });
        return out;
    }
    if !sizes.is_large() {
        let products = product(
            Matrix::new(weight, sizes.channels_out, sizes.inner()),
            Matrix::new(
                &all_columns(input, sizes),
                sizes.inner(),
                sizes.batch * windows,
            ),
        );
        return by_picture(&products, bias, sizes);
    }
    let size_in = sizes.channels_in * sizes.plane_in();
    let weight = Matrix::new(weight, sizes.channels_out, sizes.inner());
    let (out, _) = write_rows_by(
        1,
        sizes.batch,
        sizes.channels_out * windows,
        |pictures, out: &mut [T]| {
            for (picture, out) in pictures.zip(out.chunks_exact_mut(sizes.channels_out * windows)) {
                let picture = &input[picture * size_in..][..size_in];
                if let Some(bias) = bias {
                    for (out, &bias) in out.chunks_exact_mut(windows).zip(bias) {
                        out.fill(bias);
                    }
                }
                if sizes.is_pointwise() {
                    let columns = Matrix::new(picture, sizes.inner(), windows);
                    product_into(weight, columns, T::ONE, out, windows, Write::Add);
                    continue;
                }
                for_some_rows(sizes, |rows| {
                    let count = rows.len() * sizes.output[1];
                    let mut columns = vec![T::ZERO; sizes.inner() * count];
                    gather(picture, sizes, rows.clone(), &mut columns, count);
                    let columns = Matrix::new(&columns, sizes.inner(), count);
                    let out = &mut out[rows.start * sizes.output[1]..];
                    product_into(weight, columns, T::ONE, out, windows, Write::Add);
                });
            }
        },
    );
    out
}

/// The rows of the output, some at a time.
fn for_some_rows(sizes: Sizes, mut task: impl FnMut(Range<usize>)) {
    let step = sizes.rows_at_a_time();
    for first in (0..sizes.output[0]).step_by(step) {
        task(first..sizes.output[0].min(first + step));
    }
}

/// The windows of all pictures as columns, `[inner, batch * windows]`.
fn all_columns<T: Real>(input: &[T], sizes: Sizes) -> Vec<T> {
    let (windows, taps) = (sizes.windows(), sizes.taps());
    let size_in = sizes.channels_in * sizes.plane_in();
    let count = sizes.batch * windows;
    // A task makes the columns of one channel.
    let one = Sizes {
        channels_in: 1,
        ..sizes
    };
    let (columns, _) = write_rows_by(1, sizes.channels_in, taps * count, |channels, out| {
        for (channel, out) in channels.zip(out.chunks_exact_mut(taps * count)) {
            for picture in 0..sizes.batch {
                let plane = &input[picture * size_in + channel * sizes.plane_in()..];
                let out = &mut out[picture * windows..];
                gather(
                    &plane[..sizes.plane_in()],
                    one,
                    0..sizes.output[0],
                    out,
                    count,
                );
            }
        }
    });
    columns
}

/// `[batch, channels out, windows]` of `[channels out, batch, windows]`, with a bias.
fn by_picture<T: Real>(products: &[T], bias: Option<&[T]>, sizes: Sizes) -> Vec<T> {
    let windows = sizes.windows();
    let (out, _) = write_rows_by(
        sizes.channels_out.max(1),
        sizes.batch * sizes.channels_out,
        windows,
        |rows, out| {
            for (row, out) in rows.zip(out.chunks_exact_mut(windows)) {
                let (picture, channel) = (row / sizes.channels_out, row % sizes.channels_out);
                let from = &products[(channel * sizes.batch + picture) * windows..][..windows];
                match bias {
                    None => out.copy_from_slice(from),
                    Some(bias) => {
                        for (out, &value) in out.iter_mut().zip(from) {
                            *out = value + bias[channel];
                        }
                    }
                }
            }
        },
    );
    out
}

/// `[channels out, batch, windows]` of `[batch, channels out, windows]`.
fn by_channel<T: Real>(gradient: &[T], sizes: Sizes) -> Vec<T> {
    let windows = sizes.windows();
    let (out, _) = write_rows_by(
        sizes.batch.max(1),
        sizes.channels_out * sizes.batch,
        windows,
        |rows, out| {
            for (row, out) in rows.zip(out.chunks_exact_mut(windows)) {
                let (channel, picture) = (row / sizes.batch, row % sizes.batch);
                let from = (picture * sizes.channels_out + channel) * windows;
                out.copy_from_slice(&gradient[from..][..windows]);
            }
        },
    );
    out
}

/// The gradient at the input.
pub(crate) fn at_input<T: Real>(gradient: &[T], weight: &[T], sizes: Sizes) -> Vec<T> {
    let windows = sizes.windows();
    if sizes.depthwise {
        let planes = sizes.batch * sizes.channels_in;
        let (out, _) = write_rows_by(1, planes, sizes.plane_in(), |rows, out| {
            for (row, out) in rows.zip(out.chunks_exact_mut(sizes.plane_in())) {
                let channel = row % sizes.channels_in;
                let kernel = &weight[channel * sizes.taps()..][..sizes.taps()];
                plane_at_input(&gradient[row * windows..][..windows], kernel, sizes, out);
            }
        });
        return out;
    }
    let size_in = sizes.channels_in * sizes.plane_in();
    let turned = Matrix::new(weight, sizes.channels_out, sizes.inner()).transposed();
    if !sizes.is_large() {
        let count = sizes.batch * windows;
        let gradient = by_channel(gradient, sizes);
        let columns = product(turned, Matrix::new(&gradient, sizes.channels_out, count));
        let (out, _) = write_rows_by(1, sizes.batch, size_in, |pictures, out| {
            for (picture, out) in pictures.zip(out.chunks_exact_mut(size_in)) {
                let columns = &columns[(picture * windows).min(columns.len())..];
                scatter(columns, count, sizes, 0..sizes.output[0], out);
            }
        });
        return out;
    }
    let (out, _) = write_rows_by(1, sizes.batch, size_in, |pictures, out: &mut [T]| {
        for (picture, out) in pictures.zip(out.chunks_exact_mut(size_in)) {
            let gradient =
                &gradient[picture * sizes.channels_out * windows..][..sizes.channels_out * windows];
            if sizes.is_pointwise() {
                let gradient = Matrix::new(gradient, sizes.channels_out, windows);
                product_into(turned, gradient, T::ONE, out, windows, Write::Replace);
                continue;
            }
            for_some_rows(sizes, |rows| {
                let count = rows.len() * sizes.output[1];
                let part = Matrix::strided(
                    &gradient[rows.start * sizes.output[1]..],
                    sizes.channels_out,
                    count,
                    windows,
                );
                let mut columns = vec![T::ZERO; sizes.inner() * count];
                product_into(turned, part, T::ONE, &mut columns, count, Write::Replace);
                scatter(&columns, count, sizes, rows, out);
            });
        }
    });
    out
}

/// The gradient at the weight.
pub(crate) fn at_weight<T: Real>(input: &[T], gradient: &[T], sizes: Sizes) -> Vec<T> {
    let windows = sizes.windows();
    if sizes.depthwise {
        let (out, _) = write_rows_by(1, sizes.channels_out, sizes.taps(), |channels, out| {
            for (channel, out) in channels.zip(out.chunks_exact_mut(sizes.taps())) {
                for picture in 0..sizes.batch {
                    let row = picture * sizes.channels_out + channel;
                    let plane = &input[row * sizes.plane_in()..][..sizes.plane_in()];
                    plane_at_weight(plane, &gradient[row * windows..][..windows], sizes, out);
                }
            }
        });
        return out;
    }
    let width = sizes.channels_out * sizes.inner();
    if !sizes.is_large() {
        let count = sizes.batch * windows;
        let gradient = by_channel(gradient, sizes);
        let columns = all_columns(input, sizes);
        return product(
            Matrix::new(&gradient, sizes.channels_out, count),
            Matrix::new(&columns, sizes.inner(), count).transposed(),
        );
    }
    let size_in = sizes.channels_in * sizes.plane_in();
    let sums = map_rows(
        sizes.batch,
        sizes.batch.div_ceil(PIECES_OF_A_SUM).max(1),
        |pictures| {
            let mut sum = vec![T::ZERO; width];
            for picture in pictures {
                let gradient = &gradient[picture * sizes.channels_out * windows..]
                    [..sizes.channels_out * windows];
                let picture = &input[picture * size_in..][..size_in];
                if sizes.is_pointwise() {
                    let gradient = Matrix::new(gradient, sizes.channels_out, windows);
                    let columns = Matrix::new(picture, sizes.inner(), windows).transposed();
                    let stride = sizes.inner();
                    product_into(gradient, columns, T::ONE, &mut sum, stride, Write::Add);
                    continue;
                }
                for_some_rows(sizes, |rows| {
                    let count = rows.len() * sizes.output[1];
                    let mut columns = vec![T::ZERO; sizes.inner() * count];
                    gather(picture, sizes, rows.clone(), &mut columns, count);
                    let part = Matrix::strided(
                        &gradient[rows.start * sizes.output[1]..],
                        sizes.channels_out,
                        count,
                        windows,
                    );
                    let columns = Matrix::new(&columns, sizes.inner(), count).transposed();
                    product_into(part, columns, T::ONE, &mut sum, sizes.inner(), Write::Add);
                });
            }
            sum
        },
    );
    sum_in_order(width, sums)
}

/// The gradient at the bias, `[channels out]`: the sums of the planes.
pub(crate) fn at_bias<T: Real>(gradient: &[T], sizes: Sizes) -> Vec<T> {
    let windows = sizes.windows();
    let (sums, _) = write_rows_by(16, sizes.channels_out, 1, |channels, out| {
        for (channel, out) in channels.zip(out) {
            for picture in 0..sizes.batch {
                let plane =
                    &gradient[(picture * sizes.channels_out + channel) * windows..][..windows];
                *out += super::real::sum_of(windows, |place| plane[place]);
            }
        }
    });
    sums
}
