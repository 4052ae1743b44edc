//! Encoders of texts in the shapes of BERT: BERT, `DistilBERT`, `RoBERTa`, XLM-R and `MiniLM`,
//! from a folder as the Hugging Face hub has it, and back.
//!
//! | file | holds |
//! |---|---|
//! | `config.json` | the shape: a [`BertConfig`] |
//! | `model.safetensors`, or with the feature `pytorch` also `pytorch_model.bin` | the weights, by the names of the architecture |
//! | `tokenizer.json` or `vocab.txt` | the tokenizer (see `equipoise_text::tokenizer`) |
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # #[cfg(feature = "flex")] {
//! use burn::tensor::{Tensor, TensorData};
//! use equipoise_models::bert::{BertConfig, Pooling, TextModel};
//! use equipoise_tensor::{TokenInputs, open_device, parse_device};
//!
//! let device = open_device(&parse_device("cpu")?)?;
//! let config = BertConfig { vocabulary: 50, width: 16, ..BertConfig::default() };
//! let model = TextModel::new(&config, Pooling::Mean, 1, &device)?;
//! // Two texts, of which the second has one token less.
//! let inputs = TokenInputs {
//!     ids: Tensor::from_data(TensorData::from([[2, 7, 3], [2, 3, 0]]), &device),
//!     attention: Tensor::from_data(TensorData::from([[true, true, true], [true, true, false]]), &device),
//! };
//! assert_eq!(model.forward(inputs).dims(), [2, 1]);
//! # }
//! # Ok(()) }
//! ```
//!
//! * [`config`]: the shape, from and to a `config.json`
//! * [`encoder`]: from tokens to vectors
//! * [`pooling`]: from the vectors of a text to one
//! * [`classifier`]: an encoder with a head for a task
//! * [`masked_language`]: an encoder with a head that guesses hidden tokens
//! * [`hub`]: weights from and to a folder
//! * [`scores`]: from tokens to probabilities or numbers
//! * [`windows`]: texts that are longer than what a model sees at once
//! * [`settings`]: the `[model]` table of a configuration
//! * [`base`]: what those settings describe, read
//! * [`text_folder`]: a folder that predicts on its own
//! * [`probing`]: a folder that answers the probes of bias

pub mod base;
mod batches;
pub mod classifier;
pub mod config;
pub mod encoder;
pub mod hub;
pub mod masked_language;
mod names;
pub mod pooling;
pub mod probing;
pub mod scores;
pub mod settings;
pub mod text_folder;
pub mod windows;

pub use base::TextBase;
pub use classifier::TextModel;
pub use config::{Activation, Architecture, BertConfig};
pub use encoder::BertEncoder;
pub use hub::{LoadedWeights, hub_config};
pub use masked_language::MaskedLanguageModel;
pub use pooling::Pooling;
pub use probing::ProbedFolder;
pub use scores::{score_texts, score_windows, token_inputs};
pub use settings::TextModelConfig;
pub use text_folder::{TextFolder, TextManifest, TextPredictor};
pub use windows::{CutTexts, LongTexts, TextWindows, window_inputs};
