//! The loss that training makes small: task, fairness and L2 together.

use burn::tensor::Tensor;
use equipoise_tensor::Batch;

use crate::{
    Error, Extras, FairnessInput, FairnessTerm, GroupCounts, Lambda, LambdaConfig, LambdaState,
    LossState, MeasuredRows, TaskKind, TaskLoss, TotalState, lambda::check_weight,
};

/// `L = L_task + sum_k lambda_k L_fair,k + l2 * sum of squared weights`.
///
/// The L2 term is part of the loss, unlike AdamW's decoupled weight decay; both may be used.
#[derive(Debug, Clone)]
pub struct TotalLoss {
    task: TaskLoss,
    terms: Vec<FairnessTerm>,
    l2: f64,
    /// The logit from which a row of two classes is decided positive.
    cut: f32,
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
    /// The total without the terms that are apart ([`FairnessTerm::is_apart`]): what is
    /// differentiated as one.
    pub together: Tensor<1>,
}

impl TotalLoss {
    /// The usual loss of a task, without fairness and L2 terms.
    pub fn new(task: TaskKind) -> Self {
        Self {
            task: TaskLoss::for_task(task),
            terms: Vec::new(),
            l2: 0.0,
            cut: 0.0,
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

    /// The same with the logit from which a row of two classes is decided positive, where hard
    /// decisions are measured; 0, a probability of one half, where it is not set.
    #[must_use]
    pub fn with_cut(mut self, cut: f32) -> Self {
        self.cut = cut;
        self
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
        found.lambda = LambdaConfig::Fixed(lambda.get());
        Ok(())
    }

    /// The rows of a batch, as [`Self::evaluate`] and [`Self::step`] take them.
    ///
    /// * `outputs`: what the model returned for the batch, `[batch, outputs]`;
    /// * `squared_weights`: the sum of the squared weights of the model, `[1]`, or `None` for no
    ///   L2 term.
    ///
    /// # Errors
    ///
    /// When the batch has other group columns than a term's groups come from, or lacks the
    /// probabilities of its soft ones.
    pub fn rows<X>(
        &self,
        outputs: Tensor<2>,
        batch: &Batch<X>,
        squared_weights: Option<Tensor<1>>,
    ) -> Result<LossRows, Error> {
        let memberships = self
            .terms
            .iter()
            .map(|term| {
                let probabilities = batch.memberships.as_ref();
                term.groups.membership(&batch.groups, probabilities)
            })
            .collect::<Result<_, _>>()?;
        Ok(LossRows {
            outputs,
            targets: batch.targets.clone(),
            weights: batch.weights.clone(),
            memberships,
            squared_weights,
            extras: Extras {
                group_values: batch.group_values.clone(),
                ..Extras::default()
            },
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
        let charges = self.charges(&self.inputs(rows)?, &values, state)?;
        self.parts(rows, values, &charges)
    }

    /// The loss of the next batch of training; terms that remember learn from it, and weights
    /// that are found take its hard decisions in after they have weighed it.
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
        self.start(state);
        let charges = self.charges(&inputs, &values, state)?;
        for ((term, input), lambda) in self.terms.iter().zip(&inputs).zip(&mut state.lambdas) {
            if let Some(statistic) = &term.violation {
                let counts = GroupCounts::measure(statistic.as_ref(), input, self.cut)?;
                lambda.observe(&term.lambda, &counts, state.pace.epoch_steps)?;
            }
        }
        self.parts(rows, values, &charges)
    }

    /// The value of one term on the next batch of training, before it is weighed, with a graph of
    /// its own: for a term that is apart. `state` is that of the term before the step.
    ///
    /// # Errors
    ///
    /// As [`Self::step`], and when there is no such term.
    pub fn step_term(
        &self,
        term: usize,
        rows: &LossRows,
        state: &LossState,
    ) -> Result<Tensor<1>, Error> {
        let missing = || Error::NoSuchTerm {
            index: term,
            terms: self.terms.len(),
        };
        let input = self
            .inputs(rows)?
            .into_iter()
            .nth(term)
            .ok_or_else(missing)?;
        let term = self.terms.get(term).ok_or_else(missing)?;
        term.loss.step(&input, &mut state.clone())
    }

    /// Takes in the hard decisions of the whole validation part, at the end of an epoch, and those
    /// of the training part for the terms that [`Self::measures_training`]. Returns the violation
    /// on the validation part of each term that has a target; `None` for the others, and where
    /// there is nothing to compare.
    ///
    /// # Errors
    ///
    /// When shapes do not agree, when a violation cannot be measured, or when a term needs the
    /// training part and it is not there.
    pub fn correct(
        &self,
        valid: &LossRows,
        train: Option<&LossRows>,
        state: &mut TotalState,
    ) -> Result<Vec<Option<f64>>, Error> {
        self.start(state);
        let train = train.map(|rows| self.inputs(rows)).transpose()?;
        self.terms
            .iter()
            .zip(&self.inputs(valid)?)
            .zip(&mut state.lambdas)
            .enumerate()
            .map(|(index, ((term, input), lambda))| {
                let Some(statistic) = &term.violation else {
                    return Ok(None);
                };
                let measure = |input| GroupCounts::measure(statistic.as_ref(), input, self.cut);
                let counts = measure(input)?;
                if measures_training(term) {
                    let train = train.as_ref().and_then(|inputs| inputs.get(index));
                    let input = train.ok_or(Error::Empty {
                        what: "rows of the training part",
                    })?;
                    lambda.correct(&counts.with(&measure(input)?)?);
                } else {
                    lambda.correct(&counts);
                }
                Ok(counts.violation())
            })
            .collect()
    }

    /// Whether [`Self::correct`] needs the decisions on the training part.
    pub fn measures_training(&self) -> bool {
        self.terms.iter().any(measures_training)
    }

    /// Makes the states of the weights that are not there yet.
    fn start(&self, state: &mut TotalState) {
        for term in self.terms.iter().skip(state.lambdas.len()) {
            let fresh = LambdaState::new(&term.lambda, term.charge);
            state.lambdas.push(fresh);
        }
    }

    /// What each term adds to the total; `None` for a weight of 0.
    fn charges(
        &self,
        inputs: &[FairnessInput],
        values: &[Tensor<1>],
        state: &TotalState,
    ) -> Result<Vec<Option<Tensor<1>>>, Error> {
        let progress = state.pace.progress();
        self.terms
            .iter()
            .zip(inputs)
            .zip(values)
            .enumerate()
            .map(|(index, ((term, input), value))| {
                let weight = match state.lambdas.get(index) {
                    Some(lambda) => lambda.weight(&term.lambda, progress),
                    None => {
                        LambdaState::new(&term.lambda, term.charge).weight(&term.lambda, progress)
                    }
                };
                term.contribution(weight, value, input)
            })
            .collect()
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
        (rows.memberships.iter())
            .zip(&self.terms)
            .map(|(membership, term)| {
                let group_values = match &rows.extras.group_values {
                    Some(values) => term.groups.values(values)?,
                    None => None,
                };
                FairnessInput::new(
                    self.task.task(),
                    rows.outputs.clone(),
                    rows.targets.clone(),
                    membership.clone(),
                    rows.weights.clone(),
                )?
                .with_extras(Extras {
                    group_values,
                    ..rows.extras.clone()
                })
            })
            .collect()
    }

    /// The parts, from the values of the terms and what they add to the total.
    fn parts(
        &self,
        rows: &LossRows,
        values: Vec<Tensor<1>>,
        charges: &[Option<Tensor<1>>],
    ) -> Result<LossParts, Error> {
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
        let sum = |with_apart: bool| {
            self.terms
                .iter()
                .zip(charges)
                .filter(|(term, _)| with_apart || !term.is_apart())
                .filter_map(|(_, charge)| charge.clone())
                .fold(task.clone(), Tensor::add)
                .add(l2.clone())
        };
        let total = sum(true);
        let together = if self.terms.iter().any(FairnessTerm::is_apart) {
            sum(false)
        } else {
            total.clone()
        };
        Ok(LossParts {
            task,
            fairness,
            terms: values,
            l2,
            total,
            together,
        })
    }
}

/// Whether the weight of a term is corrected by the training part too.
fn measures_training(term: &FairnessTerm) -> bool {
    matches!(&term.lambda, LambdaConfig::Target(target) if target.rows == MeasuredRows::TrainAndValid)
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
