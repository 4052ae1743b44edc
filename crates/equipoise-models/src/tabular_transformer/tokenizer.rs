//! From the features of a row to tokens.

use burn::module::{Initializer, Module, Param};
use burn::tensor::{Device, Int, Tensor};
use equipoise_core::FeatureShape;

use crate::category_embedding::CategoryEmbedding;

/// One direction for each number: its token is the direction times the number.
#[derive(Module, Debug)]
struct NumberEmbedding {
    /// The directions, `[numeric, width]`.
    weight: Param<Tensor<2>>,
}

/// Makes a token of each feature: `number * direction + bias` or `vector of category + bias`.
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
        let features = shape.numeric + shape.cardinalities.len();
        Self {
            numbers: (shape.numeric > 0).then(|| NumberEmbedding {
                weight: uniform.init([shape.numeric, width], device),
            }),
            categories: CategoryEmbedding::new(&shape.cardinalities, width, &uniform, device),
            bias: uniform.init([features, width], device),
            cls: uniform.init([1, width], device),
        }
    }

    /// What the row says, `[batch, features, width]`, without what tells the features apart, so
    /// that a feature can be hidden and yet be asked for.
    pub(crate) fn features(&self, numeric: Tensor<2>, categorical: Tensor<2, Int>) -> Tensor<3> {
        let numbers = self.numbers.as_ref().map(|numbers| {
            numeric.unsqueeze_dim::<3>(2) * numbers.weight.val().unsqueeze_dim::<3>(0)
        });
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
