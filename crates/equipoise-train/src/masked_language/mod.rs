//! Pretraining on texts: some tokens are hidden and guessed from the others (Devlin et al. 2019,
//! "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding").
//!
//! * [`masking`]: which tokens are hidden, and what stands in their place
//! * [`batch`]: windows of texts as batches

pub mod batch;
pub mod masking;
mod trainee;

use std::sync::Arc;

use burn::data::dataset::Dataset;
use equipoise_core::{Example, StageHistory};
use equipoise_models::MaskedLanguageModel;

use self::{
    batch::{MaskedBatch, MaskedBatcher, PackedTexts, Window},
    masking::Masking,
    trainee::LanguageTrainee,
};
use crate::{
    Error,
    config::{PretrainConfig, PretrainObjective, Select},
    live::LiveMetric,
    loader::{Collate, EpochLoader, Order},
    pretrain::PRETRAIN,
    schedule::Schedule,
    training::{Run, StageSettings, train_stage},
};

/// Windows of texts to learn from, and to be judged on.
#[derive(Debug, Clone)]
pub struct LanguageData {
    /// The windows to learn from.
    pub train: PackedTexts,
    /// The windows to be judged on.
    pub valid: PackedTexts,
    /// The token that fills up the last window of each.
    pub padding: u32,
}

/// Pretrains a model on texts.
///
/// Goes on from the newest checkpoint in `run.checkpoints`. Returns the weights of the epoch with
/// the smallest loss on the validation windows, off autodiff. Which tokens are hidden is a function
/// of the seed, the epoch and the window; in the validation windows it is the same in every epoch,
/// so that their losses can be compared.
///
/// A batch goes through the model in [`PretrainConfig::accumulation`] parts, whose gradients are
/// added with the weights of their hidden tokens: the step is that of the whole batch, but for
/// rounding and for what dropout draws.
///
/// # Errors
///
/// When a setting is not legal, the objective is another one, a part has no windows, a loss is not
/// finite, a checkpoint cannot be read or written, or when training is interrupted.
pub fn pretrain_language(
    model: MaskedLanguageModel,
    data: &LanguageData,
    masking: &Masking,
    config: &PretrainConfig,
    run: &Run,
) -> Result<(MaskedLanguageModel, StageHistory), Error> {
    config.check()?;
    if config.objective != PretrainObjective::MaskedLanguage {
        return Err(Error::Setting {
            key: "pretrain.objective".to_owned(),
            value: "that of tables".to_owned(),
            legal: "`masked-language` where a model learns from texts",
        });
    }
    let loader = |windows: &PackedTexts, order, fixed| {
        EpochLoader::new(
            Arc::new(windows.clone()) as Arc<dyn Dataset<Example<Window>>>,
            Arc::new(MaskedBatcher {
                masking: masking.clone(),
                padding: data.padding,
                parts: config.accumulation,
                seed: run.seed,
                fixed,
            }) as Arc<dyn Collate<MaskedBatch, Window>>,
            config.batch_size,
            order,
            run.device.clone(),
        )
    };
    let order = Order::Shuffled {
        seed: run.seed,
        stage: PRETRAIN,
    };
    let train = loader(&data.train, order, false).with_epoch_batches(config.epoch_steps);
    let valid = loader(&data.valid, Order::Sequential, true);
    let steps = train.batches();
    let total_steps = config.steps.unwrap_or(steps * config.epochs);
    let settings = StageSettings {
        name: PRETRAIN,
        epochs: total_steps.div_ceil(steps.max(1)),
        optimizer: config.optimizer.clone(),
        steps,
        total_steps,
        schedule: Schedule::new(
            &config.schedule,
            config.optimizer.learning_rate,
            total_steps,
        ),
        gradient_clip: config.gradient_clip,
        early_stopping: None,
        average: None,
        select: Select::Loss,
        metrics: vec![LiveMetric::loss("loss", "Loss")],
    };
    let trainee = LanguageTrainee { network: model };
    let (trainee, history) = train_stage(trainee, train, valid, settings, run)?;
    Ok((trainee.network, history))
}
