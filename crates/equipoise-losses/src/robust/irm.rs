//! Invariant risk minimisation: one head that is best in every group.

use std::sync::Arc;

use burn::tensor::Tensor;

use super::OF_THE_TASK;
use crate::{
    Error, FairnessInput, FairnessLoss, Law, Laws, LossSpec, LossState, TaskKind,
    distances::GroupWeights,
};

/// See [`Irm`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "irm",
    summary: "How far the scale of the outputs is from the best one in each group.",
    formula: "mean over the present groups of (d/dw l_j(w z) at w = 1)^2",
    paper: Some("Arjovsky, Bottou, Gulrajani and Lopez-Paz 2019 (IRMv1)"),
    tasks: &[TaskKind::Binary, TaskKind::Multiclass, TaskKind::Regression],
    laws: Laws {
        zero_at_parity: Law::Fails {
            reason: OF_THE_TASK,
        },
        ..Laws::ALL
    },
    needs: &[],
    options: &[],
    build: |_| Ok(Arc::new(Irm)),
};

/// The penalty of `IRMv1` with groups as environments, in closed form, so that no gradient of a
/// gradient is needed: the derivative is `E[(s(z) - y) z]` for two classes, `E[sum_c (p_c - y_c)
/// z_c]` for several, and `E[2 (z - y) z]` for a number.
///
/// Logits count as [`Irm::BOUND`] at most in size: beyond it the square would leave single
/// precision, and the gradient is 0.
#[derive(Debug, Clone, Copy)]
pub struct Irm;

impl Irm {
    /// The largest size of a logit.
    pub const BOUND: f64 = 1e4;
}

impl FairnessLoss for Irm {
    fn name(&self) -> &str {
        SPEC.name
    }

    fn tasks(&self) -> &[TaskKind] {
        SPEC.tasks
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        let outputs = input.outputs().clone();
        let slopes = match input.task() {
            TaskKind::Binary | TaskKind::Multiclass => {
                let errors = input.decisions()?.sub(input.labels()?);
                errors.mul(outputs.clamp(-Self::BOUND, Self::BOUND))
            }
            TaskKind::Regression => {
                let targets = input.targets().clone().reshape([input.rows(), 1]);
                outputs.clone().sub(targets).mul(outputs).mul_scalar(2.0)
            }
        };
        let weights = GroupWeights::of(input);
        let groups = slopes
            .sum_dim(1)
            .transpose()
            .matmul(weights.distributions());
        let count = weights.present().sum().clamp_min(1.0);
        Ok(groups.clone().mul(groups).sum().div(count))
    }
}
