//! An encoder with a head that guesses hidden tokens.

use burn::module::{Initializer, Module, Param};
use burn::nn::{LayerNorm, Linear};
use burn::tensor::{Device, Tensor};
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
