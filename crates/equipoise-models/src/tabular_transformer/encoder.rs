//! The tokenizer and the blocks: all that pretraining and fine-tuning share.

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};
use equipoise_core::FeatureShape;

use super::TabularTransformerConfig;
use super::block::{Block, Targets};
use super::tokenizer::FeatureTokenizer;

/// From the features of a row to tokens that know each other.
#[derive(Module, Debug)]
pub(crate) struct TabularEncoder {
    tokenizer: FeatureTokenizer,
    blocks: Vec<Block>,
    width: usize,
    #[module(skip)]
    shape: FeatureShape,
}

impl TabularEncoder {
    pub(crate) fn new(
        config: &TabularTransformerConfig,
        shape: &FeatureShape,
        device: &Device,
    ) -> Self {
        Self {
            tokenizer: FeatureTokenizer::new(shape, config.width, device),
            blocks: (0..config.layers)
                .map(|layer| Block::new(config, layer == 0, device))
                .collect(),
            width: config.width,
            shape: shape.clone(),
        }
    }

    /// The width of a token.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The inputs that it was built for.
    pub(crate) fn shape(&self) -> &FeatureShape {
        &self.shape
    }

    /// What a row says, feature by feature, `[batch, features, width]`: numbers first.
    pub(crate) fn features(&self, numeric: Tensor<2>, categorical: Tensor<2, Int>) -> Tensor<3> {
        self.tokenizer.features(numeric, categorical)
    }

    /// All encoded tokens, `[batch, 1 + features, width]`, CLS first.
    pub(crate) fn encode(&self, features: Tensor<3>) -> Tensor<3> {
        self.blocks
            .iter()
            .fold(self.tokenizer.tokens(features), |tokens, block| {
                block.forward(tokens, Targets::All)
            })
    }

    /// The encoded CLS token alone, `[batch, width]`.
    pub(crate) fn summary(&self, features: Tensor<3>) -> Tensor<2> {
        let last = self.blocks.len().saturating_sub(1);
        let tokens = self.blocks.iter().enumerate().fold(
            self.tokenizer.tokens(features),
            |tokens, (layer, block)| {
                let targets = if layer == last {
                    Targets::Cls
                } else {
                    Targets::All
                };
                block.forward(tokens, targets)
            },
        );
        tokens.squeeze_dim(1)
    }
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use super::*;
    use crate::registry::draw_weights;

    #[test]
    fn the_summary_is_the_cls_token_of_the_whole_encoding() {
        let device = Device::flex();
        let config = TabularTransformerConfig {
            width: 16,
            layers: 3,
            ..TabularTransformerConfig::default()
        };
        let shape = FeatureShape::new(2, vec![4, 3]);
        let encoder = TabularEncoder::new(&config, &shape, &device);
        draw_weights(&encoder);
        let numeric = Tensor::<2>::from_floats([[0.5, -1.0], [2.0, 0.1]], &device);
        let categorical = Tensor::<2, Int>::from_ints([[3, 1], [2, 2]], &device);
        let features = encoder.features(numeric, categorical);
        let all = encoder.encode(features.clone());
        assert_eq!(all.dims(), [2, 5, 16]);
        let cls: Tensor<2> = all.narrow(1, 0, 1).squeeze_dim(1);
        let apart = (encoder.summary(features) - cls).abs().max();
        assert!(apart.into_scalar::<f32>() < 1e-5);
    }
}
