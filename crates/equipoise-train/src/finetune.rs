//! Fine-tuning: the task, and what must be equal between groups.

use std::{collections::BTreeMap, sync::Arc};

use burn::{
    data::{dataloader::batcher::Batcher, dataset::Dataset},
    module::{Module, ModuleVisitor, Param, ParamId},
    optim::GradientsParams,
    tensor::{Device, Int, Tensor, TensorData},
};
use burn_train::{InferenceStep, TrainOutput, TrainStep};
use equipoise_core::{Example, GroupSchema, StageHistory, Task};
use equipoise_losses::{LossParts, TotalLoss, TotalState};
use equipoise_models::{TabularModel, sum_of_squares};
use equipoise_tensor::TabularBatch;

use crate::{
    Error,
    config::{FineTuneConfig, Select, Strategy},
    group_values::{accuracy, cut, group_values},
    live::LiveMetric,
    loader::{Collate, EpochLoader, Order},
    schedule::Schedule,
    stage::{Stage, StepReport, StepValues, read},
    training::{Run, StageSettings, TrainingData, train_stage},
};

/// The name of the stage in folders, histories and seeds.
pub const FINETUNE: &str = "finetune";

/// How the names of the parts of a head begin among the parameters of a model.
const HEAD: &str = "head";

/// What a model is fine-tuned to do.
#[derive(Debug, Clone)]
pub struct FineTuning {
    /// What is predicted.
    pub task: Task,
    /// The group attributes of the examples, in the order of their codes.
    pub groups: GroupSchema,
    /// What is made small. Its L2 factor is that of the config, see [`finetune`].
    pub loss: TotalLoss,
    /// The score from which a row of two classes counts as positive, in `[0, 1]`: for the accuracy
    /// and the rates by group that are watched. The losses do not depend on it.
    pub threshold: f64,
}

/// Fine-tunes a model.
///
/// Goes on from the newest checkpoint in `run.checkpoints`. Returns the weights of the epoch that
/// [`FineTuneConfig::select`] chooses on the validation part, off autodiff. The factor of the L2
/// term is `config.l2`.
///
/// # Errors
///
/// When a setting is not legal, a part is empty, the loss does not fit the task or the groups, a
/// loss is not finite, a checkpoint cannot be read or written, or when training is interrupted.
pub fn finetune(
    model: TabularModel,
    goal: FineTuning,
    data: &TrainingData,
    config: &FineTuneConfig,
    run: &Run,
) -> Result<(TabularModel, StageHistory), Error> {
    config.check()?;
    let loader = |dataset: &Arc<dyn Dataset<Example>>, order| {
        EpochLoader::new(
            Arc::clone(dataset),
            Arc::new(Plain(Arc::clone(&data.batcher))) as Arc<dyn Collate<TabularBatch>>,
            config.batch_size,
            order,
            run.device.clone(),
        )
    };
    let train = loader(
        &data.train,
        Order::Shuffled {
            seed: run.seed,
            stage: FINETUNE,
        },
    );
    let valid = loader(&data.valid, Order::Sequential);
    let steps = train.batches();
    let settings = StageSettings {
        name: FINETUNE,
        epochs: config.epochs,
        optimizer: config.optimizer.clone(),
        steps,
        schedule: Schedule::new(
            &config.schedule,
            config.optimizer.learning_rate,
            steps * config.epochs,
        ),
        gradient_clip: config.gradient_clip,
        early_stopping: config.early_stopping,
        select: select(config.select, &goal)?,
        metrics: live_metrics(&goal),
    };
    let objective = Objective {
        head_only: config.strategy == Strategy::Head,
        goal: FineTuning {
            loss: goal.loss.with_l2(config.l2)?,
            ..goal
        },
        device: run.device.clone(),
    };
    let stage = Trainee {
        network: model,
        objective: Arc::new(objective),
    };
    let (stage, history) = train_stage(stage, train, valid, settings, run)?;
    Ok((stage.network, history))
}

/// The value that chooses the epoch. Without a fairness loss there is none to choose by, and the
/// task loss stands in.
fn select(wanted: Select, goal: &FineTuning) -> Result<Select, Error> {
    match wanted {
        Select::FairnessLoss if goal.loss.terms().is_empty() => Ok(Select::TaskLoss),
        Select::Accuracy if matches!(goal.task, Task::Regression) => Err(Error::Setting {
            key: "finetune.select".to_owned(),
            value: "accuracy".to_owned(),
            legal: "`loss`, `task_loss` or `fairness_loss` where a number is predicted",
        }),
        other => Ok(other),
    }
}

fn live_metrics(goal: &FineTuning) -> Vec<LiveMetric> {
    let mut metrics = vec![
        LiveMetric::loss("loss", "Loss"),
        LiveMetric::loss("task_loss", "Task loss"),
    ];
    if !goal.loss.terms().is_empty() {
        metrics.push(LiveMetric::loss("fairness_loss", "Fairness loss"));
    }
    if matches!(goal.task, Task::Binary { .. }) {
        let cut = cut(goal.threshold);
        metrics.push(LiveMetric::accuracy(cut));
        let attributes = goal.groups.attributes();
        metrics.extend(attributes.iter().enumerate().map(|(position, attribute)| {
            LiveMetric::parity_gap(
                attribute.name(),
                attribute.values().len(),
                position,
                attributes.len(),
                cut,
            )
        }));
    }
    metrics
}

/// A burn batcher, whatever the epoch.
struct Plain(Arc<dyn Batcher<Example, TabularBatch>>);

impl Collate<TabularBatch> for Plain {
    fn collate(&self, rows: Vec<Example>, _epoch: usize, device: &Device) -> TabularBatch {
        self.0.batch(rows, device)
    }
}

#[derive(Debug)]
struct Objective {
    goal: FineTuning,
    /// Whether the head alone moves.
    head_only: bool,
    device: Device,
}

/// The model in training.
#[derive(Module, Debug)]
struct Trainee {
    network: TabularModel,
    #[module(skip)]
    objective: Arc<Objective>,
}

impl Trainee {
    fn evaluate(
        &self,
        outputs: Tensor<2>,
        batch: &TabularBatch,
    ) -> Result<LossParts, equipoise_losses::Error> {
        let loss = &self.objective.goal.loss;
        let squares = (loss.l2() > 0.0).then(|| sum_of_squares(&self.network, &outputs.device()));
        let rows = loss.rows(outputs, batch, squares)?;
        loss.evaluate(&rows, &TotalState::default())
    }

    /// The parts of a loss that there are, by name.
    fn losses(&self, parts: &LossParts) -> Result<Vec<(&'static str, f64)>, String> {
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

    /// The outputs and losses of a batch, and its report.
    fn forward(&self, batch: &TabularBatch) -> Result<(LossParts, StepReport), String> {
        let outputs = self
            .network
            .forward(batch.numeric.clone(), batch.categorical.clone());
        let parts = self
            .evaluate(outputs.clone(), batch)
            .map_err(|error| error.to_string())?;
        let values = StepValues {
            rows: batch.len(),
            losses: self.losses(&parts)?,
            outputs: floats(outputs)?,
            targets: floats(batch.targets.clone())?,
            groups: ints(batch.groups.clone())?,
            weights: floats(batch.weights.clone())?,
            failure: None,
        };
        Ok((parts, StepReport::new(values)))
    }

    /// All validation rows as one batch, without features: losses of groups are of all rows.
    fn whole(&self, reports: &[StepReport]) -> (Tensor<2>, TabularBatch) {
        let device = &self.objective.device;
        let rows: usize = reports.iter().map(|report| report.rows).sum();
        let join = |values: fn(&StepValues) -> &Vec<f32>| -> Vec<f32> {
            reports
                .iter()
                .flat_map(|report| values(report))
                .copied()
                .collect()
        };
        let outputs = join(|values| &values.outputs);
        let width = outputs.len() / rows.max(1);
        let groups: Vec<i64> = reports
            .iter()
            .flat_map(|report| report.groups.iter().map(|code| i64::from(*code)))
            .collect();
        let attributes = self.objective.goal.groups.attributes().len();
        let vector =
            |values: Vec<f32>| Tensor::<1>::from_data(TensorData::new(values, [rows]), device);
        let batch = TabularBatch {
            ids: vec![0; rows],
            numeric: Tensor::zeros([rows, 0], device),
            categorical: Tensor::zeros([rows, 0], device),
            targets: vector(join(|values| &values.targets)),
            groups: Tensor::from_data(TensorData::new(groups, [rows, attributes]), device),
            weights: vector(join(|values| &values.weights)),
        };
        let outputs = Tensor::from_data(TensorData::new(outputs, [rows, width]), device);
        (outputs, batch)
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

impl TrainStep for Trainee {
    type Input = TabularBatch;
    type Output = StepReport;

    fn step(&self, batch: TabularBatch) -> TrainOutput<StepReport> {
        let (parts, report) = match self.forward(&batch) {
            Ok(done) => done,
            Err(reason) => {
                return TrainOutput {
                    grads: GradientsParams::new(),
                    item: failure(batch.len(), reason),
                };
            }
        };
        let mut gradients = parts.total.backward();
        let grads = if self.objective.head_only {
            // Looked up in each step: a checkpoint brings its own numbers of parameters.
            let head = head_parameters(&self.network);
            GradientsParams::from_params(&mut gradients, self, &head)
        } else {
            GradientsParams::from_grads(gradients, self)
        };
        TrainOutput {
            grads,
            item: report,
        }
    }
}

impl InferenceStep for Trainee {
    type Input = TabularBatch;
    type Output = StepReport;

    fn step(&self, batch: TabularBatch) -> StepReport {
        self.forward(&batch)
            .map_or_else(|reason| failure(batch.len(), reason), |(_, report)| report)
    }
}

impl Stage for Trainee {
    type Batch = TabularBatch;

    fn validate(&self, reports: &[StepReport]) -> Result<BTreeMap<String, f64>, Error> {
        let (outputs, batch) = self.whole(reports);
        let parts = self.evaluate(outputs, &batch)?;
        let mut values = BTreeMap::new();
        for (name, value) in self.losses(&parts).map_err(|reason| Error::Step {
            stage: FINETUNE.to_owned(),
            epoch: 0,
            reason,
        })? {
            values.insert(name.to_owned(), value);
        }
        let goal = &self.objective.goal;
        let cut = cut(goal.threshold);
        values
            .extend(accuracy(&goal.task, cut, reports).map(|value| ("accuracy".to_owned(), value)));
        if matches!(goal.task, Task::Binary { .. }) {
            values.extend(group_values(&goal.groups, cut, reports)?);
        }
        Ok(values)
    }

    fn lambda(&self) -> Option<f64> {
        let terms = self.objective.goal.loss.terms();
        terms.first().map(|term| term.lambda.get())
    }
}

/// The parameters of a model's head.
fn head_parameters(model: &TabularModel) -> Vec<ParamId> {
    let mut visitor = HeadParameters::default();
    model.visit(&mut visitor);
    visitor.ids
}

#[derive(Default)]
struct HeadParameters {
    path: Vec<String>,
    ids: Vec<ParamId>,
}

impl ModuleVisitor for HeadParameters {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if self.path.iter().any(|name| name.starts_with(HEAD)) {
            self.ids.push(param.id);
        }
    }
}
