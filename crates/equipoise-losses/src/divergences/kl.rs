//! The information that decisions hold about the group.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::{
    Condition, Error, FairnessInput, FairnessLoss, Laws, LossSpec, LossState, OptionSpec,
    OutcomeDistributions, TaskKind,
};

/// See [`Kl`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "kl",
    summary: "The mutual information between decision and group.",
    formula: "sum_j pi_j sum_c P_jc log(P_jc / P_c)",
    paper: Some("Kamishima, Akaho, Asoh and Sakuma 2012"),
    tasks: TaskKind::CLASSIFICATION,
    laws: Laws::ALL,
    needs: &[],
    options: &[OptionSpec::CONDITION],
    build: |options| Ok(Arc::new(Kl::new(options.condition()?))),
};

/// The mutual information `I(decision; group)` in nats, or, within labels,
/// `I(decision; group | label)`.
///
/// It is the mean Kullback-Leibler divergence of the groups' decisions from everybody's: 0 at
/// demographic parity (within labels: at equalized odds), at most the entropy of the group.
#[derive(Debug, Clone, Copy)]
pub struct Kl {
    condition: Option<Condition>,
}

impl Kl {
    /// The loss among all rows, or within the rows of a condition.
    pub fn new(condition: Option<Condition>) -> Self {
        Self { condition }
    }
}

impl FairnessLoss for Kl {
    fn name(&self) -> &str {
        match self.condition {
            None => SPEC.name,
            Some(Condition::Label) => "kl/label",
        }
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        self.check_task(input.task())?;
        Ok(OutcomeDistributions::new(input, self.condition)?.mean_divergence(kullback_leibler))
    }
}

/// `sum_c P_jc (log P_jc - log P_c)`, `[1, groups]`, from logarithms, `[classes, groups]`.
pub(super) fn kullback_leibler(groups: Tensor<2>, overall: Tensor<2>) -> Tensor<2> {
    groups.clone().exp().mul(groups.sub(overall)).sum_dim(0)
}
