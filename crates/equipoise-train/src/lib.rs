//! Pretraining and fair fine-tuning on burn-train, with checkpoints that resume bit for bit.
//!
//! A *run* has a seed, a device and a folder for checkpoints ([`Run`]); in it, [`pretrain()`] teaches
//! a base model without labels, as does
//! [`pretrain_language()`] from texts, and [`finetune()`] minimises
//! `L_total = L_task + lambda * L_fair + l2 * sum(w^2)`. Both go on from the newest checkpoint and
//! give the weights of the epoch that did best on the validation part. The same data, settings,
//! seed and device give the same bits, whether the run was stopped in between or not.
//!
//! `examples/fair_finetuning.rs` shows both on made-up rows.
//!
//! In reading order:
//!
//! * [`config`]: the settings, as a file has them, and what is legal
//! * [`pretrain`](mod@pretrain): guessing hidden features
//! * [`masked_language`]: guessing hidden tokens of texts
//! * [`finetune`](mod@finetune): the task, and what must be equal between groups
//! * [`stage`]: what the loop needs to know of a stage, for one of your own
//! * [`loader`]: batches in an order that can be replayed
//! * [`sampling`]: which rows an epoch has
//! * [`bucketing`]: rows of like length in one batch
//! * [`schedule`]: the learning rate over time
//! * [`seeds`]: a seed for each purpose
//! * [`texts`]: texts as rows of training
//! * [`tensorboard`]: event files
//!
//! Other crates: `equipoise-data` has a burn `Dataset` and `Batcher` over encoded tables (any
//! other will do), `equipoise-losses` the losses, `equipoise-models` the networks.

mod average;
pub mod bucketing;
mod checkpoint;
mod clip;
pub mod config;
mod error;
pub mod finetune;
mod gradients;
mod group_values;
mod layer_rates;
mod live;
pub mod loader;
pub mod masked_language;
mod optimizer;
pub mod pretrain;
pub mod sampling;
pub mod schedule;
pub mod seeds;
mod silent_renderer;
pub mod stage;
pub mod tensorboard;
pub mod texts;
mod training;

pub use config::{
    AverageConfig, EarlyStoppingConfig, FineTuneConfig, JustTrainTwiceConfig, LastLayersConfig,
    OptimizerConfig, OptimizerKind, PretrainConfig, PretrainObjective, Sampler, ScheduleConfig,
    Select, Strategy,
};
pub use error::Error;
pub use finetune::{FineTuned, FineTuning, finetune, strategy::TrainedShare};
pub use masked_language::{LanguageData, batch::PackedTexts, masking::Masking, pretrain_language};
pub use pretrain::pretrain;
pub use schedule::{Schedule, ScheduleKind};
pub use seeds::derive_seed;
pub use tensorboard::EventWriter;
pub use texts::{TokenBatcher, TokenDataset, TokenRow, text_data};
pub use training::{Run, TrainingData};
