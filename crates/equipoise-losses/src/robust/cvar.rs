//! The conditional value at risk: the task loss of the rows that do worst, whoever they are.

use std::sync::Arc;

use burn::tensor::Tensor;

use super::OF_THE_TASK;
use crate::{
    DefaultValue, Error, FairnessInput, FairnessLoss, Law, Laws, LossSpec, LossState, OptionSpec,
    TaskKind, TaskLoss, distances::GroupWeights,
};

const FRACTION: OptionSpec = OptionSpec {
    key: "fraction",
    summary: "The part of the rows, those with the largest losses, that count.",
    legal: "a number above 0, at most 1",
    default: Some(DefaultValue::Number(0.1)),
};

/// See [`Cvar`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "cvar",
    summary: "The mean task loss of the part of the rows that do worst, without looking at \
              groups.",
    formula: "min_t t + E[max(l - t, 0)] / fraction",
    paper: Some(
        "Rockafellar and Uryasev 2000; Hashimoto, Srivastava, Namkoong and Liang 2018 for \
         unknown groups",
    ),
    tasks: &[TaskKind::Binary, TaskKind::Multiclass, TaskKind::Regression],
    laws: Laws {
        zero_at_parity: Law::Fails {
            reason: OF_THE_TASK,
        },
        smooth: Law::Fails {
            reason: "the slope passes from one row to another where their losses change places",
        },
        ..Laws::ALL
    },
    needs: &[],
    options: &[FRACTION],
    build: |options| {
        let legal = |fraction: f64| fraction > 0.0 && fraction <= 1.0;
        let fraction = options.number_that(FRACTION.key, legal)?;
        Ok(Arc::new(Cvar { fraction }))
    },
};

/// The mean loss of the worst fraction of the rows: a group of at least that share has at most
/// this loss, whether it was named or not.
///
/// Rows count by their weight times membership; the row at the edge counts in part, so the value
/// is that of the formula exactly. A fraction of 1 is the mean loss.
#[derive(Debug, Clone, Copy)]
pub struct Cvar {
    fraction: f64,
}

impl Cvar {
    /// The loss of a fraction of the rows.
    ///
    /// # Errors
    ///
    /// When the fraction is not above 0 and at most 1.
    pub fn new(fraction: f64) -> Result<Self, Error> {
        if fraction > 0.0 && fraction <= 1.0 {
            Ok(Self { fraction })
        } else {
            Err(Error::Range {
                option: FRACTION.key,
                value: fraction,
                legal: FRACTION.legal,
            })
        }
    }
}

impl FairnessLoss for Cvar {
    fn name(&self) -> &str {
        SPEC.name
    }

    fn tasks(&self) -> &[TaskKind] {
        SPEC.tasks
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        let losses = TaskLoss::for_task(input.task())
            .row_losses(input.outputs().clone(), input.targets().clone())?
            .reshape([input.rows(), 1]);
        let order = losses.clone().detach().argsort_descending(0);
        let shares = GroupWeights::of(input)
            .row_shares()
            .gather(0, order.clone());
        let before = shares.clone().cumsum(0).sub(shares.clone());
        let left = before.neg().add_scalar(self.fraction).clamp_min(0.0);
        let taken = shares.min_pair(left);
        Ok(losses
            .gather(0, order)
            .mul(taken)
            .sum()
            .div_scalar(self.fraction))
    }
}
