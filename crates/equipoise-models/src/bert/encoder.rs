//! From tokens to vectors that know each other.

use burn::module::{Initializer, Module};
use burn::nn::{
    Dropout, DropoutConfig, Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig, Linear,
    LinearConfig,
};
use burn::tensor::activation::{gelu_approximate, relu};
use burn::tensor::{Bool, Device, Int, Tensor};
use equipoise_kernels::gelu;
use equipoise_tensor::TokenInputs;

use super::config::{Activation, BertConfig};
use crate::layers::{self, Attention, attend, layer_norm};

/// An encoder of texts: word, position and kind of text become a vector for each token, and the
/// layers let the tokens look at each other.
#[derive(Module, Debug)]
pub struct BertEncoder {
    embeddings: Embeddings,
    layers: Vec<Layer>,
}

impl BertEncoder {
    pub(super) fn new(config: &BertConfig, device: &Device) -> Self {
        Self {
            embeddings: Embeddings::new(config, device),
            layers: (0..config.layers)
                .map(|_| Layer::new(config, device))
                .collect(),
        }
    }

    /// The hidden states of the last layer, `[batch, tokens, width]`. What stands where a text
    /// is filled up means nothing.
    ///
    /// # Panics
    ///
    /// When a text has more tokens than [`BertConfig::window`], or a token lies beyond the
    /// vocabulary.
    pub fn forward(&self, inputs: &TokenInputs) -> Tensor<3> {
        let hidden = self.embeddings.forward(inputs);
        let hidden_keys = inputs.attention.clone().bool_not();
        self.layers.iter().fold(hidden, |hidden, layer| {
            layer.forward(hidden, hidden_keys.clone())
        })
    }

    /// The vectors of the words, `[vocabulary, width]`, which a masked-language head shares.
    pub(super) fn words(&self) -> Tensor<2> {
        self.embeddings.word.weight.val()
    }
}

/// Fresh weights as BERT's: normal, without bias.
pub(super) fn linear(config: &BertConfig, from: usize, to: usize, device: &Device) -> Linear {
    let mut linear = LinearConfig::new(from, to)
        .with_initializer(normal(config))
        .init(device);
    linear.bias = Some(Initializer::Zeros.init([to], device));
    linear
}

/// A normalisation of the vectors of tokens.
pub(super) fn norm(config: &BertConfig, device: &Device) -> LayerNorm {
    LayerNormConfig::new(config.width)
        .with_epsilon(config.norm_epsilon)
        .init(device)
}

fn normal(config: &BertConfig) -> Initializer {
    Initializer::Normal {
        mean: 0.0,
        std: config.initializer_range,
    }
}

/// The function between the two layers of a feed-forward part.
pub(super) fn activate<const D: usize>(function: Activation, values: Tensor<D>) -> Tensor<D> {
    match function {
        Activation::Gelu => gelu(values),
        Activation::GeluTanh => gelu_approximate(values),
        Activation::Relu => relu(values),
    }
}

#[derive(Module, Debug)]
struct Embeddings {
    word: Embedding,
    position: Embedding,
    /// `None` for an architecture that has one kind of text.
    token_type: Option<Embedding>,
    norm: LayerNorm,
    dropout: Dropout,
    #[module(skip)]
    norm_epsilon: f64,
    /// The position of a token that fills up, where positions are counted behind it.
    #[module(skip)]
    padding_position: Option<i64>,
}

impl Embeddings {
    fn new(config: &BertConfig, device: &Device) -> Self {
        let embedding = |rows| {
            EmbeddingConfig::new(rows, config.width)
                .with_initializer(normal(config))
                .init(device)
        };
        Self {
            word: embedding(config.vocabulary),
            position: embedding(config.positions),
            token_type: (config.architecture != super::Architecture::Distilbert)
                .then(|| embedding(config.token_types)),
            norm: norm(config, device),
            dropout: DropoutConfig::new(config.dropout).init(),
            norm_epsilon: config.norm_epsilon,
            padding_position: config
                .architecture
                .counts_after_padding()
                .then_some(i64::from(config.pad)),
        }
    }

    /// `[batch, tokens, width]`.
    fn forward(&self, inputs: &TokenInputs) -> Tensor<3> {
        let [batch, tokens] = inputs.ids.dims();
        let device = inputs.ids.device();
        let count = i64::try_from(tokens).unwrap_or(i64::MAX);
        let positions = Tensor::<1, Int>::arange(0..count, &device).reshape([1, tokens]);
        let positions = match self.padding_position {
            None => self.position.forward(positions),
            Some(padding) => {
                let behind = positions.add_scalar(padding + 1).expand([batch, tokens]);
                let fills_up = inputs.attention.clone().bool_not();
                self.position.forward(behind.mask_fill(fills_up, padding))
            }
        };
        let mut vectors = self.word.forward(inputs.ids.clone()) + positions;
        if let Some(token_type) = &self.token_type {
            let first = Tensor::<2, Int>::zeros([1, 1], &device);
            vectors = vectors + token_type.forward(first);
        }
        self.dropout
            .forward(layer_norm(&self.norm, self.norm_epsilon, vectors))
    }
}

/// Attention and feed-forward, each with a normalisation behind it.
#[derive(Module, Debug)]
struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    attention_norm: LayerNorm,
    up: Linear,
    down: Linear,
    output_norm: LayerNorm,
    attention_dropout: Dropout,
    dropout: Dropout,
    heads: usize,
    #[module(skip)]
    norm_epsilon: f64,
    #[module(skip)]
    activation: Activation,
}

impl Layer {
    fn new(config: &BertConfig, device: &Device) -> Self {
        let square = || linear(config, config.width, config.width, device);
        Self {
            query: square(),
            key: square(),
            value: square(),
            output: square(),
            attention_norm: norm(config, device),
            up: linear(config, config.width, config.feed_forward, device),
            down: linear(config, config.feed_forward, config.width, device),
            output_norm: norm(config, device),
            attention_dropout: DropoutConfig::new(config.attention_dropout).init(),
            dropout: DropoutConfig::new(config.dropout).init(),
            heads: config.heads,
            norm_epsilon: config.norm_epsilon,
            activation: config.activation,
        }
    }

    /// `[batch, tokens, width]`; `hidden_keys`, `[batch, tokens]`, is true for the tokens that
    /// none looks at.
    fn forward(&self, tokens: Tensor<3>, hidden_keys: Tensor<2, Bool>) -> Tensor<3> {
        let attended = self
            .dropout
            .forward(self.attend(tokens.clone(), hidden_keys));
        let norm = |layer, tokens| layer_norm(layer, self.norm_epsilon, tokens);
        let tokens = norm(&self.attention_norm, tokens + attended);
        let inner = activate(self.activation, layers::linear(&self.up, tokens.clone()));
        let fed = self.dropout.forward(layers::linear(&self.down, inner));
        norm(&self.output_norm, tokens + fed)
    }

    fn attend(&self, tokens: Tensor<3>, hidden_keys: Tensor<2, Bool>) -> Tensor<3> {
        let mixed = attend(Attention {
            queries: layers::linear(&self.query, tokens.clone()),
            keys: layers::linear(&self.key, tokens.clone()),
            values: layers::linear(&self.value, tokens),
            hidden: Some(hidden_keys),
            heads: self.heads,
            dropout: &self.attention_dropout,
        });
        layers::linear(&self.output, mixed)
    }
}
