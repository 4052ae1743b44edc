//! Counterfactual logit pairing: the same answer for a row and for its counterfactual.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::{
    DefaultValue, Error, FairnessInput, FairnessLoss, Law, Laws, LossSpec, LossState, Need,
    OptionSpec, TaskKind, distances::GroupWeights,
};

const DIFFERENCE: OptionSpec = OptionSpec {
    key: "difference",
    summary: "How the difference of the two outputs is charged.",
    legal: "`absolute` or `squared`",
    default: Some(DefaultValue::Text("absolute")),
};

/// See [`CounterfactualPairing`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "counterfactual-pairing",
    summary: "How much the outputs change where the words or values of the group are swapped.",
    formula: "E |z(x) - z(x')|, the mean over the outputs",
    paper: Some("Garg, Perot, Limtiaco, Taly, Chi and Beutel 2019"),
    tasks: &[TaskKind::Binary, TaskKind::Multiclass, TaskKind::Regression],
    laws: Laws {
        zero_at_parity: Law::Fails {
            reason: "rows are compared with their own counterfactuals, not groups with groups",
        },
        smooth: Law::Fails {
            reason: "smooth for the squared distance; the absolute one has a kink where the two \
                     outputs are equal",
        },
        ..Laws::ALL
    },
    needs: &[Need::CounterfactualOutputs],
    options: &[DIFFERENCE],
    build: |options| {
        let distance = options.choice(
            DIFFERENCE.key,
            &[
                ("absolute", PairDistance::Absolute),
                ("squared", PairDistance::Squared),
            ],
        )?;
        Ok(Arc::new(CounterfactualPairing::new(distance)))
    },
};

/// How the difference of two outputs is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairDistance {
    /// `|z - z'|`
    Absolute,
    /// `(z - z')^2`, overflowing in single precision for differences beyond 1e19.
    Squared,
}

/// The mean distance between the outputs for a row and for its counterfactual, the same row with
/// the words or values of the group swapped; 0 where the model does not look at them.
///
/// Groups are not compared: a row counts by its weight if it is in any group. A row that has no
/// counterfactual is given its own outputs.
#[derive(Debug, Clone, Copy)]
pub struct CounterfactualPairing {
    distance: PairDistance,
}

impl CounterfactualPairing {
    /// The loss with a distance.
    pub fn new(distance: PairDistance) -> Self {
        Self { distance }
    }
}

impl FairnessLoss for CounterfactualPairing {
    fn name(&self) -> &str {
        SPEC.name
    }

    fn tasks(&self) -> &[TaskKind] {
        SPEC.tasks
    }

    fn needs(&self) -> &[Need] {
        SPEC.needs
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        let swapped = input.extra(Need::CounterfactualOutputs, SPEC.name)?.clone();
        let difference = input.outputs().clone().sub(swapped);
        let charges = match self.distance {
            PairDistance::Absolute => difference.abs(),
            PairDistance::Squared => difference.clone().mul(difference),
        };
        let shares = GroupWeights::of(input).row_shares();
        Ok(charges.mean_dim(1).mul(shares).sum())
    }
}
