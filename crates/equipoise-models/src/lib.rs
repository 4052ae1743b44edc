//! Base models over the rows of a table and over texts, for burn: networks with one head for two
//! classes, several, or a number; self-supervised pretraining; and model folders that predict on
//! their own.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # #[cfg(feature = "flex")] {
//! use burn::tensor::{Int, Tensor};
//! use equipoise_core::FeatureShape;
//! use equipoise_models::{ModelConfig, TabularModel};
//! use equipoise_tensor::{open_device, parse_device};
//!
//! let device = open_device(&parse_device("cpu")?)?;
//! // Two numbers, and one category column with five distinct inputs.
//! let shape = FeatureShape::new(2, vec![5] );
//! let config: ModelConfig =
//!     serde_json::from_str(r#"{ "kind": "tabular-transformer", "width": 16, "layers": 1 }"#)?;
//!
//! device.seed(7);
//! let model = TabularModel::new(&config, &shape, 1, &device)?;
//! let numeric = Tensor::<2>::zeros([3, 2], &device);
//! let categorical = Tensor::<2, Int>::ones([3, 1], &device);
//! assert_eq!(model.forward(numeric, categorical).dims(), [3, 1]);
//! # }
//! # Ok(()) }
//! ```
//!
//! In reading order:
//!
//! * [`registry`]: the kinds of model ([`MODELS`]), their configuration, and the one type that
//!   holds any of them
//! * [`mlp`]: a multi-layer perceptron
//! * [`tabular_transformer`]: a transformer whose tokens are the features of a row
//! * [`bert`]: encoders of texts, from and to folders as the Hugging Face hub has them
//! * [`headed`]: what training needs of any of them
//! * [`parameters`](mod@parameters): where in a model its parameters stand
//! * [`lora`]: low-rank adapters
//! * [`masked_features`]: self-supervised pretraining that guesses hidden features
//! * [`weight_norm`]: the sum of squares that an explicit L2 term charges
//! * [`scores`]: from encoded rows to probabilities or numbers
//! * [`weights`]: weights as safetensors, in memory and in files
//! * [`folder`]: a model folder: weights, and what is needed to predict with them
//! * [`predictor`]: a model folder as a [`Predictor`](equipoise_core::Predictor)
//!
//! Other crates: `equipoise-core` has the features, tasks and scores, `equipoise-tensor` opens
//! devices, `equipoise-losses` says what to minimise and `equipoise-train` does so.

pub mod bert;
mod category_embedding;
mod error;
mod file;
pub mod folder;
pub mod headed;
mod layers;
pub mod lora;
pub mod masked_features;
pub mod mlp;
mod one_hot;
pub mod parameters;
pub mod predictor;
mod range;
pub mod registry;
pub mod scores;
pub mod tabular_transformer;
pub mod weight_norm;
pub mod weights;

pub use bert::{
    BertConfig, MaskedLanguageModel, Pooling, ProbedFolder, TextFolder, TextModel, TextModelConfig,
};
pub use error::Error;
pub use folder::{ModelFolder, ModelManifest};
pub use headed::HeadedModel;
pub use lora::{LoraConfig, LoraTargets};
pub use masked_features::MaskedFeatureModel;
pub use mlp::{CategoryInput, MlpConfig};
pub use parameters::{Parameter, Part, parameters};
pub use predictor::TabularPredictor;
pub use registry::{MODELS, ModelConfig, ModelInputs, ModelSpec, TabularModel};
pub use scores::score;
pub use tabular_transformer::TabularTransformerConfig;
pub use weight_norm::sum_of_squares;
