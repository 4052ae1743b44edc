//! The normalisation of tokens.

use burn::nn::{LayerNorm, LayerNormConfig};
use burn::tensor::{Device, Tensor};

use crate::layers::layer_norm;

/// What is added to a variance before its root is taken.
const EPSILON: f64 = 1e-5;

/// A normalisation of vectors with this width.
pub(crate) fn norm(width: usize, device: &Device) -> LayerNorm {
    LayerNormConfig::new(width)
        .with_epsilon(EPSILON)
        .init(device)
}

/// Applies what [`norm`] has made to `[.., width]`.
pub(crate) fn normalise<const D: usize>(layer: &LayerNorm, vectors: Tensor<D>) -> Tensor<D> {
    layer_norm(layer, EPSILON, vectors)
}
