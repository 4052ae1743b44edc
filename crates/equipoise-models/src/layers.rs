//! How burn's layers are computed here: their parameters, by fused operations.
//!
//! The layers stay burn's own, so that names in weight files, adapters and everything else that
//! walks over the parameters of a module know them.

use burn::nn::{LayerNorm, Linear};
use burn::tensor::Tensor;
use equipoise_kernels as kernels;

/// What `layer.forward(input)` gives, `[.., outputs]` from `[.., inputs]`; also with a low-rank
/// adapter on the weight, which is part of its value.
pub(crate) fn linear<const D: usize>(layer: &Linear, input: Tensor<D>) -> Tensor<D> {
    let bias = layer.bias.as_ref().map(|bias| bias.val());
    kernels::linear(input, layer.weight.val(), bias)
}

/// What `layer.forward(input)` gives, `[.., width]`, for a layer that was made with this
/// `epsilon`, which burn does not tell.
pub(crate) fn layer_norm<const D: usize>(
    layer: &LayerNorm,
    epsilon: f64,
    input: Tensor<D>,
) -> Tensor<D> {
    let beta = layer.beta.as_ref().map(|beta| beta.val());
    kernels::layer_norm(input, layer.gamma.val(), beta, epsilon)
}
