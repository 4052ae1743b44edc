//! The Jensen-Shannon divergence between the decisions of groups and of everybody.

use std::sync::Arc;

use burn::tensor::Tensor;

use super::kl::kullback_leibler;
use crate::{
    Condition, Error, FairnessInput, FairnessLoss, Laws, LossSpec, LossState, OptionSpec,
    OutcomeDistributions, TaskKind,
};

/// See [`JensenShannon`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "jensen-shannon",
    summary: "The mean Jensen-Shannon divergence of the groups' decisions from everybody's.",
    formula: "sum_j pi_j [KL(P_j || M_j) + KL(P || M_j)] / 2 with M_j = (P_j + P) / 2",
    paper: Some("Lin 1991"),
    tasks: TaskKind::CLASSIFICATION,
    laws: Laws::ALL,
    needs: &[],
    options: &[OptionSpec::CONDITION],
    build: |options| Ok(Arc::new(JensenShannon::new(options.condition()?))),
};

/// The mean Jensen-Shannon divergence in nats, at most `log 2`, among all rows or within labels.
///
/// Each group is compared with everybody. The generalised divergence of all groups at once,
/// weighted by their shares, is [`super::Kl`].
#[derive(Debug, Clone, Copy)]
pub struct JensenShannon {
    condition: Option<Condition>,
}

impl JensenShannon {
    /// The loss among all rows, or within the rows of a condition.
    pub fn new(condition: Option<Condition>) -> Self {
        Self { condition }
    }
}

impl FairnessLoss for JensenShannon {
    fn name(&self) -> &str {
        match self.condition {
            None => SPEC.name,
            Some(Condition::Label) => "jensen-shannon/label",
        }
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        self.check_task(input.task())?;
        Ok(OutcomeDistributions::new(input, self.condition)?.mean_divergence(divergence))
    }
}

/// One divergence for each group, `[1, groups]`, from logarithms, `[classes, groups]`.
fn divergence(groups: Tensor<2>, overall: Tensor<2>) -> Tensor<2> {
    let middle = groups
        .clone()
        .exp()
        .add(overall.clone().exp())
        .div_scalar(2.0)
        .log();
    kullback_leibler(groups, middle.clone())
        .add(kullback_leibler(overall, middle))
        .div_scalar(2.0)
}
