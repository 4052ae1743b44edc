//! The model in training: its steps, and what is looked at in them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burn::{
    data::dataloader::{DataLoader, batcher::Batcher},
    module::Module,
    optim::GradientsParams,
    tensor::{Device, Int, Tensor},
};
use burn_train::{InferenceStep, TrainOutput, TrainStep};
use equipoise_core::{Example, Task};
use equipoise_losses::{
    JoinGradients, LossParts, LossRows, LossState, Need, TermWeight, TotalState,
};
use equipoise_metrics::GroupCube;
use equipoise_models::{HeadedModel, sum_of_squares};
use equipoise_tensor::Batch;

use super::{FINETUNE, FineTuning};
use crate::{
    Error,
    gradients::{add, norm, project_out},
    group_values::cut,
    loader::Collate,
    seeds::derive_seed,
    stage::{StepReport, StepValues, read},
};

/// A burn batcher, whatever the epoch.
pub(super) struct Plain<X, R>(pub(super) Arc<dyn Batcher<Example<R>, Batch<X>>>);

impl<X, R> Collate<Batch<X>, R> for Plain<X, R> {
    fn collate(&self, rows: Vec<Example<R>>, _epoch: usize, device: &Device) -> Batch<X> {
        self.0.batch(rows, device)
    }
}

/// What the model is trained to do; `X` is what it sees of a batch.
pub(super) struct Objective<X> {
    pub(super) goal: FineTuning,
    pub(super) device: Device,
    pub(super) seed: u64,
    /// The training part in its order, for what is measured on it when an epoch ends.
    pub(super) train: Arc<dyn DataLoader<Batch<X>>>,
    /// What the losses and their weights remember. burn-train hands out the model by shared
    /// reference; a step has it alone.
    pub(super) memory: Mutex<TotalState>,
}

impl<X> std::fmt::Debug for Objective<X> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Objective")
            .field("goal", &self.goal)
            .finish_non_exhaustive()
    }
}

impl<X> Objective<X> {
    pub(super) fn memory(&self) -> MutexGuard<'_, TotalState> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether some fairness loss reads something that not every training has.
    pub(super) fn needs(&self, need: Need) -> bool {
        let terms = self.goal.loss.terms().iter();
        terms
            .into_iter()
            .any(|term| term.loss.needs().contains(&need))
    }
}

/// The model in training.
#[derive(Module, Debug)]
pub(super) struct Trainee<N: HeadedModel> {
    pub(super) network: N,
    #[module(skip)]
    pub(super) objective: Arc<Objective<N::Inputs>>,
}

impl<N: HeadedModel> Trainee<N> {
    /// The outputs of a batch with all that its loss reads.
    fn rows(&self, batch: &Batch<N::Inputs>) -> Result<LossRows, equipoise_losses::Error> {
        let (outputs, representation) = self
            .network
            .forward_with_representation(batch.inputs.clone());
        let mut rows = self.rows_of(outputs, batch, Some(representation))?;
        if self.objective.needs(Need::CounterfactualOutputs) {
            // The second pass has a dropout of its own: the texts differ in length, and so do the
            // masks.
            rows.extras.counterfactual_outputs = (batch.counterfactual.clone())
                .map(|inputs| self.network.forward_with_representation(inputs).0);
        }
        Ok(rows)
    }

    pub(super) fn rows_of<X>(
        &self,
        outputs: Tensor<2>,
        batch: &Batch<X>,
        representation: Option<Tensor<2>>,
    ) -> Result<LossRows, equipoise_losses::Error> {
        let loss = &self.objective.goal.loss;
        let squares = (loss.l2() > 0.0).then(|| sum_of_squares(&self.network, &outputs.device()));
        let mut rows = loss.rows(outputs, batch, squares)?;
        rows.extras.representation =
            representation.filter(|_| self.objective.needs(Need::Representation));
        Ok(rows)
    }

    /// The parts of a loss that there are, by name.
    pub(super) fn losses(&self, parts: &LossParts) -> Result<Vec<(&'static str, f64)>, String> {
        let loss = &self.objective.goal.loss;
        [
            ("loss", &parts.total, true),
            ("task_loss", &parts.task, true),
            ("fairness_loss", &parts.fairness, !loss.terms().is_empty()),
            ("l2", &parts.l2, loss.l2() > 0.0),
        ]
        .into_iter()
        .filter(|(_, _, is_there)| *is_there)
        .map(|(name, loss, _)| Ok((name, read(loss.clone())?)))
        .collect()
    }

    fn report(
        &self,
        rows: LossRows,
        parts: &LossParts,
        batch: &Batch<N::Inputs>,
    ) -> Result<StepReport, String> {
        let representation = rows.extras.representation.map(floats).transpose()?;
        let counterfactual = rows.extras.counterfactual_outputs.map(floats).transpose()?;
        Ok(StepReport::new(StepValues {
            rows: batch.len(),
            losses: self.losses(parts)?,
            cube: self.count(&rows.outputs, batch)?,
            outputs: floats(rows.outputs)?,
            representation: representation.unwrap_or_default(),
            counterfactual_outputs: counterfactual.unwrap_or_default(),
            targets: floats(batch.targets.clone())?,
            groups: ints(batch.groups.clone())?,
            group_values: (batch.group_values.clone().map(floats).transpose()?).unwrap_or_default(),
            memberships: (batch.memberships.clone().map(floats).transpose()?).unwrap_or_default(),
            weights: floats(batch.weights.clone())?,
            failure: None,
        }))
    }

    /// The rows of a batch by group, label and decision, where there are two classes.
    fn count(
        &self,
        outputs: &Tensor<2>,
        batch: &Batch<N::Inputs>,
    ) -> Result<Option<GroupCube>, String> {
        let goal = &self.objective.goal;
        if !matches!(goal.task, Task::Binary { .. }) {
            return Ok(None);
        }
        let mut cube = GroupCube::empty(goal.groups.clone());
        cube.update_tensors(
            batch.groups.clone(),
            batch.targets.clone().greater_equal_scalar(0.5),
            outputs
                .clone()
                .reshape([batch.len()])
                .greater_equal_scalar(cut(goal.threshold)),
        )
        .map_err(|error| error.to_string())?;
        Ok(Some(cube))
    }

    /// The gradients of a loss for the weights that move.
    fn gradients(&self, loss: &Tensor<1>) -> GradientsParams {
        GradientsParams::from_grads(loss.backward(), self)
    }

    /// The gradients of a training step, and its report.
    fn learn(&self, batch: &Batch<N::Inputs>) -> Result<(GradientsParams, StepReport), String> {
        let failed = |error: equipoise_losses::Error| error.to_string();
        let loss = &self.objective.goal.loss;
        let apart: Vec<usize> = (0..loss.terms().len())
            .filter(|&term| loss.terms()[term].is_apart())
            .collect();
        let mut memory = self.objective.memory();
        let before = memory.terms.clone();
        if !apart.is_empty() {
            self.draw_dropout_anew(&memory);
        }
        let rows = self.rows(batch).map_err(failed)?;
        let parts = loss.step(&rows, &mut memory).map_err(failed)?;
        let report = self.report(rows, &parts, batch)?;
        let mut gradients = self.gradients(&parts.together);
        for term in apart {
            let state = before.get(term).cloned().unwrap_or_default();
            self.join_apart(term, &state, batch, &mut memory, &mut gradients)?;
        }
        Ok((gradients, report))
    }

    /// Adds the gradient of a term that is apart. burn has one backward pass for a forward pass,
    /// so the network runs again, with the same dropout.
    fn join_apart(
        &self,
        term: usize,
        state: &LossState,
        batch: &Batch<N::Inputs>,
        memory: &mut TotalState,
        gradients: &mut GradientsParams,
    ) -> Result<(), String> {
        let failed = |error: equipoise_losses::Error| error.to_string();
        let loss = &self.objective.goal.loss;
        self.draw_dropout_anew(memory);
        let rows = self.rows(batch).map_err(failed)?;
        let value = loss.step_term(term, &rows, state).map_err(failed)?;
        let fairness = self.gradients(&value);
        let progress = memory.pace.progress();
        let (Some(term), Some(lambda)) = (loss.terms().get(term), memory.lambdas.get_mut(term))
        else {
            return Ok(());
        };
        lambda.observe_norms(&term.lambda, norm(self, gradients), norm(self, &fairness));
        if term.gradients == JoinGradients::Projection {
            project_out(self, gradients, &fairness);
        }
        if let TermWeight::Value(weight) = lambda.weight(&term.lambda, progress)
            && weight > 0.0
        {
            add(self, gradients, weight, &fairness);
        }
        Ok(())
    }

    /// Starts the random numbers of a step at their beginning: the forward passes of one step
    /// drop the same values.
    fn draw_dropout_anew(&self, memory: &TotalState) {
        let seed = derive_seed(self.objective.seed, FINETUNE, memory.pace.step, "dropout");
        self.objective.device.seed(seed);
    }

    /// What all rows of the training part give, in their order, with dropout off.
    pub(super) fn judge_train(&self) -> Result<Vec<StepReport>, Error> {
        let failed = |reason: String| Error::Step {
            stage: FINETUNE.to_owned(),
            epoch: 1,
            reason,
        };
        let model = self.valid();
        self.objective
            .train
            .iter()
            .map(|batch| {
                let batch = batch.map_err(|error| failed(error.to_string()))?;
                model.judge(&batch).map_err(failed)
            })
            .collect()
    }

    /// What a batch gives, without learning from it.
    fn judge(&self, batch: &Batch<N::Inputs>) -> Result<StepReport, String> {
        let failed = |error: equipoise_losses::Error| error.to_string();
        let rows = self.rows(batch).map_err(failed)?;
        let parts = (self.objective.goal.loss)
            .evaluate(&rows, &self.objective.memory())
            .map_err(failed)?;
        self.report(rows, &parts, batch)
    }
}

/// A report that says why there is nothing to report.
fn failure(rows: usize, reason: String) -> StepReport {
    StepReport::new(StepValues {
        rows,
        failure: Some(reason),
        ..StepValues::default()
    })
}

fn floats<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, String> {
    tensor
        .try_into_data()
        .map_err(|error| error.to_string())?
        .convert::<f32>()
        .try_into_vec()
        .map_err(|error| error.to_string())
}

fn ints<const D: usize>(tensor: Tensor<D, Int>) -> Result<Vec<u32>, String> {
    tensor
        .try_into_data()
        .map_err(|error| error.to_string())?
        .convert::<u32>()
        .try_into_vec()
        .map_err(|error| error.to_string())
}

impl<N: HeadedModel> TrainStep for Trainee<N> {
    type Input = Batch<N::Inputs>;
    type Output = StepReport;

    fn step(&self, batch: Batch<N::Inputs>) -> TrainOutput<StepReport> {
        let (grads, item) = self
            .learn(&batch)
            .unwrap_or_else(|reason| (GradientsParams::new(), failure(batch.len(), reason)));
        TrainOutput { grads, item }
    }
}

impl<N: HeadedModel> InferenceStep for Trainee<N> {
    type Input = Batch<N::Inputs>;
    type Output = StepReport;

    fn step(&self, batch: Batch<N::Inputs>) -> StepReport {
        self.judge(&batch)
            .unwrap_or_else(|reason| failure(batch.len(), reason))
    }
}
