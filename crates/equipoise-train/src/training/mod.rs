//! The loop: burn-train's events, metrics and terminal around steps that can be resumed.
//!
//! burn-train's own loop keeps its optimizer to itself, saves three files that are no
//! transaction, panics where one cannot be written, and does not restore what early stopping
//! knew. It lets a strategy of one's own take its place
//! ([`SupervisedLearningStrategy`](burn_train::SupervisedLearningStrategy)), with its event processor, metrics, renderer and interrupter; that is what this module does
//! (see `docs/adr/0002-resumable-training.md`).

mod epoch_line;
mod events;
mod resumable;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
};

use burn::{
    data::{
        dataloader::{DataLoader, batcher::Batcher},
        dataset::Dataset,
    },
    optim::AdamWConfig,
    tensor::Device,
};
use burn_train::{
    Interrupter, Learner, SupervisedTraining, TrainingStrategy, logger::InMemoryMetricLogger,
    renderer::default_renderer,
};
use equipoise_core::{Example, StageHistory, TabularRow};
use equipoise_tensor::{Batch, TabularInputs};

use self::resumable::Resumable;
use crate::{
    Error,
    checkpoint::{Checkpoints, State},
    config::{AverageConfig, EarlyStoppingConfig, OptimizerConfig, Select},
    live::LiveMetric,
    loader::EpochLoader,
    schedule::Schedule,
    silent_renderer::SilentRenderer,
    stage::Stage,
};

/// What every stage of a run shares.
#[derive(Debug, Clone)]
pub struct Run {
    /// The seed from which all randomness of training is derived.
    pub seed: u64,
    /// The device, without autodiff.
    pub device: Device,
    /// The folder for the checkpoints of the model; each stage has a folder in it.
    pub checkpoints: PathBuf,
    /// Everything that the weights depend on (settings, data, seed) in one text, so that a
    /// checkpoint of another run is not taken up.
    pub fingerprint: String,
    /// Set from outside to end training after the current step.
    pub interrupted: Arc<AtomicBool>,
    /// Whether burn-train's terminal interface is shown.
    pub terminal: bool,
    /// The name of the model, for people and for the folder of its event files.
    pub label: String,
    /// The folder for TensorBoard's event files; none are written without one.
    pub events: Option<PathBuf>,
}

/// The rows of a stage, and how they become batches. Copies share the rows.
///
/// `X` is what the model sees of a batch, and `R` what there is of a row; both are those of tables
/// unless the type says otherwise.
pub struct TrainingData<X = TabularInputs, R = TabularRow> {
    /// The training part.
    pub train: Arc<dyn Dataset<Example<R>>>,
    /// The validation part.
    pub valid: Arc<dyn Dataset<Example<R>>>,
    /// Puts rows into one batch.
    pub batcher: Arc<dyn Batcher<Example<R>, Batch<X>>>,
    /// How long a row is, where a batch is as wide as its longest row: rows of like length then
    /// come together.
    pub length: Option<fn(&R) -> usize>,
}

impl<X, R> Clone for TrainingData<X, R> {
    fn clone(&self) -> Self {
        Self {
            train: Arc::clone(&self.train),
            valid: Arc::clone(&self.valid),
            batcher: Arc::clone(&self.batcher),
            length: self.length,
        }
    }
}

impl<X, R> std::fmt::Debug for TrainingData<X, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrainingData")
            .field("train", &self.train.len())
            .field("valid", &self.valid.len())
            .finish_non_exhaustive()
    }
}

/// The settings of one stage.
#[derive(Debug, Clone)]
pub(crate) struct StageSettings {
    pub(crate) name: &'static str,
    pub(crate) epochs: usize,
    pub(crate) optimizer: OptimizerConfig,
    /// The steps of an epoch.
    pub(crate) steps: usize,
    /// All steps; the last epoch may be cut short by it.
    pub(crate) total_steps: usize,
    pub(crate) schedule: Schedule,
    pub(crate) gradient_clip: Option<f64>,
    pub(crate) early_stopping: Option<EarlyStoppingConfig>,
    pub(crate) average: Option<AverageConfig>,
    pub(crate) select: Select,
    pub(crate) metrics: Vec<LiveMetric>,
}

/// Trains a stage from its newest checkpoint to its end; returns the weights of the best epoch,
/// off autodiff, and the history.
pub(crate) fn train_stage<M: Stage, R: Send + Sync + 'static>(
    model: M,
    train: EpochLoader<M::Batch, R>,
    valid: EpochLoader<M::Batch, R>,
    settings: StageSettings,
    run: &Run,
) -> Result<(M, StageHistory), Error> {
    for (part, loader) in [("training", &train), ("validation", &valid)] {
        if loader.num_items() == 0 {
            return Err(Error::NoRows { part });
        }
    }
    let checkpoints =
        Checkpoints::new(run.checkpoints.join(settings.name), run.fingerprint.clone());
    let state = checkpoints.latest()?;
    if state.epoch > 0 {
        tracing::info!(
            "{} {}: going on after epoch {}, which a checkpoint has",
            run.label,
            settings.name,
            state.epoch
        );
    }
    let name = settings.name;
    let epochs = settings.epochs;
    let finished = |state: &State| state.stopped_early || state.epoch >= epochs;
    if finished(&state) {
        return finish(model, &checkpoints, name, state);
    }

    let interrupter = Interrupter::new();
    let renderer = if run.terminal {
        default_renderer(
            interrupter.clone(),
            (state.epoch > 0).then_some(state.epoch),
        )
    } else {
        Box::new(SilentRenderer)
    };
    let outcome = Arc::new(Mutex::new(None));
    let start = state.epoch;
    let strategy = Resumable {
        epoch: train.epoch(),
        settings,
        run: run.clone(),
        checkpoints,
        state: Mutex::new(Some(state)),
        outcome: Arc::clone(&outcome),
    };
    let metrics = strategy.settings.metrics.clone();
    let mut training = SupervisedTraining::new(&run.checkpoints, Arc::new(train), Arc::new(valid))
        .with_application_logger(None)
        .with_metric_logger(InMemoryMetricLogger::default())
        .with_interrupter(interrupter)
        .renderer(renderer)
        .num_epochs(epochs)
        .label(&format!("{} ({name})", run.label))
        .with_training_strategy(TrainingStrategy::Custom(Arc::new(strategy)));
    if start > 0 {
        training = training.checkpoint(start);
    }
    for metric in metrics {
        training = training
            .metric_train_numeric(metric.clone())
            .metric_valid_numeric(metric);
    }
    // The learner must have an optimizer; the strategy brings the one that is used.
    let learner = Learner::new(model.clone(), AdamWConfig::new().init(), 0.0);
    // The result is dropped first: it holds the renderer, which holds the terminal.
    drop(training.launch(learner));

    let state = outcome
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
        .unwrap_or_else(|| {
            Err(Error::Step {
                stage: name.to_owned(),
                epoch: start + 1,
                reason: "training ended without a result".to_owned(),
            })
        })?;
    let checkpoints = Checkpoints::new(run.checkpoints.join(name), run.fingerprint.clone());
    finish(model, &checkpoints, name, state)
}

fn finish<M: Stage>(
    model: M,
    checkpoints: &Checkpoints,
    stage: &str,
    state: State,
) -> Result<(M, StageHistory), Error> {
    let model = model.load_record(checkpoints.judged(state.best_epoch)?);
    let history = StageHistory {
        stage: stage.to_owned(),
        epochs: state.records,
        best_epoch: state.best_epoch,
        stopped_early: state.stopped_early,
    };
    Ok((model, history))
}
