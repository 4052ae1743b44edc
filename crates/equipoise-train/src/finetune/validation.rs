//! How good an epoch is: the losses and violations of the whole validation part.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, TensorData};
use equipoise_core::{Task, history::term_key};
use equipoise_losses::{LambdaConfig, LossRows, Pace, TotalState};
use equipoise_models::HeadedModel;
use equipoise_tensor::Batch;

use super::{FINETUNE, trainee::Trainee};
use crate::{
    Error,
    config::select::{WITHIN_TARGET, within_target},
    group_values::{accuracy, cut, group_values},
    stage::{Stage, StepReport, StepValues, read},
};

/// The name of the violation of a term: that of the only term has no number.
fn violation_key(term: usize, terms: usize) -> String {
    match terms {
        1 => "violation".to_owned(),
        _ => term_key("violation", term),
    }
}

/// All rows of a part, with what losses read of them.
struct Whole {
    outputs: Tensor<2>,
    batch: Batch<()>,
    representation: Option<Tensor<2>>,
    counterfactual_outputs: Option<Tensor<2>>,
}

impl<N: HeadedModel> Trainee<N> {
    /// All rows of a part as one batch, without features: losses of groups are of all rows.
    fn whole(&self, reports: &[StepReport]) -> Whole {
        let device = &self.objective.device;
        let rows: usize = reports.iter().map(|report| report.rows).sum();
        let join = |values: fn(&StepValues) -> &Vec<f32>| -> Vec<f32> {
            reports
                .iter()
                .flat_map(|report| values(report))
                .copied()
                .collect()
        };
        let table = |values: Vec<f32>| {
            let width = values.len() / rows.max(1);
            Tensor::<2>::from_data(TensorData::new(values, [rows, width]), device)
        };
        let groups: Vec<i64> = reports
            .iter()
            .flat_map(|report| report.groups.iter().map(|code| i64::from(*code)))
            .collect();
        let attributes = self.objective.goal.groups.attributes().len();
        let vector =
            |values: Vec<f32>| Tensor::<1>::from_data(TensorData::new(values, [rows]), device);
        let if_any = |values: Vec<f32>| (!values.is_empty()).then(|| table(values));
        let batch = Batch {
            ids: vec![0; rows],
            inputs: (),
            targets: vector(join(|values| &values.targets)),
            groups: Tensor::from_data(TensorData::new(groups, [rows, attributes]), device),
            counterfactual: None,
            group_values: if_any(join(|values| &values.group_values)),
            memberships: if_any(join(|values| &values.memberships)),
            weights: vector(join(|values| &values.weights)),
        };
        Whole {
            outputs: table(join(|values| &values.outputs)),
            batch,
            representation: if_any(join(|values| &values.representation)),
            counterfactual_outputs: if_any(join(|values| &values.counterfactual_outputs)),
        }
    }

    /// All rows of a part as the loss reads them.
    fn rows_of_all(&self, reports: &[StepReport]) -> Result<LossRows, equipoise_losses::Error> {
        let Whole {
            outputs,
            batch,
            representation,
            counterfactual_outputs,
        } = self.whole(reports);
        let mut rows = self.rows_of(outputs, &batch, representation)?;
        rows.extras.counterfactual_outputs = counterfactual_outputs;
        Ok(rows)
    }

    /// The violations of the terms that have a target, and how good the epoch is by them.
    fn violations(&self, found: &[Option<f64>], quality: f64) -> BTreeMap<String, f64> {
        let terms = self.objective.goal.loss.terms();
        let targets: Vec<(usize, f64)> = terms
            .iter()
            .enumerate()
            .filter_map(|(index, term)| match &term.lambda {
                LambdaConfig::Target(target) => Some((index, target.target)),
                _ => None,
            })
            .collect();
        let found: Vec<(usize, f64, f64)> = targets
            .iter()
            .filter_map(|&(index, target)| {
                let violation = found.get(index).copied().flatten()?;
                Some((index, violation, target))
            })
            .collect();
        let mut values: BTreeMap<String, f64> = found
            .iter()
            .map(|&(index, violation, _)| (violation_key(index, terms.len()), violation))
            .collect();
        // A violation that cannot be measured is not within its target.
        if found.len() == targets.len() {
            let excesses = found
                .iter()
                .map(|(_, violation, target)| violation - target);
            values.insert(WITHIN_TARGET.to_owned(), within_target(quality, excesses));
        }
        values
    }
}

impl<N: HeadedModel> Stage for Trainee<N> {
    type Batch = Batch<N::Inputs>;

    fn validate(&self, reports: &[StepReport]) -> Result<BTreeMap<String, f64>, Error> {
        let rows = self.rows_of_all(reports)?;
        let goal = &self.objective.goal;
        // Before the memory is locked: the rows are judged by it.
        let train = if goal.loss.measures_training() {
            let reports = self.judge_train()?;
            Some(self.rows_of_all(&reports)?)
        } else {
            None
        };
        let mut memory = self.objective.memory();
        let parts = goal.loss.evaluate(&rows, &memory)?;
        let mut values = BTreeMap::new();
        let failed = |reason| Error::Step {
            stage: FINETUNE.to_owned(),
            epoch: 0,
            reason,
        };
        let losses = self.losses(&parts).map_err(failed)?;
        for (name, value) in losses {
            values.insert(name.to_owned(), value);
        }
        if parts.terms.len() > 1 {
            for (index, value) in parts.terms.iter().enumerate() {
                let value = read(value.clone()).map_err(failed)?;
                values.insert(term_key("fairness_loss", index), value);
            }
        }
        let cut = cut(goal.threshold);
        values
            .extend(accuracy(&goal.task, cut, reports).map(|value| ("accuracy".to_owned(), value)));
        if matches!(goal.task, Task::Binary { .. }) {
            values.extend(group_values(&goal.groups, reports)?);
        }
        let quality = match (values.get("accuracy"), values.get("task_loss")) {
            (Some(accuracy), _) => *accuracy,
            // Of a number that is predicted: the smaller the loss the better, within 0 and 1.
            (None, Some(loss)) => 1.0 / (1.0 + loss.max(0.0)),
            (None, None) => 0.0,
        };
        let found = goal.loss.correct(&rows, train.as_ref(), &mut memory)?;
        values.extend(self.violations(&found, quality));
        Ok(values)
    }

    fn lambda(&self) -> Option<f64> {
        let memory = self.objective.memory();
        // The weights of several are watched apart.
        let [term] = self.objective.goal.loss.terms() else {
            return None;
        };
        let lambda = memory.lambdas.first()?;
        Some(lambda.total(&term.lambda, memory.pace.progress()))
    }

    fn watched(&self) -> BTreeMap<String, f64> {
        let memory = self.objective.memory();
        let terms = self.objective.goal.loss.terms();
        let mut values = BTreeMap::new();
        for (index, (term, lambda)) in terms.iter().zip(&memory.lambdas).enumerate() {
            if let Some(violation) = lambda.violation() {
                values.insert(violation_key(index, terms.len()), violation);
            }
            if terms.len() > 1 {
                let total = lambda.total(&term.lambda, memory.pace.progress());
                values.insert(term_key("lambda", index), total);
            }
            let by_constraint = lambda.by_constraint();
            if by_constraint.len() > 1 {
                for (constraint, multiplier) in by_constraint.iter().enumerate() {
                    let key = format!("multiplier/{}.{}", index + 1, constraint + 1);
                    values.insert(key, *multiplier);
                }
            }
        }
        values
    }

    fn set_pace(&self, pace: Pace) {
        self.objective.memory().pace = pace;
    }

    fn memory(&self) -> TotalState {
        self.objective.memory().clone()
    }

    fn recall(&self, memory: TotalState) {
        *self.objective.memory() = memory;
    }
}
