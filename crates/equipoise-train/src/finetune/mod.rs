//! Fine-tuning: the task, and what must be equal between groups.

mod just_train_twice;
pub mod strategy;
mod trainee;
mod validation;

use std::sync::{Arc, Mutex};

use burn::data::dataset::Dataset;
use equipoise_core::{Example, GroupSchema, StageHistory, Task};
use equipoise_losses::{LambdaConfig, TotalLoss, TotalState};
use equipoise_models::HeadedModel;
use equipoise_tensor::Batch;

use self::{
    strategy::TrainedShare,
    trainee::{Objective, Plain, Trainee},
};
use crate::{
    Error,
    config::{FineTuneConfig, Sampler, Select, Strategy},
    group_values::cut,
    live::LiveMetric,
    loader::{Collate, EpochLoader, Order},
    sampling::Sampling,
    schedule::Schedule,
    seeds::derive_seed,
    training::{Run, StageSettings, TrainingData, train_stage},
};

/// The name of the stage in folders, histories and seeds.
pub const FINETUNE: &str = "finetune";

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
    /// The positions in `groups` of the attributes by which a sampler balances; all where it is
    /// empty.
    pub balanced: Vec<usize>,
}

/// A model that was fine-tuned.
#[derive(Debug, Clone)]
pub struct FineTuned<N> {
    /// The model with the weights of the epoch that was kept, off autodiff; adapters are merged
    /// into the weights that they change.
    pub model: N,
    /// The same with the adapters beside the weights of the base model, where there are some.
    pub adapted: Option<N>,
    /// How much of the model was trained.
    pub share: TrainedShare,
    /// All epochs.
    pub history: StageHistory,
}

impl<N> FineTuned<N> {
    /// The same with models in another type.
    pub fn map<M>(self, into: impl Fn(N) -> M) -> FineTuned<M> {
        FineTuned {
            model: into(self.model),
            adapted: self.adapted.map(into),
            share: self.share,
            history: self.history,
        }
    }
}

/// Fine-tunes a model.
///
/// Goes on from the newest checkpoint in `run.checkpoints`. Returns the weights of the epoch that
/// [`FineTuneConfig::select`] chooses on the validation part. The factor of the L2 term is
/// `config.l2`. What [`FineTuneConfig::strategy`] does not move stays as it is to the bit, and no
/// gradients are computed for it; dropout acts everywhere.
///
/// # Errors
///
/// When a setting is not legal, the strategy does not fit the model, a part is empty, the loss does not fit the task or the groups, a
/// loss is not finite, a checkpoint cannot be read or written, or when training is interrupted.
pub fn finetune<N, R>(
    model: N,
    goal: FineTuning,
    data: &TrainingData<N::Inputs, R>,
    config: &FineTuneConfig,
    run: &Run,
) -> Result<FineTuned<N>, Error>
where
    N: HeadedModel,
    R: Send + Sync + 'static,
{
    config.check()?;
    let sampling = match (config.just_train_twice, config.sampler) {
        (Some(twice), _) => just_train_twice::repetitions(&model, &goal, twice, data, config, run)?,
        (None, Sampler::Shuffled) => Sampling::Once,
        (None, Sampler::GroupBalanced) => balanced(&goal, data, false)?,
        (None, Sampler::LabelGroupBalanced) => balanced(&goal, data, true)?,
    };
    let (stage, history) = fit(model, goal, data, config, run, FINETUNE, sampling)?;
    let share = TrainedShare::of(&stage.network);
    let adapted = matches!(config.strategy, Strategy::Lora(_)).then(|| stage.network.clone());
    Ok(FineTuned {
        model: strategy::merge(stage.network),
        adapted,
        share,
        history,
    })
}

/// Trains a model with some sampling of its rows.
fn fit<N, R>(
    model: N,
    goal: FineTuning,
    data: &TrainingData<N::Inputs, R>,
    config: &FineTuneConfig,
    run: &Run,
    name: &'static str,
    sampling: Sampling,
) -> Result<(Trainee<N>, StageHistory), Error>
where
    N: HeadedModel,
    R: Send + Sync + 'static,
{
    let in_order = |dataset: &Arc<dyn Dataset<Example<R>>>, order| {
        EpochLoader::new(
            Arc::clone(dataset),
            Arc::new(Plain(Arc::clone(&data.batcher))) as Arc<dyn Collate<Batch<N::Inputs>, R>>,
            config.batch_size,
            order,
            run.device.clone(),
        )
    };
    let loader = |dataset, order| match data.length {
        Some(length) => in_order(dataset, order).by_length(length),
        None => Ok(in_order(dataset, order)),
    };
    let order = Order::Shuffled {
        seed: run.seed,
        stage: name,
    };
    let train = loader(&data.train, order)?.with_sampling(sampling)?;
    let valid = loader(&data.valid, Order::Sequential)?;
    let steps = train.batches();
    let total_steps = config.steps.unwrap_or(steps * config.epochs);
    let settings = StageSettings {
        name,
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
        early_stopping: config.early_stopping,
        average: config.average,
        select: select(config.select, &goal)?,
        metrics: live_metrics(&goal),
    };
    let loss = goal.loss.with_l2(config.l2)?.with_cut(cut(goal.threshold));
    let objective = Objective {
        goal: FineTuning { loss, ..goal },
        device: run.device.clone(),
        seed: run.seed,
        train: Arc::new(in_order(&data.train, Order::Sequential)),
        memory: Mutex::new(TotalState::default()),
    };
    run.device.seed(derive_seed(run.seed, name, 0, "adapters"));
    let network = strategy::prepare(model, config.strategy)?;
    let share = TrainedShare::of(&network);
    tracing::info!(
        "{} {name}: {} of {} parameters are trained ({:.2} %), strategy {}",
        run.label,
        share.trained,
        share.all,
        100.0 * share.share(),
        config.strategy.name()
    );
    let stage = Trainee {
        network,
        objective: Arc::new(objective),
    };
    train_stage(stage, train, valid, settings, run)
}

/// As many rows of each group, and of each label where `labels` is set.
fn balanced<X, R>(
    goal: &FineTuning,
    data: &TrainingData<X, R>,
    labels: bool,
) -> Result<Sampling, Error>
where
    R: Send + Sync + 'static,
{
    let attributes = goal.groups.attributes();
    let all: Vec<usize> = (0..attributes.len()).collect();
    let chosen = if goal.balanced.is_empty() {
        &all
    } else {
        &goal.balanced
    };
    if labels && matches!(goal.task, Task::Regression) {
        return Err(Error::Setting {
            key: "finetune.sampler".to_owned(),
            value: "label-group-balanced".to_owned(),
            legal: "`shuffled` or `group-balanced` where a number is predicted",
        });
    }
    let fail = |reason: String| Error::Step {
        stage: FINETUNE.to_owned(),
        epoch: 1,
        reason,
    };
    let classes = goal.task.outputs().max(2);
    let strata = (0..data.train.len())
        .map(|row| {
            let example = data.train.get(row).map_err(|e| fail(e.to_string()))?;
            let mut stratum = 0;
            for &position in chosen {
                let attribute = attributes
                    .get(position)
                    .ok_or_else(|| fail(format!("there is no group attribute {position}")))?;
                let code = example.groups.get(position).map(|&code| code as usize);
                let code = code
                    .filter(|&code| code < attribute.values().len())
                    .ok_or_else(|| fail(no_group(row, attribute.name())))?;
                stratum = stratum * attribute.values().len() + code;
            }
            if labels {
                // Classes are whole numbers.
                let class = (0..classes)
                    .find(|&class| (example.target - class as f32).abs() < 0.5)
                    .ok_or_else(|| fail(no_class(row, example.target, classes)))?;
                stratum = stratum * classes + class;
            }
            Ok(stratum)
        })
        .collect::<Result<_, Error>>()?;
    Ok(Sampling::Balanced { strata })
}

fn no_group(row: usize, attribute: &str) -> String {
    format!("row {row} of the training part has no group of `{attribute}` to be balanced by")
}

fn no_class(row: usize, target: f32, classes: usize) -> String {
    format!(
        "row {row} of the training part has the target {target}; a class is 0 to {}",
        classes - 1
    )
}

/// The value that chooses the epoch. Without a fairness loss there is none to choose by, and the
/// task loss stands in; without a target every epoch is within it.
fn select(wanted: Option<Select>, goal: &FineTuning) -> Result<Select, Error> {
    let has_target =
        |term: &equipoise_losses::FairnessTerm| matches!(term.lambda, LambdaConfig::Target(_));
    let wanted = wanted.unwrap_or(if goal.loss.terms().iter().any(has_target) {
        Select::WithinTarget
    } else {
        Select::Loss
    });
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
        metrics.push(LiveMetric::accuracy());
        let attributes = goal.groups.attributes();
        metrics.extend(attributes.iter().enumerate().map(|(position, attribute)| {
            LiveMetric::parity_gap(attribute.name(), attribute.values().len(), position)
        }));
    }
    metrics
}
