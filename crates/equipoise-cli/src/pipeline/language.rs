//! Pretraining on texts: from a corpus to the folder of a base model.

use std::sync::{Arc, atomic::AtomicBool};

use equipoise_core::StageHistory;
use equipoise_data::{Corpus, CorpusReport, read_corpus};
use equipoise_models::{MaskedLanguageModel, bert::TextBase};
use equipoise_tensor::{Device, DeviceName};
use equipoise_train::{
    LanguageData, Masking, PackedTexts, Run, derive_seed, pretrain::PRETRAIN, pretrain_language,
};
use serde::{Deserialize, Serialize};

use super::{
    RunFolder,
    base::BASE,
    job::{fingerprint, out_folder},
    model::history_json,
    record::read_json,
    texts::{digest, told},
    timing::{Clock, Timing},
};
use crate::{
    args::RunArgs, config::LanguageConfig, context::Context, error::CliError, interrupt,
    logging::LogFileGuard, output::print,
};

/// What came out of pretraining, without clock, host or path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageRecord {
    schema: LanguageSchema,
    title: String,
    seed: u64,
    device: String,
    /// The digest of the corpus.
    corpus_sha256: String,
    /// The number of tokens that a window has.
    window: usize,
    /// The number of tokens of an epoch, those that separate texts included.
    train_tokens: usize,
    /// The number of tokens that are held out.
    valid_tokens: usize,
    /// The epochs that were run.
    epochs: usize,
    /// The epoch that was kept, from 1.
    best_epoch: usize,
    /// The mean loss over the hidden tokens of the held-out texts in that epoch.
    loss: Option<f64>,
    /// Its exponential.
    perplexity: Option<f64>,
}

/// The version of the format of a [`LanguageRecord`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum LanguageSchema {
    #[serde(rename = "equipoise.pretraining/1")]
    V1,
}

/// Pretrains the model of a configuration, and prints what was read, what was done to it, and what
/// came out.
///
/// # Errors
///
/// When the corpus or the base model are not legal, when the folder belongs to another run, when
/// training fails or is interrupted, or when a result cannot be written.
pub(crate) fn pretrain_on_texts(
    config: &LanguageConfig,
    args: &RunArgs,
    context: &Context<'_>,
) -> Result<(), CliError> {
    let text = config.to_toml()?;
    let folder = RunFolder::open(&out_folder(args), &text)?;
    if folder.is_finished() {
        folder.clear_checkpoints()?;
        tracing::info!("this run is finished; name another folder with `--out` for a new one");
        return show(&folder);
    }
    let mut job = LanguageJob::open(config, context, folder)?;
    let corpus = job.measure("corpus", |_| {
        let seed = derive_seed(config.seed(), PRETRAIN, 0, "corpus");
        Ok(read_corpus(config.corpus(), seed)?)
    })?;
    let base = job.measure("tokenizer", |_| {
        Ok(TextBase::open(config.model(), corpus.train())?)
    })?;
    let data = job.measure("windows", |job| windows(job, &corpus, &base))?;
    let run = job.run(&fingerprint(
        &text,
        corpus.sha256(),
        &job.device_name,
        Some(&digest(config.model())?),
        &config.corpus().word_lists(),
    )?);
    let record = LanguageRecord {
        schema: LanguageSchema::V1,
        title: config.title().to_owned(),
        seed: config.seed(),
        device: job.device_name.to_string(),
        corpus_sha256: corpus.sha256().to_owned(),
        window: base.windows.window,
        train_tokens: data.train.tokens(),
        valid_tokens: data.valid.tokens(),
        epochs: 0,
        best_epoch: 0,
        loss: None,
        perplexity: None,
    };
    drop(corpus);
    let (model, history) = job.measure(PRETRAIN, |job| {
        let _pause = context
            .draws_training()
            .then(|| context.logging().pause_terminal());
        train(job, &base, &data, &run)
    })?;
    let models = job.folder.model(BASE);
    base.save_pretrained(&model, &models)?;
    let (name, bytes) = history_json(BASE, vec![history.clone()])?;
    job.folder.write(name, &bytes)?;
    job.folder.write("timing.json", &job.timing.to_json()?)?;
    let mut record = serde_json::to_vec_pretty(&record.with(&history))
        .map_err(CliError::encode("the record of the run"))?;
    record.push(b'\n');
    job.folder.finish(&record)?;
    show(&job.folder)
}

impl LanguageRecord {
    /// The record with what training gave.
    fn with(self, history: &StageHistory) -> Self {
        let kept = history
            .epochs
            .iter()
            .find(|record| record.epoch == history.best_epoch);
        let valid = |name: &str| kept.and_then(|epoch| epoch.valid.get(name).copied());
        Self {
            epochs: history.epochs.len(),
            best_epoch: history.best_epoch,
            loss: valid("loss"),
            perplexity: valid("perplexity"),
            ..self
        }
    }
}

/// What all steps share.
struct LanguageJob<'a> {
    config: &'a LanguageConfig,
    context: &'a Context<'a>,
    folder: RunFolder,
    device: Device,
    /// The device, with `auto` resolved.
    device_name: DeviceName,
    interrupted: Arc<AtomicBool>,
    timing: Timing,
    _log: LogFileGuard,
}

impl<'a> LanguageJob<'a> {
    fn open(
        config: &'a LanguageConfig,
        context: &'a Context<'a>,
        folder: RunFolder,
    ) -> Result<Self, CliError> {
        let log = context.logging().also_to(&folder.path("log.jsonl"))?;
        let device_name = config.device().clone().resolve()?;
        Ok(Self {
            config,
            context,
            device: equipoise_tensor::open_device(&device_name)?,
            device_name,
            interrupted: interrupt::catch()?,
            timing: Timing::default(),
            folder,
            _log: log,
        })
    }

    fn run(&self, fingerprint: &str) -> Run {
        Run {
            seed: self.config.seed(),
            device: self.device.clone(),
            checkpoints: self.folder.checkpoints(BASE),
            fingerprint: fingerprint.to_owned(),
            interrupted: Arc::clone(&self.interrupted),
            terminal: self.context.draws_training(),
            label: BASE.to_owned(),
            events: Some(self.folder.path("events")),
        }
    }

    /// Takes the time of a step.
    fn measure<T>(
        &mut self,
        step: &str,
        work: impl FnOnce(&Self) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        if self.interrupted.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(CliError::Interrupted {
                step: step.to_owned(),
            });
        }
        let _span = tracing::info_span!("step", name = step).entered();
        let clock = Clock::start();
        let result = work(self);
        self.timing.note(step, clock);
        result
    }
}

/// Balances, swaps, cuts into tokens and packs; writes what was done.
fn windows(
    job: &LanguageJob<'_>,
    corpus: &Corpus,
    base: &TextBase,
) -> Result<LanguageData, CliError> {
    let (texts, report) = corpus.rebalance()?;
    let bytes =
        serde_json::to_vec_pretty(&report).map_err(CliError::encode("the report of the corpus"))?;
    job.folder.write("corpus.json", &bytes)?;
    let packed = |texts: &[String]| -> Result<PackedTexts, CliError> {
        let windows = base.tokenizer.pack(texts, base.windows.window);
        Ok(windows.map_err(equipoise_models::Error::from)?.into())
    };
    let data = LanguageData {
        train: packed(&texts)?,
        valid: packed(corpus.valid())?,
        padding: base.config.pad,
    };
    tracing::info!(
        "corpus: {} tokens of {} documents to learn from, {} of {} held out, in windows of {}",
        data.train.tokens(),
        texts.len(),
        data.valid.tokens(),
        corpus.valid().len(),
        base.windows.window
    );
    Ok(data)
}

fn train(
    job: &LanguageJob<'_>,
    base: &TextBase,
    data: &LanguageData,
    run: &Run,
) -> Result<(MaskedLanguageModel, StageHistory), CliError> {
    let settings = job.config.pretrain();
    let masking = Masking::new(
        &base.tokenizer,
        settings.mask_rate,
        settings.whole_words.unwrap_or(true),
    )?;
    job.device
        .seed(derive_seed(run.seed, PRETRAIN, 0, "weights"));
    let model = told(base.masked_language_model(&job.device)?);
    Ok(pretrain_language(model, data, &masking, settings, run)?)
}

/// Prints what a finished folder holds.
fn show(folder: &RunFolder) -> Result<(), CliError> {
    let report: CorpusReport = read_json(&folder.path("corpus.json"))?;
    let record: LanguageRecord = read_json(&folder.path("run.json"))?;
    let perplexity = record
        .perplexity
        .map_or("-".to_owned(), |value| format!("{value:.1}"));
    print(&format!(
        "{report}\nPerplexity on held-out texts: {perplexity} after epoch {} of {}\nBase model: {}\n",
        record.best_epoch,
        record.epochs,
        folder.model(BASE).display()
    ))
}
