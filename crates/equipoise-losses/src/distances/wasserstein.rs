//! The first Wasserstein distance between the scores of groups.

use std::sync::Arc;

use burn::tensor::Tensor;

use super::{GroupWeights, transport::distance_from_barycentre};
use crate::{Error, FairnessInput, FairnessLoss, Law, Laws, LossSpec, LossState, TaskKind};

/// See [`Wasserstein`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "wasserstein",
    summary: "How far the scores of the groups must be moved to be distributed alike.",
    formula: "sum_j pi_j W1(F_j, barycentre) / (1 - sum_j pi_j^2), the mean over the classes",
    paper: Some("Jiang, Pacchiano, Stepleton, Jiang and Chiappa 2020"),
    tasks: &[TaskKind::Binary, TaskKind::Multiclass, TaskKind::Regression],
    laws: Laws {
        smooth: Law::Fails {
            reason: "each score is pulled up or down by its whole weight, and the direction \
                     changes where scores change places",
        },
        ..Laws::ALL
    },
    needs: &[],
    options: &[],
    build: |_| Ok(Arc::new(Wasserstein)),
};

/// The first Wasserstein distance of the groups' scores from their barycentre, in the units of the
/// scores: for two groups the distance between them, `int |F_0(t) - F_1(t)| dt`, at most 1 for
/// probabilities.
///
/// It is 0 where the rates of positive decisions are equal at every threshold. Several groups meet
/// at the barycentre, whose quantile function is the mean of theirs by their shares.
#[derive(Debug, Clone, Copy)]
pub struct Wasserstein;

impl FairnessLoss for Wasserstein {
    fn name(&self) -> &str {
        SPEC.name
    }

    fn tasks(&self) -> &[TaskKind] {
        SPEC.tasks
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        self.check_task(input.task())?;
        Ok(distance_from_barycentre(&input.scores(), &GroupWeights::of(input)).mean())
    }
}
