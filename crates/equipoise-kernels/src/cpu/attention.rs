//! Attention in blocks of queries, whose scores never leave the cache: those of a whole batch are
//! neither written nor kept, and the backward pass computes them again (after Dao et al. 2022,
//! "`FlashAttention`: Fast and Memory-Efficient Exact Attention with IO-Awareness").

use std::ops::Range;

use rayon::prelude::*;

use super::matrix::{Matrix, Write, product_into};
use super::real::Real;
use super::softmax::{backward_rows, hide, normalise_rows, silence_row};
use super::tasks::write_rows;

/// About as many scores are computed at a time.
const SCORES_OF_A_BLOCK: usize = 1 << 14;

/// The sizes of attention. The values of a token are those of its heads, side by side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) batch: usize,
    /// The tokens that look.
    pub(crate) queries: usize,
    /// The tokens that are looked at.
    pub(crate) keys: usize,
    pub(crate) heads: usize,
    /// The values of a token in one head.
    pub(crate) head_width: usize,
}

impl Sizes {
    /// The values of a token.
    fn width(self) -> usize {
        self.heads * self.head_width
    }

    /// The blocks of queries, all but the last of the same size.
    fn blocks(self) -> impl Iterator<Item = Range<usize>> {
        let size = (SCORES_OF_A_BLOCK / self.keys.max(1)).max(1);
        (0..self.queries)
            .step_by(size)
            .map(move |first| first..self.queries.min(first + size))
    }

    /// One head of some tokens.
    fn head<T>(self, values: &[T], head: usize, tokens: Range<usize>) -> Matrix<'_, T> {
        let values = &values[tokens.start * self.width() + head * self.head_width..];
        Matrix::strided(values, tokens.len(), self.head_width, self.width())
    }

    /// Where a product is written for one head of some tokens.
    fn head_mut<T>(self, values: &mut [T], head: usize, first: usize) -> &mut [T] {
        &mut values[first * self.width() + head * self.head_width..]
    }
}

/// What is looked at, for one element of the batch or for all: each `[.., tokens, width]`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inputs<'a, T> {
    pub(crate) queries: &'a [T],
    pub(crate) keys: &'a [T],
    pub(crate) values: &'a [T],
    /// Not 0 for keys that get no weight, `[.., keys]`.
    pub(crate) hidden: Option<&'a [u8]>,
}

impl<T: Real> Inputs<'_, T> {
    fn of(self, element: usize, sizes: Sizes) -> Self {
        let (queries, keys) = (sizes.queries * sizes.width(), sizes.keys * sizes.width());
        Self {
            queries: &self.queries[element * queries..][..queries],
            keys: &self.keys[element * keys..][..keys],
            values: &self.values[element * keys..][..keys],
            hidden: self
                .hidden
                .map(|flags| &flags[element * sizes.keys..][..sizes.keys]),
        }
    }

    /// The weights of one head for a block of queries, `[block, keys]`.
    fn weigh(self, head: usize, block: Range<usize>, sizes: Sizes, scale: T, weights: &mut [T]) {
        product_into(
            sizes.head(self.queries, head, block),
            sizes.head(self.keys, head, 0..sizes.keys).transposed(),
            scale,
            weights,
            sizes.keys,
            Write::Replace,
        );
        if let Some(hidden) = self.hidden {
            for row in weights.chunks_exact_mut(sizes.keys) {
                hide(hidden, row);
            }
        }
        normalise_rows(weights, sizes.keys);
    }
}

/// The mixed values, `[batch, queries, width]`.
pub(crate) fn forward<T: Real>(inputs: Inputs<'_, T>, sizes: Sizes, scale: f64) -> Vec<T> {
    if sizes.keys == 0 {
        return vec![T::ZERO; sizes.batch * sizes.queries * sizes.width()];
    }
    let scale = T::from_f64(scale);
    let of_element = sizes.queries * sizes.width();
    let (mixed, _) = write_rows(sizes.batch, of_element, |elements, out| {
        let mut scratch = Vec::new();
        for (element, out) in elements.zip(out.chunks_exact_mut(of_element)) {
            let inputs = inputs.of(element, sizes);
            for head in 0..sizes.heads {
                for block in sizes.blocks() {
                    scratch.resize(block.len() * sizes.keys, T::ZERO);
                    inputs.weigh(head, block.clone(), sizes, scale, &mut scratch);
                    product_into(
                        Matrix::new(&scratch, block.len(), sizes.keys),
                        sizes.head(inputs.values, head, 0..sizes.keys),
                        T::ONE,
                        sizes.head_mut(out, head, block.start),
                        sizes.width(),
                        Write::Replace,
                    );
                }
            }
        }
    });
    mixed
}

/// The gradients of attention.
pub(crate) struct Gradients<T> {
    /// `[batch, queries, width]`.
    pub(crate) queries: Vec<T>,
    /// `[batch, keys, width]`.
    pub(crate) keys: Vec<T>,
    /// `[batch, keys, width]`.
    pub(crate) values: Vec<T>,
}

/// The gradients, from that at the mixed values, `[batch, queries, width]`.
pub(crate) fn backward<T: Real>(
    inputs: Inputs<'_, T>,
    gradient: &[T],
    sizes: Sizes,
    scale: f64,
) -> Gradients<T> {
    let of_queries = sizes.queries * sizes.width();
    let of_keys = sizes.keys * sizes.width();
    let mut gradients = Gradients {
        queries: vec![T::ZERO; sizes.batch * of_queries],
        keys: vec![T::ZERO; sizes.batch * of_keys],
        values: vec![T::ZERO; sizes.batch * of_keys],
    };
    if of_queries == 0 || of_keys == 0 {
        return gradients;
    }
    gradients
        .queries
        .par_chunks_exact_mut(of_queries)
        .zip(gradients.keys.par_chunks_exact_mut(of_keys))
        .zip(gradients.values.par_chunks_exact_mut(of_keys))
        .zip(gradient.par_chunks_exact(of_queries))
        .enumerate()
        .for_each(|(element, (((queries, keys), values), gradient))| {
            let inputs = inputs.of(element, sizes);
            let out = [queries, keys, values];
            backward_element(inputs, gradient, sizes, T::from_f64(scale), out);
        });
    gradients
}

/// The gradients at queries, keys and values of one element of the batch.
fn backward_element<T: Real>(
    inputs: Inputs<'_, T>,
    gradient: &[T],
    sizes: Sizes,
    scale: T,
    [of_queries, of_keys, of_values]: [&mut [T]; 3],
) {
    let (keys, width) = (sizes.keys, sizes.width());
    let (mut weights, mut at_weights, mut at_scores) = (Vec::new(), Vec::new(), Vec::new());
    for head in 0..sizes.heads {
        for block in sizes.blocks() {
            let rows = block.len();
            for scratch in [&mut weights, &mut at_weights, &mut at_scores] {
                scratch.resize(rows * keys, T::ZERO);
            }
            inputs.weigh(head, block.clone(), sizes, scale, &mut weights);
            let gradient = sizes.head(gradient, head, block.clone());
            product_into(
                Matrix::new(&weights, rows, keys).transposed(),
                gradient,
                T::ONE,
                sizes.head_mut(of_values, head, 0),
                width,
                Write::Add,
            );
            product_into(
                gradient,
                sizes.head(inputs.values, head, 0..keys).transposed(),
                T::ONE,
                &mut at_weights,
                keys,
                Write::Replace,
            );
            backward_rows(&weights, &at_weights, keys, scale, &mut at_scores);
            if let Some(hidden) = inputs.hidden {
                for row in at_scores.chunks_exact_mut(keys) {
                    silence_row(hidden, row);
                }
            }
            let at_scores = Matrix::new(&at_scores, rows, keys);
            product_into(
                at_scores,
                sizes.head(inputs.keys, head, 0..keys),
                T::ONE,
                sizes.head_mut(of_queries, head, block.start),
                width,
                Write::Replace,
            );
            product_into(
                at_scores.transposed(),
                sizes.head(inputs.queries, head, block),
                T::ONE,
                sizes.head_mut(of_keys, head, 0),
                width,
                Write::Add,
            );
        }
    }
}
