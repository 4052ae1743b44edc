//! A multi-layer perceptron over numbers and embedded categories.

use burn::module::{Initializer, Module};
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Int, Tensor};
use equipoise_core::FeatureShape;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::category_embedding::CategoryEmbedding;
use crate::range::Settings;
use crate::registry::{ModelSpec, Network, NetworkConfig};

/// The settings of a multi-layer perceptron.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MlpConfig {
    /// The widths of the hidden layers, from the inputs to the head, each 1 to 16384; at most 64
    /// layers. Without any the model is linear.
    pub hidden: Vec<usize>,
    /// The probability of dropping a hidden value in training, in `[0, 1)`.
    pub dropout: f64,
    /// The width of the vector that stands for a category, 1 to 1024.
    pub embedding: usize,
}

impl Default for MlpConfig {
    fn default() -> Self {
        Self {
            hidden: vec![64, 64],
            dropout: 0.1,
            embedding: 8,
        }
    }
}

impl NetworkConfig for MlpConfig {
    type Network = Mlp;

    const SPEC: ModelSpec = ModelSpec {
        name: "mlp",
        summary: "a multi-layer perceptron over numbers and embedded categories",
        paper: "Rumelhart, Hinton and Williams (1986), \"Learning representations by \
                back-propagating errors\"",
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
        let mut width = shape.numeric + shape.cardinalities.len() * self.embedding;
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
            categories: CategoryEmbedding::new(
                &shape.cardinalities,
                self.embedding,
                &normal,
                device,
            ),
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

    fn forward(&self, numeric: Tensor<2>, categorical: Tensor<2, Int>) -> Tensor<2> {
        let mut values = match &self.categories {
            None => numeric,
            Some(categories) => {
                let vectors = categories.forward(categorical).flatten(1, 2);
                if self.shape.numeric == 0 {
                    vectors
                } else {
                    Tensor::cat(vec![numeric, vectors], 1)
                }
            }
        };
        for layer in &self.hidden {
            values = self.dropout.forward(relu(layer.forward(values)));
        }
        self.head.forward(values)
    }
}
