//! From the features of a row to tokens.

use burn::module::{Initializer, Module, Param};
use burn::tensor::{Device, Int, Tensor};
use equipoise_core::FeatureShape;

use crate::category_embedding::CategoryEmbedding;

/// One direction for each numeric input: the token of a number is the sum of its inputs times
/// their directions. A standardised number has one input, a number in pieces one for each piece.
#[derive(Module, Debug)]
struct NumberEmbedding {
    /// The directions, `[numeric, width]`.
    weight: Param<Tensor<2>>,
    /// The inputs of each number; empty where each has one.
    #[module(skip)]
    widths: Vec<usize>,
}

impl NumberEmbedding {
    /// The numbers of a batch, `[batch, numbers, width]`.
    fn forward(&self, numeric: Tensor<2>) -> Tensor<3> {
        let weight = self.weight.val();
        if self.widths.is_empty() {
            return numeric.unsqueeze_dim::<3>(2) * weight.unsqueeze_dim::<3>(0);
        }
        let mut first = 0;
        let tokens = self
            .widths
            .iter()
            .map(|&inputs| {
                let directions = weight.clone().narrow(0, first, inputs);
                let token = numeric.clone().narrow(1, first, inputs).matmul(directions);
                first += inputs;
                token.unsqueeze_dim::<3>(1)
            })
            .collect();
        Tensor::cat(tokens, 1)
    }
}

/// Makes a token of each feature: `sum(inputs * directions) + bias` of a number, or `vector of
/// category + bias`.
#[derive(Module, Debug)]
pub(crate) struct FeatureTokenizer {
    numbers: Option<NumberEmbedding>,
    categories: Option<CategoryEmbedding>,
    /// Tells the features apart, `[features, width]`: numbers first.
    bias: Param<Tensor<2>>,
    /// The token that gathers what the head needs, `[1, width]`.
    cls: Param<Tensor<2>>,
}

impl FeatureTokenizer {
    pub(crate) fn new(shape: &FeatureShape, width: usize, device: &Device) -> Self {
        let bound = 1.0 / (width as f64).sqrt();
        let uniform = Initializer::Uniform {
            min: -bound,
            max: bound,
        };
        let features = shape.numbers() + shape.cardinalities.len();
        Self {
            numbers: (shape.numeric > 0).then(|| NumberEmbedding {
                weight: uniform.init([shape.numeric, width], device),
                widths: shape.number_widths.clone(),
            }),
            categories: CategoryEmbedding::new(&shape.cardinalities, width, &uniform, device),
            bias: uniform.init([features, width], device),
            cls: uniform.init([1, width], device),
        }
    }

    /// What the row says, `[batch, features, width]`, without what tells the features apart, so
    /// that a feature can be hidden and yet be asked for.
    pub(crate) fn features(&self, numeric: Tensor<2>, categorical: Tensor<2, Int>) -> Tensor<3> {
        let numbers = self
            .numbers
            .as_ref()
            .map(|numbers| numbers.forward(numeric));
        let categories = self
            .categories
            .as_ref()
            .map(|categories| categories.forward(categorical));
        match (numbers, categories) {
            (Some(numbers), Some(categories)) => Tensor::cat(vec![numbers, categories], 1),
            (Some(features), None) | (None, Some(features)) => features,
            // The shape was checked: there is a feature. This keeps the function total.
            (None, None) => self.bias.val().unsqueeze_dim(0),
        }
    }

    /// The tokens of a batch, `[batch, 1 + features, width]`, CLS first, from
    /// [`Self::features`].
    pub(crate) fn tokens(&self, features: Tensor<3>) -> Tensor<3> {
        let [batch, _, width] = features.dims();
        let cls = self
            .cls
            .val()
            .unsqueeze_dim::<3>(0)
            .expand([batch, 1, width]);
        Tensor::cat(
            vec![cls, features + self.bias.val().unsqueeze_dim::<3>(0)],
            1,
        )
    }
}
