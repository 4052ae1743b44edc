//! The loop: burn-train's events, metrics and terminal around steps that can be resumed.
//!
//! burn-train's own loop keeps its optimizer to itself, saves three files that are no
//! transaction, panics where one cannot be written, and does not restore what early stopping
//! knew. It lets a strategy of one's own take its place ([`SupervisedLearningStrategy`]), with
//! its event processor, metrics, renderer and interrupter; that is what this module does
//! (see `docs/adr/0002-resumable-training.md`).

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use burn::{
    data::{
        dataloader::{DataLoader, batcher::Batcher},
        dataset::Dataset,
    },
    optim::{AdamWConfig, ModuleOptimizer},
    tensor::Device,
};
use burn_train::{
    EventProcessorTraining, InferenceStep, Interrupter, Learner, LearnerEvent,
    SupervisedLearningStrategy, SupervisedTraining, SupervisedTrainingEventProcessor, TrainLoader,
    TrainStep, TrainingComponents, TrainingItem, TrainingStrategy, ValidLoader,
    logger::InMemoryMetricLogger, renderer::default_renderer,
};
use equipoise_core::{EpochRecord, Example, StageHistory};
use equipoise_tensor::TabularBatch;

use crate::{
    Error,
    checkpoint::{Checkpoints, State},
    clip::clip_gradients,
    config::{EarlyStoppingConfig, OptimizerConfig, OptimizerKind, Select},
    live::LiveMetric,
    loader::EpochLoader,
    schedule::Schedule,
    seeds::derive_seed,
    silent_renderer::SilentRenderer,
    stage::{Stage, StepReport, mean_losses},
    tensorboard::EventWriter,
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
#[derive(Clone)]
pub struct TrainingData {
    /// The training part.
    pub train: Arc<dyn Dataset<Example>>,
    /// The validation part.
    pub valid: Arc<dyn Dataset<Example>>,
    /// Puts rows into one batch.
    pub batcher: Arc<dyn Batcher<Example, TabularBatch>>,
}

impl std::fmt::Debug for TrainingData {
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
    pub(crate) schedule: Schedule,
    pub(crate) gradient_clip: Option<f64>,
    pub(crate) early_stopping: Option<EarlyStoppingConfig>,
    pub(crate) select: Select,
    pub(crate) metrics: Vec<LiveMetric>,
}

/// Trains a stage from its newest checkpoint to its end; returns the weights of the best epoch,
/// off autodiff, and the history.
pub(crate) fn train_stage<M: Stage>(
    model: M,
    train: EpochLoader<M::Batch>,
    valid: EpochLoader<M::Batch>,
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
    let model = model.load_record(checkpoints.model(state.best_epoch)?);
    let history = StageHistory {
        stage: stage.to_owned(),
        epochs: state.records,
        best_epoch: state.best_epoch,
        stopped_early: state.stopped_early,
    };
    Ok((model, history))
}

struct Resumable {
    settings: StageSettings,
    run: Run,
    checkpoints: Checkpoints,
    /// The epoch that the training loader stands at.
    epoch: Arc<AtomicUsize>,
    state: Mutex<Option<State>>,
    outcome: Arc<Mutex<Option<Result<State, Error>>>>,
}

impl<M: Stage> SupervisedLearningStrategy<M> for Resumable {
    fn fit(
        &self,
        components: TrainingComponents<M>,
        learner: Learner<M>,
        train: TrainLoader<M>,
        valid: ValidLoader<M>,
        _starting_epoch: usize,
    ) -> (M, SupervisedTrainingEventProcessor<M>) {
        let mut events = Events {
            processor: components.event_processor,
            interrupter: components.interrupter,
        };
        let outcome = self.train(learner.model(), &train, &valid, &mut events);
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        // The weights are read from the best checkpoint, whichever process wrote it.
        (learner.model(), events.processor)
    }
}

impl Resumable {
    fn train<M: Stage>(
        &self,
        model: M,
        train: &TrainLoader<M>,
        valid: &ValidLoader<M>,
        events: &mut Events<M>,
    ) -> Result<State, Error> {
        let Some(mut state) = self
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        else {
            return Err(self.failed(1, "training was started twice"));
        };
        let device = self.run.device.clone().autodiff();
        let train = train.to_device(&device);
        let valid = valid.to_device(&self.run.device);
        let mut model = model.fork(&self.run.device);
        let mut optimizer = build_optimizer(&self.settings.optimizer);
        if state.epoch > 0 {
            model = model.load_record(self.checkpoints.model(state.epoch)?);
            optimizer = optimizer.load_record(self.checkpoints.optimizer(state.epoch)?);
        }
        // Parameters start to be tracked here; a fork alone does not do that.
        let mut model = model.train();
        let mut board = self.event_writer()?;
        while state.epoch < self.settings.epochs && !state.stopped_early {
            let epoch = state.epoch + 1;
            // burn-flex has one random generator for the process: what dropout draws in this
            // epoch must not depend on what was drawn before.
            self.run.device.seed(derive_seed(
                self.run.seed,
                self.settings.name,
                epoch,
                "device",
            ));
            self.epoch.store(epoch, Ordering::Relaxed);

            events.start(Part::Train, epoch, train.num_items());
            let (moved, reports) = self.pass(model, &mut optimizer, &*train, epoch, events)?;
            model = moved;
            events.end(Part::Train, epoch);
            events.start(Part::Valid, epoch, valid.num_items());
            let judged = self.validate(&model.valid(), &*valid, epoch, events)?;
            events.end(Part::Valid, epoch);
            events.end_epoch(epoch);

            let record = EpochRecord {
                epoch,
                learning_rate: self
                    .settings
                    .schedule
                    .rate((epoch * self.settings.steps).saturating_sub(1)),
                lambda: model.lambda(),
                train: mean_losses(&reports),
                valid: judged,
            };
            if let Some(board) = &mut board {
                board.epoch(&record)?;
            }
            self.note(&mut state, record)?;
            self.checkpoints
                .save(&state, model.clone().into_record(), optimizer.to_record())?;
        }
        Ok(state)
    }

    fn event_writer(&self) -> Result<Option<EventWriter>, Error> {
        self.run
            .events
            .as_ref()
            .map(|folder| {
                EventWriter::create(&folder.join(&self.run.label).join(self.settings.name))
            })
            .transpose()
    }

    /// One pass over the training part.
    fn pass<M: Stage>(
        &self,
        mut model: M,
        optimizer: &mut ModuleOptimizer,
        train: &dyn DataLoader<M::Batch>,
        epoch: usize,
        events: &mut Events<M>,
    ) -> Result<(M, Vec<StepReport>), Error> {
        let mut batches = train.iter();
        let mut reports = Vec::new();
        let first_step = (epoch - 1) * self.settings.steps;
        let mut step = 0;
        while let Some(batch) = batches.next() {
            self.stop_if_asked(epoch, &events.interrupter)?;
            let batch = batch.map_err(|error| self.failed(epoch, error))?;
            let rate = self.settings.schedule.rate(first_step + step);
            step += 1;
            let mut output = TrainStep::step(&model, batch);
            self.check(&output.item, epoch, step)?;
            if let Some(limit) = self.settings.gradient_clip {
                let norm = clip_gradients(&model, &mut output.grads, limit);
                self.finite("norm of the gradients", norm, epoch, step)?;
            }
            model = optimizer.step(rate, model, output.grads);
            reports.push(output.item.clone());
            events.train_item(TrainingItem::new(
                output.item,
                batches.progress(),
                Some(step),
                Some(rate.into()),
            ));
        }
        Ok((model, reports))
    }

    /// One pass over the validation part, with weights off autodiff and dropout off.
    fn validate<M: Stage>(
        &self,
        model: &M,
        valid: &dyn DataLoader<M::Batch>,
        epoch: usize,
        events: &mut Events<M>,
    ) -> Result<BTreeMap<String, f64>, Error> {
        let mut batches = valid.iter();
        let mut reports = Vec::new();
        while let Some(batch) = batches.next() {
            self.stop_if_asked(epoch, &events.interrupter)?;
            let batch = batch.map_err(|error| self.failed(epoch, error))?;
            let report = InferenceStep::step(model, batch);
            self.check(&report, epoch, reports.len() + 1)?;
            reports.push(report.clone());
            events.valid_item(TrainingItem::new(
                report,
                batches.progress(),
                Some(reports.len()),
                None,
            ));
        }
        let values = model.validate(&reports)?;
        for (name, value) in &values {
            self.finite(
                &format!("validation value `{name}`"),
                *value,
                epoch,
                reports.len(),
            )?;
        }
        Ok(values)
    }

    /// Takes an epoch into the state: is it the best, and was it the last?
    fn note(&self, state: &mut State, record: EpochRecord) -> Result<(), Error> {
        let epoch = record.epoch;
        let key = self.settings.select.key();
        let Some(&value) = record.valid.get(key) else {
            return Err(self.failed(
                epoch,
                format!("`{key}` was to choose the epoch and could not be estimated"),
            ));
        };
        let best = state
            .best_value
            .is_none_or(|best| self.settings.select.is_better(value, best));
        if best {
            state.best_value = Some(value);
            state.best_epoch = epoch;
        }
        state.stopped_early = epoch < self.settings.epochs
            && self
                .settings
                .early_stopping
                .is_some_and(|rule| epoch - state.best_epoch >= rule.patience);
        state.epoch = epoch;
        tracing::info!(
            "{} {} {epoch}/{}: {}{}",
            self.run.label,
            self.settings.name,
            self.settings.epochs,
            EpochLine(&record),
            if best { ", best so far" } else { "" },
        );
        tracing::debug!(
            model = self.run.label,
            stage = self.settings.name,
            epoch,
            train = %Values(&record.train),
            valid = %Values(&record.valid),
            "all values of the epoch"
        );
        state.records.push(record);
        Ok(())
    }

    fn check(&self, report: &StepReport, epoch: usize, step: usize) -> Result<(), Error> {
        if let Some(reason) = &report.failure {
            return Err(self.failed(epoch, reason));
        }
        for (name, value) in &report.losses {
            self.finite(name, *value, epoch, step)?;
        }
        Ok(())
    }

    fn finite(&self, what: &str, value: f64, epoch: usize, step: usize) -> Result<(), Error> {
        if value.is_finite() {
            return Ok(());
        }
        Err(Error::NotFinite {
            stage: self.settings.name.to_owned(),
            epoch,
            step,
            what: what.to_owned(),
            value,
        })
    }

    fn stop_if_asked(&self, epoch: usize, interrupter: &Interrupter) -> Result<(), Error> {
        if let Some(error) = interrupter.error() {
            return Err(self.failed(epoch, error));
        }
        if interrupter.should_stop() || self.run.interrupted.load(Ordering::Relaxed) {
            return Err(Error::Interrupted {
                stage: self.settings.name.to_owned(),
                epoch,
            });
        }
        Ok(())
    }

    fn failed(&self, epoch: usize, reason: impl std::fmt::Display) -> Error {
        Error::Step {
            stage: self.settings.name.to_owned(),
            epoch,
            reason: reason.to_string(),
        }
    }
}

fn build_optimizer(config: &OptimizerConfig) -> ModuleOptimizer {
    match config.kind {
        #[expect(clippy::cast_possible_truncation, reason = "burn keeps it as f32")]
        OptimizerKind::Adamw => AdamWConfig::new()
            .with_epsilon(1e-8)
            .with_weight_decay(config.weight_decay as f32)
            .init(),
    }
}

#[derive(Clone, Copy)]
enum Part {
    Train,
    Valid,
}

/// burn-train's events. A metric that fails is recorded by the interrupter, which ends training
/// at the next step.
struct Events<M: Stage> {
    processor: SupervisedTrainingEventProcessor<M>,
    interrupter: Interrupter,
}

impl<M: Stage> Events<M> {
    fn start(&mut self, part: Part, epoch: usize, rows: usize) {
        self.event(
            part,
            LearnerEvent::StartSplit {
                epoch_number: epoch,
                total_items: rows,
            },
        );
    }

    fn end(&mut self, part: Part, epoch: usize) {
        self.event(part, LearnerEvent::EndSplit(epoch));
    }

    fn end_epoch(&mut self, epoch: usize) {
        self.event(Part::Train, LearnerEvent::EndEpoch(epoch));
    }

    fn train_item(&mut self, item: TrainingItem<StepReport>) {
        self.event(Part::Train, LearnerEvent::ProcessedItem(item));
    }

    fn valid_item(&mut self, item: TrainingItem<StepReport>) {
        self.event(Part::Valid, LearnerEvent::ProcessedItem(item));
    }

    fn event(&mut self, part: Part, event: LearnerEvent<StepReport>) {
        self.interrupter.fail_on_error(match part {
            Part::Train => self.processor.process_train(event),
            Part::Valid => self.processor.process_valid(event),
        });
    }
}

/// What people follow from epoch to epoch, on one line.
struct EpochLine<'a>(&'a EpochRecord);

impl std::fmt::Display for EpochLine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const GAP: &str = "demographic_parity_difference/";

        let EpochRecord { train, valid, .. } = self.0;
        let show = |f: &mut std::fmt::Formatter<'_>, text: &str, value: Option<&f64>| {
            value.map_or(Ok(()), |value| write!(f, "{text}{value:.4}"))
        };
        show(f, "loss ", train.get("loss"))?;
        show(f, ", on validation ", valid.get("loss"))?;
        if self.0.lambda.is_some() {
            show(f, " (task ", valid.get("task_loss"))?;
            show(f, ", fairness ", valid.get("fairness_loss"))?;
            f.write_str(")")?;
        }
        show(f, ", accuracy ", valid.get("accuracy"))?;
        for (name, value) in valid {
            if let Some(attribute) = name.strip_prefix(GAP) {
                write!(f, ", parity gap by {attribute} {value:.4}")?;
            }
        }
        Ok(())
    }
}

/// Values by name on one line.
struct Values<'a>(&'a BTreeMap<String, f64>);

impl std::fmt::Display for Values<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (name, value)) in self.0.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{name}={value:.4}")?;
        }
        Ok(())
    }
}
