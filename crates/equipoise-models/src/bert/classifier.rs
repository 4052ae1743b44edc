//! An encoder with a head for a task.

use burn::module::Module;
use burn::nn::{Dropout, DropoutConfig, Linear};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use equipoise_tensor::{TokenInputs, WindowInputs};

use super::config::{Architecture, BertConfig};
use super::encoder::{BertEncoder, linear};
use super::pooling::Pooling;
use crate::Error;
use crate::headed::HeadedModel;
use crate::layers;
use crate::registry::draw_weights;

/// An encoder of texts with a head: logits of classes, or a number.
///
/// With [`Pooling::Cls`] the head is that of the architecture's model for sequence
/// classification: a dense layer with `tanh` (BERT, `RoBERTa`) or `max(x, 0)` (`DistilBERT`), and
/// the output layer.
#[derive(Module, Debug)]
pub struct TextModel {
    pub(super) encoder: BertEncoder,
    head: Head,
}

#[derive(Module, Debug)]
struct Head {
    /// `None` for the mean of tokens, which has no layer of its own.
    dense: Option<Linear>,
    dropout: Dropout,
    output: Linear,
    #[module(skip)]
    pooling: Pooling,
    #[module(skip)]
    architecture: Architecture,
}

impl TextModel {
    /// A model with fresh weights, drawn here from the random generator of the device, in a fixed
    /// order.
    ///
    /// # Errors
    ///
    /// When a setting lies outside its range, or when there are no outputs.
    pub fn new(
        config: &BertConfig,
        pooling: Pooling,
        outputs: usize,
        device: &Device,
    ) -> Result<Self, Error> {
        let model = Self::uninitialized(config, pooling, outputs, device)?;
        draw_weights(&model);
        Ok(model)
    }

    /// A model whose weights are yet to be loaded; nothing is drawn.
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    pub fn uninitialized(
        config: &BertConfig,
        pooling: Pooling,
        outputs: usize,
        device: &Device,
    ) -> Result<Self, Error> {
        config.check()?;
        if outputs == 0 {
            return Err(Error::NoOutputs);
        }
        Ok(Self {
            encoder: BertEncoder::new(config, device),
            head: Head {
                dense: (pooling == Pooling::Cls)
                    .then(|| linear(config, config.width, config.width, device)),
                dropout: DropoutConfig::new(config.dropout).init(),
                output: linear(config, config.width, outputs, device),
                pooling,
                architecture: config.architecture,
            },
        })
    }

    /// The encoder.
    pub fn encoder(&self) -> &BertEncoder {
        &self.encoder
    }

    /// The same head over another encoder of the same shape, as pretraining leaves one.
    #[must_use]
    pub fn with_encoder(self, encoder: BertEncoder) -> Self {
        Self { encoder, ..self }
    }

    /// The raw outputs of a batch of texts of one window each, `[batch, outputs]`.
    ///
    /// # Panics
    ///
    /// As [`BertEncoder::forward`].
    pub fn forward(&self, inputs: TokenInputs) -> Tensor<2> {
        self.forward_with_representation(inputs.into()).0
    }

    /// The raw outputs of windows, `[windows, outputs]`, and what the head saw of each.
    fn look(&self, inputs: &TokenInputs) -> (Tensor<2>, Tensor<2>) {
        let head = &self.head;
        let pooled = head
            .pooling
            .pool(self.encoder.forward(inputs), &inputs.attention);
        let representation = match &head.dense {
            None => pooled,
            Some(dense) => match head.architecture {
                Architecture::Bert => layers::linear(dense, pooled).tanh(),
                Architecture::Distilbert => relu(layers::linear(dense, pooled)),
                Architecture::Roberta | Architecture::XlmRoberta => {
                    layers::linear(dense, head.dropout.forward(pooled)).tanh()
                }
            },
        };
        let outputs = layers::linear(&head.output, head.dropout.forward(representation.clone()));
        (outputs, representation)
    }
}

impl HeadedModel for TextModel {
    type Inputs = WindowInputs;

    /// Of a text of several windows, the mean of their outputs and of what the head saw of them.
    fn forward_with_representation(&self, inputs: WindowInputs) -> (Tensor<2>, Tensor<2>) {
        let (outputs, representation) = self.look(&inputs.windows);
        match inputs.shares {
            None => (outputs, representation),
            Some(shares) => (
                shares.clone().matmul(outputs),
                shares.matmul(representation),
            ),
        }
    }
}
