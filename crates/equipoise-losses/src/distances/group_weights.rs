//! How much each row counts in its group.

use burn::tensor::Tensor;

use crate::{FairnessInput, input::float_dtype};

/// Membership times row weight, with the sums that distances between groups are made of.
#[derive(Debug, Clone)]
pub(crate) struct GroupWeights {
    /// `[batch, groups]`
    weights: Tensor<2>,
    /// The sum over the rows, `[1, groups]`.
    sizes: Tensor<2>,
    least_groups: usize,
}

impl GroupWeights {
    /// Those of all rows.
    pub(crate) fn of(input: &FairnessInput) -> Self {
        Self::new(input.weighted_membership().clone(), 2)
    }

    /// From membership times row weight, `[batch, groups]`; with fewer than `least_groups` present
    /// there is nothing to compare.
    pub(crate) fn new(weights: Tensor<2>, least_groups: usize) -> Self {
        let weights = weights.detach();
        Self {
            sizes: weights.clone().sum_dim(0),
            weights,
            least_groups,
        }
    }

    /// The number of groups, absent ones too.
    pub(crate) fn groups(&self) -> usize {
        let [_, groups] = self.weights.dims();
        groups
    }

    /// The rows of each group as a distribution, `[batch, groups]`: columns sum to 1, those of
    /// absent groups to 0.
    pub(crate) fn distributions(&self) -> Tensor<2> {
        divide(
            self.weights.clone(),
            self.sizes.clone().expand(self.weights.dims()),
        )
    }

    /// The rows of all other groups as a distribution, for each group, `[batch, groups]`.
    pub(crate) fn rest_distributions(&self) -> Tensor<2> {
        let dims = self.weights.dims();
        let rest = |values: &Tensor<2>| {
            let all = values.clone().sum_dim(1).expand(values.dims());
            all.sub(values.clone())
        };
        divide(rest(&self.weights), rest(&self.sizes).expand(dims))
    }

    /// The part of each group in all of them, `[1, groups]`; 0 for an absent group.
    pub(crate) fn shares(&self) -> Tensor<2> {
        let total = self.sizes.clone().sum_dim(1).expand(self.sizes.dims());
        divide(self.sizes.clone(), total)
    }

    /// The part of each row in all of them, `[batch, 1]`; they sum to 1.
    pub(crate) fn row_shares(&self) -> Tensor<2> {
        let rows = self.weights.clone().sum_dim(1);
        let total = self.sizes.clone().sum_dim(1).expand(rows.dims());
        divide(rows, total)
    }

    /// 1 for each group that has rows, 0 elsewhere, `[1, groups]`.
    pub(crate) fn present(&self) -> Tensor<2> {
        self.sizes
            .clone()
            .greater_scalar(0.0)
            .cast(float_dtype(self.sizes.dtype()))
    }

    /// 1 where enough groups are present for a comparison, 0 elsewhere, `[1]`.
    pub(crate) fn comparable(&self) -> Tensor<1> {
        self.present()
            .sum()
            .greater_scalar(self.least_groups as f64 - 0.5)
            .cast(float_dtype(self.sizes.dtype()))
    }
}

/// `numerators / denominators`, and 0 where the denominator is 0.
fn divide(numerators: Tensor<2>, denominators: Tensor<2>) -> Tensor<2> {
    let empty = denominators.clone().lower_equal_scalar(0.0);
    numerators
        .mask_fill(empty.clone(), 0.0)
        .div(denominators.mask_fill(empty, 1.0))
}
