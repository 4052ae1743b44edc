//! A transformer whose tokens are the features of a row.
//!
//! After Gorishniy, Rubachev, Khrulkov and Babenko (2021), "Revisiting Deep Learning Models for
//! Tabular Data", where it is called FT-Transformer. Each number and each category of a row
//! becomes a token; a further token, CLS, gathers what the head needs.
//!
//! * `tokenizer`: from the features of a row to tokens
//! * `norm`: the normalisation of tokens
//! * `block`: attention and feed-forward, each after a normalisation
//! * `encoder`: the tokenizer and the blocks: all that pretraining and fine-tuning share

use burn::module::Module;
use burn::nn::{LayerNorm, Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Int, Tensor};
use equipoise_core::FeatureShape;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::layers::linear;
use crate::range::Settings;
use crate::registry::{ModelInputs, ModelSpec, Network, NetworkConfig};

mod block;
mod encoder;
mod norm;
mod tokenizer;

pub(crate) use encoder::TabularEncoder;
pub(crate) use norm::{norm, normalise};

/// The settings of a tabular transformer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TabularTransformerConfig {
    /// The width of a token, 1 to 4096.
    pub width: usize,
    /// The number of blocks, 1 to 64.
    pub layers: usize,
    /// The number of attention heads; it divides `width`.
    pub heads: usize,
    /// The hidden width of the feed-forward part over `width`, above 0 and at most 16. The paper
    /// has 4/3.
    pub feed_forward_factor: f64,
    /// The probability of dropping an attention weight in training, in `[0, 1)`.
    pub attention_dropout: f64,
    /// The probability of dropping a hidden value of the feed-forward part in training, in
    /// `[0, 1)`.
    pub feed_forward_dropout: f64,
}

impl Default for TabularTransformerConfig {
    fn default() -> Self {
        Self {
            width: 32,
            layers: 2,
            heads: 4,
            feed_forward_factor: 1.5,
            attention_dropout: 0.1,
            feed_forward_dropout: 0.1,
        }
    }
}

impl TabularTransformerConfig {
    /// The hidden width of the feed-forward part.
    fn feed_forward_width(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "`check` bounds both factors; a cast of any float saturates"
        )]
        let width = (self.width as f64 * self.feed_forward_factor).round() as usize;
        width.max(1)
    }
}

impl NetworkConfig for TabularTransformerConfig {
    type Network = TabularTransformer;

    const SPEC: ModelSpec = ModelSpec {
        name: "tabular-transformer",
        summary: "a transformer whose tokens are the features of a row",
        paper: "Gorishniy, Rubachev, Khrulkov and Babenko (2021), \"Revisiting Deep Learning \
                Models for Tabular Data\"",
        inputs: ModelInputs::Table,
        supports_pretraining: true,
    };

    fn check(&self) -> Result<(), Error> {
        let settings = Settings {
            kind: Self::SPEC.name,
        };
        settings.size("width", self.width, 1..=4096)?;
        settings.size("layers", self.layers, 1..=64)?;
        if self.heads == 0 || !self.width.is_multiple_of(self.heads) {
            return Err(settings.out_of_range(
                "heads",
                self.heads.to_string(),
                format!("a divisor of the width {}", self.width),
            ));
        }
        if !(self.feed_forward_factor > 0.0 && self.feed_forward_factor <= 16.0) {
            return Err(settings.out_of_range(
                "feed_forward_factor",
                self.feed_forward_factor.to_string(),
                "above 0 and at most 16".to_owned(),
            ));
        }
        settings.dropout("attention_dropout", self.attention_dropout)?;
        settings.dropout("feed_forward_dropout", self.feed_forward_dropout)
    }

    fn init(&self, shape: &FeatureShape, outputs: usize, device: &Device) -> TabularTransformer {
        TabularTransformer::with_encoder(TabularEncoder::new(self, shape, device), outputs, device)
    }
}

/// A transformer over the features of a row, with a head on its CLS token.
#[derive(Module, Debug)]
pub struct TabularTransformer {
    encoder: TabularEncoder,
    head_norm: LayerNorm,
    head: Linear,
}

impl TabularTransformer {
    /// A fresh head on an encoder.
    pub(crate) fn with_encoder(encoder: TabularEncoder, outputs: usize, device: &Device) -> Self {
        let width = encoder.width();
        Self {
            encoder,
            head_norm: norm(width, device),
            head: LinearConfig::new(width, outputs).init(device),
        }
    }
}

impl Network for TabularTransformer {
    fn shape(&self) -> &FeatureShape {
        self.encoder.shape()
    }

    fn represent(&self, numeric: Tensor<2>, categorical: Tensor<2, Int>) -> Tensor<2> {
        let features = self.encoder.features(numeric, categorical);
        let summary = self.encoder.summary(features);
        relu(normalise(&self.head_norm, summary))
    }

    fn decide(&self, representation: Tensor<2>) -> Tensor<2> {
        linear(&self.head, representation)
    }
}
