//! How burn's layers are computed here: their parameters, by fused operations.
//!
//! The layers stay burn's own, so that names in weight files, adapters and everything else that
//! walks over the parameters of a module know them.

use burn::module::Param;
use burn::nn::{Dropout, LayerNorm, Linear};
use burn::tensor::{Bool, Tensor};
use equipoise_kernels as kernels;

/// What `layer.forward(input)` gives, `[.., outputs]` from `[.., inputs]`; also with a low-rank
/// adapter on the weight, which is part of its value.
pub(crate) fn linear<const D: usize>(layer: &Linear, input: Tensor<D>) -> Tensor<D> {
    let bias = layer.bias.as_ref().map(Param::val);
    kernels::linear(input, layer.weight.val(), bias)
}

/// What `layer.forward(input)` gives, `[.., width]`, for a layer that was made with this
/// `epsilon`, which burn does not tell.
pub(crate) fn layer_norm<const D: usize>(
    layer: &LayerNorm,
    epsilon: f64,
    input: Tensor<D>,
) -> Tensor<D> {
    let beta = layer.beta.as_ref().map(Param::val);
    kernels::layer_norm(input, layer.gamma.val(), beta, epsilon)
}

/// What [`attend`] mixes, and how.
pub(crate) struct Attention<'a> {
    /// `[batch, targets, width]`.
    pub(crate) queries: Tensor<3>,
    /// `[batch, tokens, width]`.
    pub(crate) keys: Tensor<3>,
    /// `[batch, tokens, width]`.
    pub(crate) values: Tensor<3>,
    /// True for the tokens that none looks at, `[batch, tokens]`.
    pub(crate) hidden: Option<Tensor<2, Bool>>,
    /// A divisor of the width.
    pub(crate) heads: usize,
    /// Drops weights in training.
    pub(crate) dropout: &'a Dropout,
}

/// Scaled dot-product attention with several heads (Vaswani et al., 2017), `[batch, targets,
/// width]`. Where nothing is dropped the weights are never written to memory.
pub(crate) fn attend(attention: Attention<'_>) -> Tensor<3> {
    let Attention {
        queries,
        keys,
        values,
        hidden,
        heads,
        dropout,
    } = attention;
    let [batch, targets, width] = queries.dims();
    let head_width = width / heads;
    let scale = 1.0 / (head_width as f64).sqrt();
    let drops =
        dropout.training.is_enabled() && queries.device().is_autodiff() && dropout.prob > 0.0;
    if !drops {
        return kernels::attention(queries, keys, values, hidden, heads, scale);
    }
    let split = |values: Tensor<3>| {
        let [batch, tokens, _] = values.dims();
        values
            .reshape([batch, tokens, heads, head_width])
            .swap_dims(1, 2)
    };
    let scores = split(queries).matmul(split(keys).transpose());
    let weights = kernels::scaled_softmax(scores, hidden, scale);
    let mixed = dropout.forward(weights).matmul(split(values));
    mixed.swap_dims(1, 2).reshape([batch, targets, width])
}
