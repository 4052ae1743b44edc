//! Adversarial debiasing: a model from whose scores no adversary can tell the group.

use std::sync::Arc;

use burn::tensor::Tensor;

use super::mlp::Mlp;
use crate::{
    Condition, DefaultValue, Error, FairnessInput, FairnessLoss, Law, Laws, LossSpec, LossState,
    Need, OptionSpec, TaskKind, distances::GroupWeights,
};

const SEES: OptionSpec = OptionSpec {
    key: "sees",
    summary: "What the adversary sees of a row: its scores, or what the head saw.",
    legal: "`scores` or `representation`",
    default: Some(DefaultValue::Text("scores")),
};

const HIDDEN: OptionSpec = OptionSpec {
    key: "hidden",
    summary: "The number of hidden units of the adversary.",
    legal: "a whole number of 1 or more",
    default: Some(DefaultValue::Integer(16)),
};

const LEARNING_RATE: OptionSpec = OptionSpec {
    key: "learning_rate",
    summary: "The step size of the adversary.",
    legal: "a finite number above 0",
    default: Some(DefaultValue::Number(0.01)),
};

const STEPS: OptionSpec = OptionSpec {
    key: "steps",
    summary: "How many steps the adversary takes for each one of the model.",
    legal: "a whole number of 1 or more",
    default: Some(DefaultValue::Integer(1)),
};

const SEED: OptionSpec = OptionSpec {
    key: "seed",
    summary: "What the first weights of the adversary are drawn from.",
    legal: "a whole number",
    default: Some(DefaultValue::Integer(0)),
};

/// See [`Adversary`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "adversary",
    summary: "How much of the group an adversary, trained beside the model, reads off its scores.",
    formula: "H(group) + E[log q(group | s)], with label: H(group) + E[log q(group | s, y)]",
    paper: Some(
        "Ganin et al. 2016; Zhang, Lemoine and Mitchell 2018; Madras, Creager, Pitassi and \
         Zemel 2018",
    ),
    tasks: &[TaskKind::Binary, TaskKind::Multiclass, TaskKind::Regression],
    laws: Laws {
        nonnegative: Law::Fails {
            reason: "an adversary that guesses worse than the shares of the groups do reads less \
                     than nothing",
        },
        zero_at_parity: Law::Fails {
            reason: "0 at parity only once the adversary has learnt that there is nothing to read",
        },
        stateful: true,
        ..Laws::ALL
    },
    needs: &[],
    options: &[
        OptionSpec::CONDITION,
        SEES,
        HIDDEN,
        LEARNING_RATE,
        STEPS,
        SEED,
    ],
    build: |options| {
        Ok(Arc::new(Adversary {
            condition: options.condition()?,
            sight: options.choice(
                SEES.key,
                &[
                    ("scores", Sight::Scores),
                    ("representation", Sight::Representation),
                ],
            )?,
            hidden: options.count(HIDDEN.key)?,
            learning_rate: options.positive(LEARNING_RATE.key)?,
            steps: options.count(STEPS.key)?,
            seed: options.integer(SEED.key)?.unsigned_abs(),
        }))
    },
};

/// What the adversary sees of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// The probabilities, or the value of a regression.
    Scores,
    /// What the head saw: [`Need::Representation`].
    Representation,
}

/// The information, in nats, that an adversary reads about the group: the entropy of the group
/// less the adversary's cross-entropy, at most the entropy.
///
/// Each training step first lets the adversary, a network with one hidden layer and Adam, learn
/// from the batch, then charges the model for what the adversary reads. The gradient for the model
/// is that of the adversary's loss with its sign reversed, times lambda: what a gradient-reversal
/// layer (Ganin et al. 2016) does inside one backward pass. With the condition `label` the
/// adversary sees the label too, so that scores may tell of the group what the label tells, as
/// equalized odds allow. An adversary that sees the representation makes it fair for any head, as
/// in LAFTR (Madras et al. 2018), whose group-normalised absolute error is another loss for the
/// same game.
///
/// Zhang et al. (2018) also take the part of the task's gradient that helps the adversary out of
/// it. That is a way of combining gradients, not a loss: it needs the gradients of the task and of
/// this value one by one, which [`crate::LossParts`] keeps apart as `task` and `terms`.
#[derive(Debug, Clone, Copy)]
pub struct Adversary {
    condition: Option<Condition>,
    sight: Sight,
    hidden: usize,
    learning_rate: f64,
    steps: usize,
    seed: u64,
}

/// What an adversary is asked in one batch.
struct Question {
    /// What it sees, `[batch, inputs]`.
    inputs: Tensor<2>,
    /// The share of each row in each group, `[batch, groups]`; they sum to 1.
    shares: Tensor<2>,
    /// 0 for groups in the batch, a very low logit for others, `[1, groups]`.
    absent: Tensor<2>,
    /// The entropy of the group in the batch, `[1]`.
    entropy: Tensor<1>,
    /// 1 where there are groups to tell apart, 0 elsewhere, `[1]`.
    comparable: Tensor<1>,
}

/// The logit of a group that is not in the batch.
const ABSENT: f64 = -1e30;

impl Adversary {
    fn question(&self, input: &FairnessInput) -> Result<Question, Error> {
        let seen = match self.sight {
            Sight::Scores => input.scores(),
            Sight::Representation => input.extra(Need::Representation, SPEC.name)?.clone(),
        };
        let inputs = match (self.condition, input.task()) {
            (None, _) => seen,
            (Some(Condition::Label), TaskKind::Regression) => {
                let targets = input.targets().clone().reshape([input.rows(), 1]);
                Tensor::cat(vec![seen, targets], 1)
            }
            (Some(Condition::Label), _) => Tensor::cat(vec![seen, input.labels()?], 1),
        };
        let weights = GroupWeights::of(input);
        let sizes = weights.shares();
        let empty = sizes.clone().lower_equal_scalar(0.0);
        let logarithms = sizes.clone().mask_fill(empty.clone(), 1.0).log();
        Ok(Question {
            inputs,
            shares: weights
                .distributions()
                .mul(sizes.clone().expand(input.membership().dims())),
            absent: sizes.zeros_like().mask_fill(empty, ABSENT),
            entropy: sizes.mul(logarithms).sum().neg(),
            comparable: weights.comparable(),
        })
    }

    fn remembered(&self, question: &Question, state: &LossState) -> Result<Mlp, Error> {
        let [_, inputs] = question.inputs.dims();
        let [_, groups] = question.shares.dims();
        Mlp::remembered(
            state,
            [inputs, self.hidden, groups],
            self.seed,
            &question.inputs.device(),
            question.inputs.dtype(),
        )
    }
}

impl Question {
    /// What an adversary reads about the group, `[1]`.
    fn answer(self, adversary: &Mlp) -> Tensor<1> {
        // A group that is not in the batch has share 0, and a logarithm that is finite.
        let known = adversary
            .log_probabilities(&self.inputs, &self.absent)
            .mul(self.shares)
            .sum();
        known.add(self.entropy).mul(self.comparable)
    }
}

impl FairnessLoss for Adversary {
    fn name(&self) -> &str {
        match self.condition {
            None => SPEC.name,
            Some(Condition::Label) => "adversary/label",
        }
    }

    fn tasks(&self) -> &[TaskKind] {
        SPEC.tasks
    }

    fn needs(&self) -> &[Need] {
        match self.sight {
            Sight::Scores => &[],
            Sight::Representation => &[Need::Representation],
        }
    }

    fn value(&self, input: &FairnessInput, state: &LossState) -> Result<Tensor<1>, Error> {
        let question = self.question(input)?;
        let adversary = self.remembered(&question, state)?;
        Ok(question.answer(&adversary))
    }

    fn step(&self, input: &FairnessInput, state: &mut LossState) -> Result<Tensor<1>, Error> {
        let question = self.question(input)?;
        let mut adversary = self.remembered(&question, state)?;
        let seen = question.inputs.clone().detach();
        for _ in 0..self.steps {
            adversary.learn(
                &seen,
                &question.shares,
                &question.absent,
                self.learning_rate,
            );
        }
        adversary.clone().remember(state)?;
        Ok(question.answer(&adversary))
    }
}
