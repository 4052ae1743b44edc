//! Self-supervised pretraining: some features of each row are hidden, and the model learns to
//! guess them from the others.
//!
//! This needs no labels. After Devlin et al. (2019), "BERT", for texts, and Rubachev et al.
//! (2022), "Revisiting Pretraining Objectives for Tabular Deep Learning", for tables.

use burn::module::{Initializer, Module, Param};
use burn::nn::{LayerNorm, Linear, LinearConfig};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Bool, Device, Int, Tensor};
use equipoise_core::FeatureShape;

use crate::Error;
use crate::registry::{ModelConfig, TabularModel, check_shape, draw_weights};
use crate::tabular_transformer::{TabularEncoder, TabularTransformer, norm, normalise};

/// An encoder that learns to guess hidden features, with the heads for that.
#[derive(Module, Debug)]
pub struct MaskedFeatureModel {
    encoder: TabularEncoder,
    /// What stands in for a hidden feature, `[width]`.
    mask_token: Param<Tensor<1>>,
    norm: LayerNorm,
    numbers: Option<NumberHead>,
    /// One for each category column.
    categories: Vec<Linear>,
}

/// Guesses each numeric input from the token of its number: `sum(token * weight) + bias`.
#[derive(Module, Debug)]
struct NumberHead {
    /// `[numeric, width]`.
    weight: Param<Tensor<2>>,
    /// `[numeric]`.
    bias: Param<Tensor<1>>,
    /// The inputs of each number; empty where each has one.
    #[module(skip)]
    widths: Vec<usize>,
}

impl MaskedFeatureModel {
    /// A model with fresh weights, drawn as by [`TabularModel::new`].
    ///
    /// # Errors
    ///
    /// When the kind of model has no pretraining, when a setting lies outside its range, or when
    /// there are no inputs.
    pub fn new(config: &ModelConfig, shape: &FeatureShape, device: &Device) -> Result<Self, Error> {
        let model = Self::uninitialized(config, shape, device)?;
        draw_weights(&model);
        Ok(model)
    }

    /// A model whose weights are yet to be loaded; see [`TabularModel::uninitialized`].
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    pub fn uninitialized(
        config: &ModelConfig,
        shape: &FeatureShape,
        device: &Device,
    ) -> Result<Self, Error> {
        config.check()?;
        check_shape(shape)?;
        let ModelConfig::TabularTransformer(config) = config else {
            return Err(Error::NoPretraining {
                kind: config.spec().name,
            });
        };
        let width = config.width;
        let bound = 1.0 / (width as f64).sqrt();
        let uniform = Initializer::Uniform {
            min: -bound,
            max: bound,
        };
        Ok(Self {
            encoder: TabularEncoder::new(config, shape, device),
            mask_token: uniform.init([width], device),
            norm: norm(width, device),
            numbers: (shape.numeric > 0).then(|| NumberHead {
                weight: uniform.init([shape.numeric, width], device),
                bias: Initializer::Zeros.init([shape.numeric], device),
                widths: shape.number_widths.clone(),
            }),
            categories: shape
                .cardinalities
                .iter()
                .map(|&cardinality| LinearConfig::new(width, cardinality).init(device))
                .collect(),
        })
    }

    /// The inputs that the model was built for.
    pub fn shape(&self) -> &FeatureShape {
        self.encoder.shape()
    }

    /// The loss of guessing the hidden cells of a batch, `[1]`, at least 0.
    ///
    /// `sum over hidden cells of cost / number of hidden cells`, where the cost of a number is
    /// the squared error on its inputs (of a number in pieces their mean) and that of a category
    /// the cross-entropy. The loss is 0 when no cell is hidden.
    ///
    /// * `numeric`: encoded numbers, `[batch, numeric]`
    /// * `categorical`: category inputs, `[batch, columns]`
    /// * `numeric_mask`, `categorical_mask`: true where a cell is hidden, `[batch, numbers]` (see
    ///   [`FeatureShape::numbers`]) and `[batch, columns]`. The caller draws them, so that all
    ///   randomness but that of dropout is the caller's.
    ///
    /// # Panics
    ///
    /// When the widths are not those of [`Self::shape`].
    pub fn loss(
        &self,
        numeric: Tensor<2>,
        categorical: Tensor<2, Int>,
        numeric_mask: Tensor<2, Bool>,
        categorical_mask: Tensor<2, Bool>,
    ) -> Tensor<1> {
        let count = self.shape().numbers();
        let columns = self.categories.len();
        let (numeric_mask, categorical_mask) = (numeric_mask.float(), categorical_mask.float());
        let mask = match (count, columns) {
            (0, _) => categorical_mask.clone(),
            (_, 0) => numeric_mask.clone(),
            _ => Tensor::cat(vec![numeric_mask.clone(), categorical_mask.clone()], 1),
        };
        let features = self.encoder.features(numeric.clone(), categorical.clone());
        let features = self.hide(features, mask.clone());
        let tokens = normalise(&self.norm, self.encoder.encode(features));

        let mut costs = Vec::new();
        if let Some(head) = &self.numbers {
            // Token 0 is CLS.
            let guess = head.forward(tokens.clone().narrow(1, 1, count));
            let errors = head.by_number((guess - numeric).square());
            costs.push((errors * numeric_mask).sum());
        }
        if columns > 0 {
            let tokens = tokens.narrow(1, 1 + count, columns);
            costs.push(self.category_cost(tokens, categorical, categorical_mask));
        }
        let hidden = mask.sum().clamp_min(1.0);
        Tensor::cat(costs, 0).sum() / hidden
    }

    /// Puts the mask token in the place of hidden features: features `[batch, features, width]`,
    /// mask `[batch, features]` with 1 where hidden.
    fn hide(&self, features: Tensor<3>, mask: Tensor<2>) -> Tensor<3> {
        let mask = mask.unsqueeze_dim::<3>(2);
        let token = self.mask_token.val().unsqueeze::<3>();
        let shown = mask.clone().neg().add_scalar(1.0);
        features * shown + mask * token
    }

    /// The summed cross-entropy of hidden categories, `[1]`, from tokens
    /// `[batch, columns, width]`, inputs and mask `[batch, columns]`.
    fn category_cost(
        &self,
        tokens: Tensor<3>,
        categorical: Tensor<2, Int>,
        mask: Tensor<2>,
    ) -> Tensor<1> {
        let columns = tokens.split(1, 1).into_iter().zip(categorical.split(1, 1));
        let chosen = self
            .categories
            .iter()
            .zip(columns)
            .map(|(head, (token, input))| {
                let logits = head.forward(token.squeeze_dim::<2>(1));
                log_softmax(logits, 1).gather(1, input)
            })
            .collect();
        (Tensor::cat(chosen, 1) * mask).sum().neg()
    }

    /// The pretrained encoder with a fresh head of `outputs` outputs, whose weights are drawn
    /// here from the random generator of the device.
    ///
    /// # Errors
    ///
    /// When there is no output.
    pub fn into_model(self, outputs: usize, device: &Device) -> Result<TabularModel, Error> {
        if outputs == 0 {
            return Err(Error::NoOutputs);
        }
        let model = TabularModel::TabularTransformer(TabularTransformer::with_encoder(
            self.encoder,
            outputs,
            device,
        ));
        draw_weights(&model);
        Ok(model)
    }
}

impl NumberHead {
    /// Guesses, `[batch, numeric]`, from tokens, `[batch, numbers, width]`.
    fn forward(&self, tokens: Tensor<3>) -> Tensor<2> {
        let weight = self.weight.val();
        let weighted = if self.widths.is_empty() {
            let weighted = tokens * weight.unsqueeze_dim::<3>(0);
            weighted.sum_dim(2).squeeze_dim::<2>(2)
        } else {
            let mut first = 0;
            let tokens = tokens.split(1, 1).into_iter().zip(&self.widths);
            let guesses = tokens
                .map(|(token, &inputs)| {
                    let weight = weight.clone().narrow(0, first, inputs);
                    first += inputs;
                    token.squeeze_dim::<2>(1).matmul(weight.transpose())
                })
                .collect();
            Tensor::cat(guesses, 1)
        };
        weighted + self.bias.val().unsqueeze_dim::<2>(0)
    }

    /// The mean over the inputs of each number, `[batch, numbers]`, from `[batch, numeric]`.
    fn by_number(&self, inputs: Tensor<2>) -> Tensor<2> {
        if self.widths.is_empty() {
            return inputs;
        }
        let parts = inputs.split_with_sizes(self.widths.clone(), 1);
        Tensor::cat(parts.into_iter().map(|part| part.mean_dim(1)).collect(), 1)
    }
}
