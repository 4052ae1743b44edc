//! An encoder with a head that guesses hidden tokens.

use burn::module::{Initializer, Module, Param};
use burn::nn::{LayerNorm, Linear};
use burn::tensor::{Device, Int, Tensor};
use equipoise_kernels::linear as product_plus;
use equipoise_tensor::TokenInputs;

use super::config::{Activation, Architecture, BertConfig};
use super::encoder::{BertEncoder, activate, linear, norm};
use crate::Error;
use crate::layers;
use crate::registry::draw_weights;

/// An encoder of texts with a masked-language head, whose output vectors are the vectors of the
/// words (Press and Wolf 2017, "Using the Output Embedding to Improve Language Models").
#[derive(Module, Debug)]
pub struct MaskedLanguageModel {
    pub(super) encoder: BertEncoder,
    head: LanguageHead,
}

#[derive(Module, Debug)]
struct LanguageHead {
    dense: Linear,
    norm: LayerNorm,
    /// `[vocabulary]`.
    bias: Param<Tensor<1>>,
    #[module(skip)]
    norm_epsilon: f64,
    #[module(skip)]
    activation: Activation,
}

impl MaskedLanguageModel {
    /// A model with fresh weights, drawn here from the random generator of the device, in a fixed
    /// order.
    ///
    /// # Errors
    ///
    /// When a setting lies outside its range.
    pub fn new(config: &BertConfig, device: &Device) -> Result<Self, Error> {
        let model = Self::uninitialized(config, device)?;
        draw_weights(&model);
        Ok(model)
    }

    /// A model whose weights are yet to be loaded; nothing is drawn.
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    pub fn uninitialized(config: &BertConfig, device: &Device) -> Result<Self, Error> {
        config.check()?;
        Ok(Self {
            encoder: BertEncoder::new(config, device),
            head: LanguageHead {
                dense: linear(config, config.width, config.width, device),
                norm: norm(config, device),
                bias: Initializer::Zeros.init([config.vocabulary], device),
                norm_epsilon: config.norm_epsilon,
                activation: match config.architecture {
                    Architecture::Roberta | Architecture::XlmRoberta => Activation::Gelu,
                    Architecture::Bert | Architecture::Distilbert => config.activation,
                },
            },
        })
    }

    /// The encoder.
    pub fn encoder(&self) -> &BertEncoder {
        &self.encoder
    }

    /// The encoder alone, as fine-tuning goes on with it.
    pub fn into_encoder(self) -> BertEncoder {
        self.encoder
    }

    /// The logits of all tokens at all positions, `[batch, tokens, vocabulary]`.
    ///
    /// # Panics
    ///
    /// As [`BertEncoder::forward`].
    pub fn forward(&self, inputs: &TokenInputs) -> Tensor<3> {
        let hidden = self.encoder.forward(inputs);
        let [batch, tokens, width] = hidden.dims();
        let logits = self.guess(hidden.reshape([batch * tokens, width]));
        let [_, vocabulary] = logits.dims();
        logits.reshape([batch, tokens, vocabulary])
    }

    /// The loss of guessing hidden tokens, `[1]`, at least 0: the mean over them of
    /// `-log softmax(z)_y`, where `z` are the logits at the position of a hidden token and `y` is
    /// the token (Devlin et al. 2019). Its exponential is the perplexity.
    ///
    /// * `inputs`: texts in which tokens are hidden
    /// * `positions`: where they are, `[hidden]`, as `row * tokens + column`; the head sees these
    ///   positions alone
    /// * `targets`: what stood there, `[hidden]`
    ///
    /// Without a hidden token there is no mean, and the loss is NaN.
    ///
    /// # Panics
    ///
    /// As [`BertEncoder::forward`], and when a position or a target is beyond the last.
    pub fn loss(
        &self,
        inputs: &TokenInputs,
        positions: Tensor<1, Int>,
        targets: Tensor<1, Int>,
    ) -> Tensor<1> {
        let hidden = self.encoder.forward(inputs);
        let [batch, tokens, width] = hidden.dims();
        let hidden = hidden.reshape([batch * tokens, width]).select(0, positions);
        let logits = self.guess(hidden);
        // The largest logit is taken from all: no exponential overflows.
        let logits = logits.clone() - logits.detach().max_dim(1);
        let guessed = logits.clone().gather(1, targets.unsqueeze_dim(1));
        (logits.exp().sum_dim(1).log() - guessed).mean()
    }

    /// The logits of all tokens, `[positions, vocabulary]`, for the hidden states of some
    /// positions, `[positions, width]`: only hidden tokens need them, and they are what a
    /// language model spends most of its time on.
    pub fn guess(&self, hidden: Tensor<2>) -> Tensor<2> {
        let head = &self.head;
        let inner = activate(head.activation, layers::linear(&head.dense, hidden));
        let inner = layers::layer_norm(&head.norm, head.norm_epsilon, inner);
        let words = self.encoder.words().transpose();
        product_plus(inner, words, Some(head.bias.val()))
    }
}
