//! Epoch after epoch, from the newest checkpoint to the last.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use burn::{data::dataloader::DataLoader, optim::ModuleOptimizer};
use burn_train::{
    InferenceStep, Interrupter, Learner, SupervisedLearningStrategy,
    SupervisedTrainingEventProcessor, TrainLoader, TrainStep, TrainingComponents, TrainingItem,
    ValidLoader,
};
use equipoise_core::EpochRecord;
use equipoise_losses::Pace;

use super::{
    Run, StageSettings,
    epoch_line::{EpochLine, Values},
    events::{Events, Part},
};
use crate::{
    Error,
    average::Average,
    checkpoint::{Checkpoints, Records, State},
    clip::clip_gradients,
    layer_rates::LayerRates,
    optimizer::build_optimizer,
    seeds::derive_seed,
    stage::{Stage, StepReport, mean_losses},
    tensorboard::EventWriter,
};

/// burn-train's loop, replaced by one that a checkpoint can enter at any epoch.
pub(super) struct Resumable {
    pub(super) settings: StageSettings,
    pub(super) run: Run,
    pub(super) checkpoints: Checkpoints,
    /// The epoch that the training loader stands at.
    pub(super) epoch: Arc<AtomicUsize>,
    pub(super) state: Mutex<Option<State>>,
    pub(super) outcome: Arc<Mutex<Option<Result<State, Error>>>>,
}

/// What moves with the weights in a step.
struct Moving<'a, M> {
    optimizer: &'a mut ModuleOptimizer,
    rates: &'a LayerRates,
    average: Option<&'a mut Average<M>>,
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
        let mut averaged = model.clone();
        if state.epoch > 0 {
            // Of weights that are not averaged, these are the weights themselves.
            averaged = averaged.load_record(self.checkpoints.judged(state.epoch)?);
            model = model.load_record(self.checkpoints.model(state.epoch)?);
            optimizer = optimizer.load_record(self.checkpoints.optimizer(state.epoch)?);
        }
        model.recall(state.memory.clone());
        // Parameters start to be tracked here; a fork alone does not do that.
        let mut model = model.train();
        let rates = LayerRates::new(&model, self.settings.optimizer.layer_decay);
        let mut average = self
            .settings
            .average
            .map(|config| Average::new(config, averaged));
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
            let mut moving = Moving {
                optimizer: &mut optimizer,
                rates: &rates,
                average: average.as_mut(),
            };
            let (moved, reports) = self.pass(model, &mut moving, &*train, epoch, events)?;
            model = moved;
            events.end(Part::Train, epoch);
            events.start(Part::Valid, epoch, valid.num_items());
            let candidate = match &average {
                Some(average) => average.model.valid(),
                None => model.valid(),
            };
            let judged = self.validate(&candidate, &*valid, epoch, events)?;
            events.end(Part::Valid, epoch);
            events.end_epoch(epoch);

            let last_step = (epoch * self.settings.steps).min(self.settings.total_steps);
            let mut trained = mean_losses(&reports);
            trained.extend(model.watched());
            let record = EpochRecord {
                epoch,
                learning_rate: self.settings.schedule.rate(last_step.saturating_sub(1)),
                lambda: model.lambda(),
                train: trained,
                valid: judged,
            };
            state.memory = model.memory();
            if let Some(board) = &mut board {
                board.epoch(&record)?;
            }
            self.note(&mut state, record)?;
            self.checkpoints.save(
                &state,
                Records {
                    model: model.clone().into_record(),
                    average: average
                        .as_ref()
                        .map(|average| average.model.clone().into_record()),
                    optimizer: optimizer.to_record(),
                },
            )?;
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
        moving: &mut Moving<'_, M>,
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
            if first_step + step == self.settings.total_steps {
                break;
            }
            let batch = batch.map_err(|error| self.failed(epoch, error))?;
            let rate = self.settings.schedule.rate(first_step + step);
            model.set_pace(Pace {
                step: first_step + step,
                steps: self.settings.total_steps,
                epoch_steps: self.settings.steps,
            });
            step += 1;
            let mut output = TrainStep::step(&model, batch);
            self.check(&output.item, epoch, step)?;
            if let Some(limit) = self.settings.gradient_clip {
                let norm = clip_gradients(&model, &mut output.grads, limit);
                self.finite("norm of the gradients", norm, epoch, step)?;
            }
            model = moving
                .optimizer
                .step(moving.rates.at(rate), model, output.grads);
            if let Some(average) = &mut moving.average {
                average.take_in(&model, first_step + step - 1);
            }
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
