//! A multi-layer perceptron over numbers and categories, embedded or one-hot.

use burn::module::{Initializer, Module};
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Int, Tensor};
use equipoise_core::FeatureShape;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::category_embedding::CategoryEmbedding;
use crate::layers::linear;
use crate::one_hot::{one_hot, one_hot_width};
use crate::range::Settings;
use crate::registry::{ModelInputs, ModelSpec, Network, NetworkConfig};

/// The settings of a multi-layer perceptron.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MlpConfig {
    /// The widths of the hidden layers, from the inputs to the head, each 1 to 16384; at most 64
    /// layers. Without any the model is linear.
    pub hidden: Vec<usize>,
    /// The probability of dropping a hidden value in training, in `[0, 1)`.
    pub dropout: f64,
    /// How categories become numbers.
    pub categories: CategoryInput,
    /// The width of the vector that stands for a category, 1 to 1024; not read with one-hot
    /// categories.
    pub embedding: usize,
}

/// How categories become numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CategoryInput {
    /// A learnt vector for each.
    #[default]
    Embedding,
    /// A 1 in a column of its own for each level; a level that training never saw is all zeros.
    OneHot,
}

impl Default for MlpConfig {
    fn default() -> Self {
        Self {
            hidden: vec![64, 64],
            dropout: 0.1,
            categories: CategoryInput::default(),
            embedding: 8,
        }
    }
}

impl NetworkConfig for MlpConfig {
    type Network = Mlp;

    const SPEC: ModelSpec = ModelSpec {
        name: "mlp",
        summary: "a multi-layer perceptron over numbers and embedded or one-hot categories",
        paper: "Rumelhart, Hinton and Williams (1986), \"Learning representations by \
                back-propagating errors\"",
        inputs: ModelInputs::Table,
        supports_pretraining: false,
    };

    fn check(&self) -> Result<(), Error> {
        let settings = Settings {
            kind: Self::SPEC.name,
        };
        if self.hidden.len() > 64 {
            let found = format!("{} layers", self.hidden.len());
            return Err(settings.out_of_range("hidden", found, "at most 64 layers".to_owned()));
        }
        for &width in &self.hidden {
            settings.size("hidden", width, 1..=16_384)?;
        }
        settings.dropout("dropout", self.dropout)?;
        settings.size("embedding", self.embedding, 1..=1024)
    }

    fn init(&self, shape: &FeatureShape, outputs: usize, device: &Device) -> Mlp {
        let of_categories = match self.categories {
            CategoryInput::Embedding => shape.cardinalities.len() * self.embedding,
            CategoryInput::OneHot => one_hot_width(&shape.cardinalities),
        };
        let mut width = shape.numeric + of_categories;
        let mut hidden = Vec::with_capacity(self.hidden.len());
        for &next in &self.hidden {
            hidden.push(LinearConfig::new(width, next).init(device));
            width = next;
        }
        // The spread of a standardised number, so that no kind of input drowns the other.
        let normal = Initializer::Normal {
            mean: 0.0,
            std: 1.0,
        };
        Mlp {
            categories: match self.categories {
                CategoryInput::Embedding => {
                    CategoryEmbedding::new(&shape.cardinalities, self.embedding, &normal, device)
                }
                CategoryInput::OneHot => None,
            },
            hidden,
            dropout: DropoutConfig::new(self.dropout).init(),
            head: LinearConfig::new(width, outputs).init(device),
            shape: shape.clone(),
        }
    }
}

/// A multi-layer perceptron: `head(dropout(relu(linear(..))))` over the numbers of a row and the
/// vectors of its categories, side by side.
#[derive(Module, Debug)]
pub struct Mlp {
    categories: Option<CategoryEmbedding>,
    hidden: Vec<Linear>,
    dropout: Dropout,
    head: Linear,
    #[module(skip)]
    shape: FeatureShape,
}

impl Network for Mlp {
    fn shape(&self) -> &FeatureShape {
        &self.shape
    }

    fn represent(&self, numeric: Tensor<2>, categorical: Tensor<2, Int>) -> Tensor<2> {
        let vectors = match &self.categories {
            _ if self.shape.cardinalities.is_empty() => None,
            Some(categories) => Some(categories.forward(categorical).flatten(1, 2)),
            None => Some(one_hot(&self.shape.cardinalities, &categorical)),
        };
        let mut values = match vectors {
            None => numeric,
            Some(vectors) if self.shape.numeric == 0 => vectors,
            Some(vectors) => Tensor::cat(vec![numeric, vectors], 1),
        };
        for layer in &self.hidden {
            values = self.dropout.forward(relu(linear(layer, values)));
        }
        values
    }

    fn decide(&self, representation: Tensor<2>) -> Tensor<2> {
        linear(&self.head, representation)
    }
}
