//! Group distributionally robust optimisation: the task loss of the groups that do worst.

use std::sync::Arc;

use burn::tensor::{Tensor, activation};

use super::OF_THE_TASK;
use crate::{
    DefaultValue, Error, FairnessInput, FairnessLoss, Law, Laws, LossSpec, LossState, OptionSpec,
    TaskKind, TaskLoss, distances::GroupWeights,
};

const STEP_SIZE: OptionSpec = OptionSpec {
    key: "step_size",
    summary: "How fast the weights of groups follow their losses.",
    legal: "a finite number, 0 or more",
    default: Some(DefaultValue::Number(0.01)),
};

const ADJUSTMENT: OptionSpec = OptionSpec {
    key: "adjustment",
    summary: "What is added to a group's loss, divided by the root of its size: small groups \
              generalise worse.",
    legal: "a finite number, 0 or more",
    default: Some(DefaultValue::Number(0.0)),
};

/// See [`GroupDro`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "group-dro",
    summary: "The task loss of the groups, weighted towards those that do worst.",
    formula: "sum_j q_j (l_j + C / sqrt(n_j)), q_j <- q_j exp(eta (l_j + C / sqrt(n_j))) / Z",
    paper: Some("Sagawa, Koh, Hashimoto and Liang 2020"),
    tasks: &[TaskKind::Binary, TaskKind::Multiclass, TaskKind::Regression],
    laws: Laws {
        zero_at_parity: Law::Fails {
            reason: OF_THE_TASK,
        },
        stateful: true,
        ..Laws::ALL
    },
    needs: &[],
    options: &[STEP_SIZE, ADJUSTMENT],
    build: |options| {
        let not_negative = |value: f64| value >= 0.0;
        Ok(Arc::new(GroupDro {
            step_size: options.number_that(STEP_SIZE.key, not_negative)?,
            adjustment: options.number_that(ADJUSTMENT.key, not_negative)?,
        }))
    },
};

/// What is remembered: the logarithm of each group's weight, `[groups]`.
const LOG_WEIGHTS: &str = "log_weights";

/// The task loss of each group, weighted by `q`, which each training step moves towards the groups
/// with the largest loss (exponentiated gradient ascent).
///
/// A group without rows in a batch keeps its weight, and the weights of the others are scaled to
/// sum to 1 in that batch. Weights start equal. The size `n_j` of the adjustment is the number of
/// the group's rows in the batch (the sum of memberships).
#[derive(Debug, Clone, Copy)]
pub struct GroupDro {
    step_size: f64,
    adjustment: f64,
}

impl GroupDro {
    /// The loss with the step size of the weights and the adjustment `C` for sizes.
    ///
    /// # Errors
    ///
    /// When either is not a finite number of 0 or more.
    pub fn new(step_size: f64, adjustment: f64) -> Result<Self, Error> {
        for (option, value) in [(STEP_SIZE.key, step_size), (ADJUSTMENT.key, adjustment)] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::Range {
                    option,
                    value,
                    legal: STEP_SIZE.legal,
                });
            }
        }
        Ok(Self {
            step_size,
            adjustment,
        })
    }

    /// The adjusted loss of each group, `[1, groups]`, 0 where it is absent, and 1 for present
    /// groups.
    fn group_losses(&self, input: &FairnessInput) -> Result<(Tensor<2>, Tensor<2>), Error> {
        let rows = TaskLoss::for_task(input.task())
            .row_losses(input.outputs().clone(), input.targets().clone())?;
        let weights = GroupWeights::of(input);
        let losses = rows
            .reshape([1, input.rows()])
            .matmul(weights.distributions());
        let present = weights.present();
        if self.adjustment == 0.0 {
            return Ok((losses, present));
        }
        let sizes = input.membership().clone().sum_dim(0);
        let none = sizes.clone().lower_equal_scalar(0.0);
        let adjustment = sizes
            .mask_fill(none, 1.0)
            .sqrt()
            .recip()
            .mul_scalar(self.adjustment);
        Ok((losses.add(adjustment.mul(present.clone())), present))
    }

    fn remembered(losses: &Tensor<2>, state: &LossState) -> Result<Tensor<2>, Error> {
        let [_, groups] = losses.dims();
        let remembered = state.tensor(LOG_WEIGHTS, [groups], &losses.device(), losses.dtype())?;
        Ok(match remembered {
            Some(weights) => weights.reshape([1, groups]),
            None => losses.zeros_like().detach(),
        })
    }
}

/// `sum_j q_j l_j` with the weights of absent groups left out, `[1]`.
fn weigh(losses: Tensor<2>, present: Tensor<2>, log_weights: &Tensor<2>) -> Tensor<1> {
    let absent = present.equal_scalar(0.0);
    let weights = activation::softmax(log_weights.clone().mask_fill(absent, ABSENT), 1);
    losses.mul(weights).sum()
}

/// The logarithm of the weight of an absent group: so small that its exponential is 0.
const ABSENT: f64 = -1e30;

impl FairnessLoss for GroupDro {
    fn name(&self) -> &str {
        SPEC.name
    }

    fn tasks(&self) -> &[TaskKind] {
        SPEC.tasks
    }

    fn value(&self, input: &FairnessInput, state: &LossState) -> Result<Tensor<1>, Error> {
        let (losses, present) = self.group_losses(input)?;
        let weights = Self::remembered(&losses, state)?;
        Ok(weigh(losses, present, &weights))
    }

    fn step(&self, input: &FairnessInput, state: &mut LossState) -> Result<Tensor<1>, Error> {
        let (losses, present) = self.group_losses(input)?;
        let moved = Self::remembered(&losses, state)?
            .add(losses.clone().detach().mul_scalar(self.step_size));
        let weights = activation::log_softmax(moved, 1);
        let [_, groups] = losses.dims();
        state.insert_tensor(LOG_WEIGHTS, weights.clone().reshape([groups]))?;
        Ok(weigh(losses, present, &weights))
    }
}
