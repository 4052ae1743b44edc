//! The errors of this crate.

use std::path::PathBuf;

use equipoise_core::{Help, file_help};

/// What can go wrong in training.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is not legal.
    #[error("`{key}` is {value}; legal is {legal}")]
    Setting {
        /// The key, with its table.
        key: String,
        /// The value found.
        value: String,
        /// What is legal.
        legal: &'static str,
    },
    /// More layers are to move than a model has.
    #[error(
        "`finetune.strategy.layers` is {layers}; legal is 1 to {depth}, the layers of the model"
    )]
    TooFewLayers {
        /// How many are to move.
        layers: usize,
        /// How many there are.
        depth: usize,
    },
    /// A loss became NaN or infinite.
    #[error("{stage}, epoch {epoch}, step {step}: the {what} became {value}")]
    NotFinite {
        /// The stage.
        stage: String,
        /// The epoch, from 1.
        epoch: usize,
        /// The step in the epoch, from 1.
        step: usize,
        /// Which value.
        what: String,
        /// What it became.
        value: f64,
    },
    /// A row of the data cannot be read.
    #[error("a row cannot be read: {reason}")]
    Row {
        /// Why not.
        reason: String,
    },
    /// A part of the data is empty.
    #[error("the {part} part has no rows")]
    NoRows {
        /// The part.
        part: &'static str,
    },
    /// A tokenizer cannot hide tokens.
    #[error("the tokenizer has no {lacks}")]
    Tokenizer {
        /// What it lacks.
        lacks: &'static str,
    },
    /// The sampling was made for other data.
    #[error("the sampling has entries for {entries} rows, and the data set has {rows}")]
    SamplingRows {
        /// The number of rows that the sampling has an entry for.
        entries: usize,
        /// The number of rows of the data set.
        rows: usize,
    },
    /// A file could not be read or written.
    #[error("failed to {action} `{}`", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// A checkpoint could not be read or written.
    #[error("failed to {action} the checkpoint `{}`: {reason}", path.display())]
    Checkpoint {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        reason: String,
    },
    /// A checkpoint belongs to other settings.
    #[error("the checkpoint `{}` has {found}, expected {expected}", path.display())]
    OtherCheckpoint {
        /// The file.
        path: PathBuf,
        /// What it has.
        found: String,
        /// What is needed.
        expected: String,
    },
    /// Training was interrupted; what is done is kept.
    #[error("{stage} was interrupted in epoch {epoch}")]
    Interrupted {
        /// The stage.
        stage: String,
        /// The epoch that was cut off, from 1.
        epoch: usize,
    },
    /// The device or the data failed inside a step.
    #[error("{stage}, epoch {epoch}: {reason}")]
    Step {
        /// The stage.
        stage: String,
        /// The epoch, from 1.
        epoch: usize,
        /// What failed.
        reason: String,
    },
    /// A fairness loss could not be built or computed.
    #[error(transparent)]
    Loss(#[from] equipoise_losses::Error),
    /// A base model could not be built.
    #[error(transparent)]
    Model(#[from] equipoise_models::Error),
    /// A rate by group could not be computed.
    #[error(transparent)]
    Metrics(#[from] equipoise_metrics::Error),
}

impl Help for Error {
    fn help(&self) -> Option<String> {
        match self {
            Self::Setting { value, .. } if value == "not there" => Some(
                "for example `schedule = { kind = \"step\", every = 50, factor = 0.1 }`".to_owned(),
            ),
            Self::Setting { key, .. } if key == "finetune.strategy.layers" => {
                Some("for example `strategy = { kind = \"last-layers\", layers = 2 }`".to_owned())
            }
            Self::Setting { key, .. } => Some(match key.strip_suffix(".patience") {
                Some(table) => format!("leave `{table}` out to train all epochs"),
                None => format!("leave `{key}` out for its default"),
            }),
            Self::TooFewLayers { .. } => {
                Some("with `strategy = \"full\"` all weights move".to_owned())
            }
            Self::NotFinite { .. } => Some(
                "lower the learning rate or set `gradient_clip`; check the numbers in the data"
                    .to_owned(),
            ),
            Self::Interrupted { .. } => {
                Some("the same command goes on from the last finished epoch".to_owned())
            }
            Self::OtherCheckpoint { .. } => {
                Some("use another output folder, or remove this one".to_owned())
            }
            Self::File { source, .. } => file_help(source),
            Self::Checkpoint { action: "read", .. } => Some(
                "the checkpoint is damaged: remove its folder to go on from the one before, or \
                 remove the output folder to begin anew"
                    .to_owned(),
            ),
            Self::Checkpoint { .. } => Some(
                "is the disk full, or the folder not writable? Nothing half-written is kept; the \
                 same command goes on from the last finished epoch"
                    .to_owned(),
            ),
            Self::Tokenizer { .. } => Some(
                "`special_tokens_map.json` in the folder of the model can name the mask token"
                    .to_owned(),
            ),
            Self::Loss(error) => error.help(),
            Self::Model(error) => error.help(),
            Self::Metrics(error) => error.help(),
            _ => None,
        }
    }
}
