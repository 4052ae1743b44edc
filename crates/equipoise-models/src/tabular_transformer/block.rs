//! One block of the transformer: attention and feed-forward, each after a normalisation.

use burn::module::Module;
use burn::nn::{Dropout, DropoutConfig, LayerNorm, Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

use super::TabularTransformerConfig;
use super::norm::{norm, normalise};
use crate::layers::{self, attend, linear};

/// Which tokens a block computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Targets {
    /// All tokens.
    All,
    /// The first token alone, which still attends to all. In the last block before a head this
    /// gives the head the same value for a fraction of the work.
    Cls,
}

/// `x + attention(norm(x))`, then `x + feed_forward(norm(x))`.
#[derive(Module, Debug)]
pub(crate) struct Block {
    /// `None` in the first block, as the paper recommends.
    attention_norm: Option<LayerNorm>,
    attention: Attention,
    feed_forward_norm: LayerNorm,
    feed_forward: FeedForward,
}

impl Block {
    pub(crate) fn new(config: &TabularTransformerConfig, first: bool, device: &Device) -> Self {
        Self {
            attention_norm: (!first).then(|| norm(config.width, device)),
            attention: Attention::new(config, device),
            feed_forward_norm: norm(config.width, device),
            feed_forward: FeedForward::new(config, device),
        }
    }

    /// `[batch, tokens, width]` to `[batch, tokens or 1, width]`.
    pub(crate) fn forward(&self, tokens: Tensor<3>, targets: Targets) -> Tensor<3> {
        let select = |tokens: Tensor<3>| match targets {
            Targets::All => tokens,
            Targets::Cls => tokens.narrow(1, 0, 1),
        };
        let context = match &self.attention_norm {
            Some(norm) => normalise(norm, tokens.clone()),
            None => tokens.clone(),
        };
        let tokens = select(tokens) + self.attention.forward(select(context.clone()), context);
        let normed = normalise(&self.feed_forward_norm, tokens.clone());
        tokens + self.feed_forward.forward(normed)
    }
}

/// Scaled dot-product attention with several heads (Vaswani et al., 2017).
#[derive(Module, Debug)]
struct Attention {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    dropout: Dropout,
    heads: usize,
}

impl Attention {
    fn new(config: &TabularTransformerConfig, device: &Device) -> Self {
        let square = || LinearConfig::new(config.width, config.width).init(device);
        Self {
            query: square(),
            // A bias of the keys would shift all scores of a query alike and cancel in the
            // softmax.
            key: LinearConfig::new(config.width, config.width)
                .with_bias(false)
                .init(device),
            value: square(),
            output: square(),
            dropout: DropoutConfig::new(config.attention_dropout).init(),
            heads: config.heads,
        }
    }

    /// Queries `[batch, targets, width]` over a context `[batch, tokens, width]`, to
    /// `[batch, targets, width]`.
    fn forward(&self, queries: Tensor<3>, context: Tensor<3>) -> Tensor<3> {
        let mixed = attend(layers::Attention {
            queries: linear(&self.query, queries),
            keys: linear(&self.key, context.clone()),
            values: linear(&self.value, context),
            hidden: None,
            heads: self.heads,
            dropout: &self.dropout,
        });
        linear(&self.output, mixed)
    }
}

/// `output(dropout(value(x) * relu(gate(x))))`, known as `ReGLU` (Shazeer, 2020, "GLU Variants
/// Improve Transformer").
#[derive(Module, Debug)]
struct FeedForward {
    value: Linear,
    gate: Linear,
    output: Linear,
    dropout: Dropout,
}

impl FeedForward {
    fn new(config: &TabularTransformerConfig, device: &Device) -> Self {
        let hidden = config.feed_forward_width();
        Self {
            value: LinearConfig::new(config.width, hidden).init(device),
            gate: LinearConfig::new(config.width, hidden).init(device),
            output: LinearConfig::new(hidden, config.width).init(device),
            dropout: DropoutConfig::new(config.feed_forward_dropout).init(),
        }
    }

    fn forward(&self, tokens: Tensor<3>) -> Tensor<3> {
        let gate = relu(linear(&self.gate, tokens.clone()));
        let hidden = linear(&self.value, tokens) * gate;
        linear(&self.output, self.dropout.forward(hidden))
    }
}
