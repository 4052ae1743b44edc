//! The errors of this crate.

use std::path::PathBuf;

use equipoise_core::{Help, file_help};

use crate::bert::Architecture;
use crate::registry::pretrainable;

/// What can be wrong with a model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // === Configuration and data ===
    /// A setting lies outside its range.
    #[error("`{key}` of model `{kind}` is {found}; legal is {legal}")]
    OutOfRange {
        /// The kind of model.
        kind: &'static str,
        /// The setting.
        key: &'static str,
        /// The value.
        found: String,
        /// What is legal.
        legal: String,
    },
    /// A setting of low-rank adapters lies outside its range.
    #[error("`{key}` of low-rank adapters is {found}; legal is {legal}")]
    Adapter {
        /// The setting.
        key: &'static str,
        /// The value.
        found: String,
        /// What is legal.
        legal: String,
    },
    /// A model has none of the matrices that low-rank adapters are to change.
    #[error("low-rank adapters change matrices of `{targets}`, and the model has none")]
    NothingToAdapt {
        /// Which matrices.
        targets: &'static str,
    },
    /// The kind of model cannot be pretrained on masked features.
    #[error(
        "model `{kind}` has no pretraining on masked features; legal are {}",
        pretrainable()
    )]
    NoPretraining {
        /// The kind of model.
        kind: &'static str,
    },
    /// The kind of model sees texts, not the features of a table.
    #[error("model `{kind}` sees texts, found the features of a table")]
    NoTable {
        /// The kind of model.
        kind: &'static str,
    },
    /// Settings of a model contradict each other.
    #[error("`{first}` and `{second}` of model `{kind}` are both there; legal is one of them")]
    Contradiction {
        /// The kind of model.
        kind: &'static str,
        /// A setting.
        first: &'static str,
        /// Another.
        second: &'static str,
    },
    /// There is nothing to predict from.
    #[error("a model needs at least one numeric or categorical input, found none")]
    NoInputs,
    /// A category column has no inputs at all.
    #[error("category column {column} has 0 distinct inputs; legal is 1 or more")]
    EmptyCategory {
        /// The column, from 0.
        column: usize,
    },
    /// The inputs of the single numbers are not those of all.
    #[error("the widths of the numbers have a 0 or do not sum to the {numeric} numeric inputs")]
    NumberWidths {
        /// The numeric inputs of a row.
        numeric: usize,
    },
    /// There is nothing to predict.
    #[error("a model needs at least one output, found none")]
    NoOutputs,
    /// Rows are not of the widths that a model was built for.
    #[error("rows have {found} {what} inputs, and the model was built for {expected}")]
    InputWidth {
        /// `numeric` or `categorical`.
        what: &'static str,
        /// The width that the model was built for.
        expected: usize,
        /// The width found.
        found: usize,
    },
    /// A category input lies beyond the inputs of its column.
    #[error("row {row}, category column {column}: input {found} is not below {cardinality}")]
    CategoryInput {
        /// The row, from 0.
        row: usize,
        /// The column, from 0.
        column: usize,
        /// The input.
        found: u32,
        /// The number of distinct inputs of the column.
        cardinality: usize,
    },
    /// A model has not as many outputs as its task needs.
    #[error("the model has {found} outputs, and the task needs {expected}")]
    Outputs {
        /// The number of outputs that the task needs.
        expected: usize,
        /// The number of outputs found.
        found: usize,
    },
    /// A model returned something that is no number.
    #[error("row {row}: the model returned {value}, which is not a finite number")]
    NotFinite {
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f32,
    },
    /// A text that must be seen whole is longer than the model's window.
    #[error(
        "a text has {found} tokens, those that begin and end it included; legal are at most {window}"
    )]
    TooLong {
        /// The tokens of the text.
        found: usize,
        /// The most that the model sees.
        window: usize,
    },
    /// A token is asked for that a text does not have.
    #[error("position {position} of a text of {tokens} tokens is asked for")]
    Position {
        /// The position, from 0.
        position: usize,
        /// The tokens of the text.
        tokens: usize,
    },
    /// Outputs could not be read back from the device.
    #[error("the outputs of the model could not be read from the device: {reason}")]
    Device {
        /// What the device says.
        reason: String,
    },
    /// The inputs could not be encoded.
    #[error(transparent)]
    Core(#[from] equipoise_core::Error),

    // === Files ===
    /// There is no model folder.
    #[error("model folder `{}` not found", path.display())]
    FolderNotFound {
        /// The folder.
        path: PathBuf,
    },
    /// A folder lacks one of its files.
    #[error("model folder `{}` has no `{file}`", path.display())]
    FileNotFound {
        /// The folder.
        path: PathBuf,
        /// The file.
        file: &'static str,
    },
    /// A file could not be read or written; the message names it.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A manifest is not what it should be.
    #[error("`{}` is not a model manifest", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
    /// A manifest is of another version.
    #[error("`{}` has schema `{found}`; legal is `{expected}`", path.display())]
    Schema {
        /// The file.
        path: PathBuf,
        /// The schema found.
        found: String,
        /// The schema that this version reads.
        expected: &'static str,
    },
    /// A manifest describes no model that can be.
    #[error("`{}` cannot be used: {what}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is illegal, or which parts contradict each other.
        what: String,
    },

    /// A `config.json` is of an architecture that is not known.
    #[error(
        "{place}: unknown `model_type` `{found}`; known are {}",
        Architecture::names()
    )]
    UnknownArchitecture {
        /// The file.
        place: String,
        /// The architecture found.
        found: String,
    },
    /// A `config.json` has something that is not legal.
    #[error("{place}: `{key}` is {found}; legal is {legal}")]
    HubConfig {
        /// The file.
        place: String,
        /// The key.
        key: String,
        /// The value found.
        found: String,
        /// What is legal.
        legal: String,
    },
    /// The tokenizer is missing, damaged, or not that of the model.
    #[error(transparent)]
    Tokenizer(#[from] equipoise_text::TokenizerError),

    // === Weights ===
    /// Weights are in a file of `PyTorch`, and this program was built without its reader.
    #[cfg(not(feature = "pytorch"))]
    #[error("`{}` is a file of PyTorch, and this program reads safetensors", path.display())]
    NoPickles {
        /// The file.
        path: PathBuf,
    },
    /// Weights could not be read from a file of `PyTorch`.
    #[cfg(feature = "pytorch")]
    #[error("{place}: not readable as weights of PyTorch: {source}")]
    Pickled {
        /// The file.
        place: String,
        /// What is wrong.
        #[source]
        source: burn_store::PytorchStoreError,
    },
    /// Weights could not be read or written as safetensors.
    #[error("{place}: not readable or writable as safetensors")]
    Safetensors {
        /// The file or the bytes.
        place: String,
        /// What is wrong.
        source: burn_store::SafetensorsStoreError,
    },
    /// Weights that the model needs are not there.
    #[error("{place}: missing {}", list(names))]
    MissingTensors {
        /// The file or the bytes.
        place: String,
        /// The tensors, sorted.
        names: Vec<String>,
    },
    /// Weights are there that the model has no place for.
    #[error("{place}: the model has no place for {}", list(names))]
    UnusedTensors {
        /// The file or the bytes.
        place: String,
        /// The tensors, sorted.
        names: Vec<String>,
    },
    /// A tensor has another shape or type than the model's.
    #[error("{place}: tensor `{name}` is {found}; legal is {expected}")]
    TensorKind {
        /// The file or the bytes.
        place: String,
        /// The tensor.
        name: String,
        /// Its shape or type.
        found: String,
        /// The shape or type that the model needs.
        expected: String,
    },
}

impl Help for Error {
    fn help(&self) -> Option<String> {
        match self {
            Self::Core(error) => error.help(),
            Self::Io(error) => file_help(error),
            Self::Tokenizer(error) => error.help(),
            #[cfg(not(feature = "pytorch"))]
            Self::NoPickles { .. } => Some(
                "save the model as safetensors, or build with the feature `pytorch`".to_owned(),
            ),
            Self::UnknownArchitecture { .. } => {
                Some("choose a base model of one of these architectures".to_owned())
            }
            Self::OutOfRange { key: "heads", .. } => {
                Some("change `heads`, or the width".to_owned())
            }
            Self::NothingToAdapt { .. } => {
                Some("with `targets = \"linear\"` all linear layers are adapted".to_owned())
            }
            Self::OutOfRange { key, .. } | Self::Adapter { key, .. } => {
                Some(format!("leave `{key}` out for its default"))
            }
            Self::NoPretraining { .. } => {
                Some("leave the section `pretrain` out, or choose another `model.kind`".to_owned())
            }
            Self::FolderNotFound { .. } => {
                Some("a run writes one folder for each model into `models/`".to_owned())
            }
            Self::Schema { .. } => {
                Some("train the model again, or read it with the version that wrote it".to_owned())
            }
            Self::MissingTensors { .. }
            | Self::UnusedTensors { .. }
            | Self::TensorKind { .. }
            | Self::InputWidth { .. } => Some(
                "the weights, the configuration and the features must come from one training"
                    .to_owned(),
            ),
            Self::NotFinite { .. } => {
                Some("training has diverged: try a smaller learning rate".to_owned())
            }
            _ => None,
        }
    }
}

/// At most five names, and how many more there are.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
