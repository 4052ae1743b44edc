//! Just train twice (Liu et al. 2021): the mistakes of a first model come more often in the
//! training of the second, which improves the groups that a plain model serves worst, without
//! knowing them.

use equipoise_losses::{TaskKind, TotalLoss};
use equipoise_models::HeadedModel;

use super::{FineTuning, fit};
use crate::{
    Error,
    config::{FineTuneConfig, JustTrainTwiceConfig, Sampler, Select},
    group_values::{cut, mistakes},
    sampling::Sampling,
    training::{Run, TrainingData},
};

/// The name of the first training in folders and seeds.
pub(super) const IDENTIFY: &str = "identify";

/// How often each row of the training part comes: once, and more often where a first model, which
/// is trained with the task loss alone, gets it wrong.
pub(super) fn repetitions<N, R>(
    model: &N,
    goal: &FineTuning,
    twice: JustTrainTwiceConfig,
    data: &TrainingData<N::Inputs, R>,
    config: &FineTuneConfig,
    run: &Run,
) -> Result<Sampling, Error>
where
    N: HeadedModel,
    R: Send + Sync + 'static,
{
    let config = FineTuneConfig {
        epochs: twice.epochs,
        steps: None,
        sampler: Sampler::Shuffled,
        just_train_twice: None,
        early_stopping: None,
        select: Some(Select::Last),
        ..config.clone()
    };
    let first = FineTuning {
        loss: TotalLoss::new(TaskKind::of(&goal.task)?),
        ..goal.clone()
    };
    let sampling = Sampling::Once;
    let (stage, _) = fit(model.clone(), first, data, &config, run, IDENTIFY, sampling)?;
    let reports = stage.judge_train()?;
    let wrong = mistakes(&goal.task, cut(goal.threshold), &reports);
    tracing::info!(
        "{}: the first model gets {} of {} rows wrong; each comes {} times",
        run.label,
        wrong.iter().filter(|is_wrong| **is_wrong).count(),
        wrong.len(),
        twice.upweight
    );
    Ok(Sampling::Repeated {
        times: wrong
            .into_iter()
            .map(|is_wrong| if is_wrong { twice.upweight } else { 1 })
            .collect(),
    })
}
