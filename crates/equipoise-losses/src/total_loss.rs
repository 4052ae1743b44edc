//! The loss that training makes small: task, fairness and L2 together.

use std::sync::Arc;

use burn::tensor::Tensor;
use equipoise_tensor::TabularBatch;

use crate::{
    Error, Extras, FairnessInput, FairnessLoss, GroupSelector, Lambda, LossState, TaskKind,
    TaskLoss, TotalState, lambda::check_weight,
};

/// One fairness loss of a total loss.
#[derive(Debug, Clone)]
pub struct FairnessTerm {
    /// What is measured.
    pub loss: Arc<dyn FairnessLoss>,
    /// Between which groups.
    pub groups: GroupSelector,
    /// How much it weighs.
    pub lambda: Lambda,
}

/// `L = L_task + sum_k lambda_k L_fair,k + l2 * sum of squared weights`.
///
/// The L2 term is part of the loss, unlike AdamW's decoupled weight decay; both may be used.
#[derive(Debug, Clone)]
pub struct TotalLoss {
    task: TaskLoss,
    terms: Vec<FairnessTerm>,
    l2: f64,
}

/// The rows of which a total loss is computed, of any kind of model.
#[derive(Debug, Clone)]
pub struct LossRows {
    /// What the model returned, before any sigmoid or softmax, `[batch, outputs]`.
    pub outputs: Tensor<2>,
    /// The targets, `[batch]`.
    pub targets: Tensor<1>,
    /// The row weights, `[batch]`.
    pub weights: Tensor<1>,
    /// One membership for each term, `[batch, groups]`, one-hot or soft.
    pub memberships: Vec<Tensor<2>>,
    /// The sum of the squared weights of the model, `[1]`; `None` for no L2 term.
    pub squared_weights: Option<Tensor<1>>,
    /// What only some losses read.
    pub extras: Extras,
}

/// The parts of a total loss on one batch; all tensors are `[1]`.
#[derive(Debug, Clone)]
pub struct LossParts {
    /// The task loss.
    pub task: Tensor<1>,
    /// The sum of the fairness losses, before they are weighed; 0 where there is none.
    pub fairness: Tensor<1>,
    /// Each fairness loss, before it is weighed, in the order of the terms.
    pub terms: Vec<Tensor<1>>,
    /// The L2 term, after it is weighed; 0 where no squared weights were given.
    pub l2: Tensor<1>,
    /// What training makes small: `task + sum_k lambda_k terms_k + l2`.
    pub total: Tensor<1>,
}

impl TotalLoss {
    /// The usual loss of a task, without fairness and L2 terms.
    pub fn new(task: TaskKind) -> Self {
        Self {
            task: TaskLoss::for_task(task),
            terms: Vec::new(),
            l2: 0.0,
        }
    }

    /// The same with one more fairness term.
    ///
    /// # Errors
    ///
    /// When the fairness loss is not defined for the task.
    pub fn with_term(mut self, term: FairnessTerm) -> Result<Self, Error> {
        term.loss.check_task(self.task.task())?;
        self.terms.push(term);
        Ok(self)
    }

    /// The same with a weight for the sum of squared model weights.
    ///
    /// # Errors
    ///
    /// When `l2` is NaN, infinite or below 0.
    pub fn with_l2(mut self, l2: f64) -> Result<Self, Error> {
        self.l2 = check_weight("l2", l2)?;
        Ok(self)
    }

    /// The task loss.
    pub fn task(&self) -> TaskLoss {
        self.task
    }

    /// The fairness terms.
    pub fn terms(&self) -> &[FairnessTerm] {
        &self.terms
    }

    /// The weight of the sum of squared model weights; where it is 0, that sum need not be
    /// computed.
    pub fn l2(&self) -> f64 {
        self.l2
    }

    /// Changes the weight of a fairness term, at any step.
    ///
    /// # Errors
    ///
    /// When there is no such term.
    pub fn set_lambda(&mut self, term: usize, lambda: Lambda) -> Result<(), Error> {
        let terms = self.terms.len();
        let found = self
            .terms
            .get_mut(term)
            .ok_or(Error::NoSuchTerm { index: term, terms })?;
        found.lambda = lambda;
        Ok(())
    }

    /// The rows of a batch of table rows, as [`Self::evaluate`] and [`Self::step`] take them.
    ///
    /// * `outputs`: what the model returned for the batch, `[batch, outputs]`;
    /// * `squared_weights`: the sum of the squared weights of the model, `[1]`, or `None` for no
    ///   L2 term.
    ///
    /// # Errors
    ///
    /// When the batch has other group columns than a term's groups come from.
    pub fn rows(
        &self,
        outputs: Tensor<2>,
        batch: &TabularBatch,
        squared_weights: Option<Tensor<1>>,
    ) -> Result<LossRows, Error> {
        let memberships = self
            .terms
            .iter()
            .map(|term| term.groups.membership(&batch.groups))
            .collect::<Result<_, _>>()?;
        Ok(LossRows {
            outputs,
            targets: batch.targets.clone(),
            weights: batch.weights.clone(),
            memberships,
            squared_weights,
            extras: Extras::default(),
        })
    }

    /// The loss of some rows, given what its terms remember; nothing is learnt from them.
    ///
    /// # Errors
    ///
    /// When shapes do not agree with each other or with the task, when there is not one membership
    /// for each term, when there are more states than terms, or when a term fails.
    pub fn evaluate(&self, rows: &LossRows, state: &TotalState) -> Result<LossParts, Error> {
        state.check(self.terms.len())?;
        let fresh = LossState::default();
        let states = state.terms.iter().chain(std::iter::repeat(&fresh));
        let values = self
            .terms
            .iter()
            .zip(&self.inputs(rows)?)
            .zip(states)
            .map(|((term, input), state)| term.loss.value(input, state))
            .collect::<Result<Vec<_>, _>>()?;
        self.parts(rows, values)
    }

    /// The loss of the next batch of training; terms that remember learn from it.
    ///
    /// # Errors
    ///
    /// As [`Self::evaluate`]; the state is then not to be used any more.
    pub fn step(&self, rows: &LossRows, state: &mut TotalState) -> Result<LossParts, Error> {
        state.fill(self.terms.len())?;
        let inputs = self.inputs(rows)?;
        let values = self
            .terms
            .iter()
            .zip(&inputs)
            .zip(&mut state.terms)
            .map(|((term, input), state)| term.loss.step(input, state))
            .collect::<Result<Vec<_>, _>>()?;
        self.parts(rows, values)
    }

    /// What each term sees of the rows.
    fn inputs(&self, rows: &LossRows) -> Result<Vec<FairnessInput>, Error> {
        if rows.memberships.len() != self.terms.len() {
            return Err(Error::Shape {
                what: "memberships of the terms",
                expected: vec![self.terms.len()],
                found: vec![rows.memberships.len()],
            });
        }
        rows.memberships
            .iter()
            .map(|membership| {
                FairnessInput::new(
                    self.task.task(),
                    rows.outputs.clone(),
                    rows.targets.clone(),
                    membership.clone(),
                    rows.weights.clone(),
                )?
                .with_extras(rows.extras.clone())
            })
            .collect()
    }

    /// The parts, from the values of the terms.
    fn parts(&self, rows: &LossRows, values: Vec<Tensor<1>>) -> Result<LossParts, Error> {
        let LossRows {
            outputs,
            targets,
            weights,
            squared_weights,
            ..
        } = rows.clone();
        let task = self.task.value(outputs, targets, weights)?;
        let zero = task.zeros_like().detach();
        let l2 = match squared_weights {
            Some(squares) => {
                check_one(&squares)?;
                squares.cast(task.dtype()).mul_scalar(self.l2)
            }
            None => zero.clone(),
        };
        let fairness = values.iter().cloned().fold(zero, Tensor::add);
        let weighed = self
            .terms
            .iter()
            .zip(&values)
            // Without a weight a term is shown and does not train: no gradient is computed.
            .filter(|(term, _)| term.lambda > Lambda::ZERO)
            .map(|(term, value)| value.clone().mul_scalar(term.lambda.get()));
        let total = weighed.fold(task.clone(), Tensor::add).add(l2.clone());
        Ok(LossParts {
            task,
            fairness,
            terms: values,
            l2,
            total,
        })
    }
}

fn check_one(squares: &Tensor<1>) -> Result<(), Error> {
    match squares.dims() {
        [1] => Ok(()),
        [found] => Err(Error::Shape {
            what: "squared weights",
            expected: vec![1],
            found: vec![found],
        }),
    }
}
