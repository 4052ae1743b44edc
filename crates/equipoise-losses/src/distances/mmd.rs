//! The maximum mean discrepancy between the scores of groups.

use std::sync::Arc;

use burn::tensor::Tensor;

use super::{GroupWeights, Kernel, kernel::KERNEL};
use crate::{
    DefaultValue, Error, FairnessInput, FairnessLoss, Law, Laws, LossSpec, LossState, OptionSpec,
    TaskKind,
};

const LENGTH: OptionSpec = OptionSpec {
    key: "length",
    summary: "The distance of scores over which the kernel falls.",
    legal: "a finite number above 0",
    default: Some(DefaultValue::Number(0.1)),
};

const ON: OptionSpec = OptionSpec {
    key: "on",
    summary: "Among which rows groups are compared; those of one label for two classes alone.",
    legal: "`all`, `negatives` or `positives`",
    default: Some(DefaultValue::Text("all")),
};

const AGAINST: OptionSpec = OptionSpec {
    key: "against",
    summary: "With whom a group is compared: all others together, or each other group.",
    legal: "`rest` or `pairs`",
    default: Some(DefaultValue::Text("rest")),
};

/// See [`Mmd`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "mmd",
    summary: "The squared maximum mean discrepancy between the scores of groups.",
    formula: "sum_j pi_j [E k(s, s') - 2 E k(s, t) + E k(t, t')], s of group j, t of the others",
    paper: Some("Gretton et al. 2012; as MinDiff Prost, Qian, Chen, Chi, Chen and Beutel 2019"),
    tasks: &[TaskKind::Binary, TaskKind::Multiclass, TaskKind::Regression],
    laws: Laws {
        smooth: Law::Fails {
            reason: "smooth with the Gaussian kernel; the Laplacian one has a kink where two \
                     scores are equal",
        },
        ..Laws::ALL
    },
    needs: &[],
    options: &[KERNEL, LENGTH, ON, AGAINST],
    build: |options| {
        Ok(Arc::new(Mmd {
            kernel: Kernel::of(options)?,
            label: options.choice(
                ON.key,
                &[
                    ("all", None),
                    ("negatives", Some(0)),
                    ("positives", Some(1)),
                ],
            )?,
            opponent: options.choice(
                AGAINST.key,
                &[("rest", Opponent::Rest), ("pairs", Opponent::Pairs)],
            )?,
        }))
    },
};

/// With whom a group is compared; for two groups both say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opponent {
    /// All other groups together; the mean over the groups by their shares.
    Rest,
    /// Each other group; the mean over the pairs of present groups, each alike.
    Pairs,
}

/// The squared maximum mean discrepancy, at most 2: 0 where the scores of the groups have the same
/// distribution, all moments of it, as far as a kernel of this length sees.
///
/// `MinDiff` is this loss among the negatives, for equal false-positive rates at every threshold,
/// or among the positives, for equal true-positive rates. No root is taken: its gradient would
/// grow without bound near parity. Rows count as in a mean over all pairs, each row with itself
/// too, so the value of a batch is above 0 at parity by about `1 / n_0 + 1 / n_1` times the mean
/// of `1 - k`.
#[derive(Debug, Clone, Copy)]
pub struct Mmd {
    kernel: Kernel,
    label: Option<u8>,
    opponent: Opponent,
}

impl Mmd {
    /// The loss among all rows.
    pub fn new(kernel: Kernel, opponent: Opponent) -> Self {
        Self {
            kernel,
            label: None,
            opponent,
        }
    }

    /// The same among the rows of one label alone: the positives (`true`) or the negatives.
    #[must_use]
    pub fn among(mut self, positives: bool) -> Self {
        self.label = Some(positives.into());
        self
    }

    fn weights(&self, input: &FairnessInput) -> GroupWeights {
        let weights = input.weighted_membership().clone();
        let Some(label) = self.label else {
            return GroupWeights::new(weights, 2);
        };
        let dims = weights.dims();
        let other = input
            .targets()
            .clone()
            .not_equal_scalar(f64::from(label))
            .reshape([dims[0], 1])
            .expand(dims);
        GroupWeights::new(weights.mask_fill(other, 0.0), 2)
    }
}

impl FairnessLoss for Mmd {
    fn name(&self) -> &str {
        match self.label {
            None => SPEC.name,
            Some(0) => "mmd/negatives",
            Some(_) => "mmd/positives",
        }
    }

    fn tasks(&self) -> &[TaskKind] {
        match self.label {
            None => SPEC.tasks,
            Some(_) => &[TaskKind::Binary],
        }
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        self.check_task(input.task())?;
        let weights = self.weights(input);
        let kernel = self.kernel.matrix(&input.scores());
        let distributions = weights.distributions();
        let value = match self.opponent {
            Opponent::Rest => {
                // (p - q)' K (p - q) for the column p of each group and q of its rest.
                let difference = distributions.sub(weights.rest_distributions());
                let forms = difference.clone().mul(kernel.matmul(difference)).sum_dim(0);
                forms.mul(weights.shares()).sum()
            }
            Opponent::Pairs => {
                let groups = weights.groups();
                let products = distributions
                    .clone()
                    .transpose()
                    .matmul(kernel)
                    .matmul(distributions.clone());
                let own = products
                    .clone()
                    .mul(Tensor::<2>::eye(groups, &products.device()).cast(products.dtype()))
                    .sum_dim(1);
                let squares = own
                    .clone()
                    .expand([groups, groups])
                    .add(own.transpose().expand([groups, groups]))
                    .sub(products.mul_scalar(2.0));
                let present = weights.present();
                let pairs = present.clone().transpose().matmul(present.clone());
                let count = present.sum();
                let count = count.clone().mul(count.sub_scalar(1.0)).clamp_min(1.0);
                squares.mul(pairs).sum().div(count)
            }
        };
        Ok(value.mul(weights.comparable()))
    }
}
