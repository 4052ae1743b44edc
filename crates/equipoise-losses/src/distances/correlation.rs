//! The correlation between scores and group.

use std::sync::Arc;

use burn::tensor::Tensor;

use super::{Attribute, attribute::ATTRIBUTE, norm::square_root};
use crate::{Error, FairnessInput, FairnessLoss, Law, Laws, LossSpec, LossState, Need, TaskKind};

/// See [`Correlation`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "correlation",
    summary: "The correlation between scores and group, whatever their spread.",
    formula: "sqrt(sum_j pi_j sum_c (mu_jc - mu_c)^2 / (sum_c var(s_c) + FLOOR))",
    paper: Some("Beutel et al. 2019; for several groups Pearson's correlation ratio, 1905"),
    tasks: &[TaskKind::Binary, TaskKind::Multiclass, TaskKind::Regression],
    laws: Laws {
        smooth: Law::Fails {
            reason: "the slope keeps its size up to parity and changes its direction there",
        },
        ..Laws::ALL
    },
    needs: &[],
    options: &[ATTRIBUTE],
    build: |options| Ok(Arc::new(Correlation::new(Attribute::of(options)?))),
};

/// The correlation ratio, within 0 and 1: the root of the part of the scores' variance that lies
/// between groups. For two groups it is the absolute value of Pearson's correlation.
///
/// With [`Attribute::Values`] it is the root mean square of the correlations with each attribute.
#[derive(Debug, Clone, Copy)]
pub struct Correlation {
    attribute: Attribute,
}

impl Correlation {
    /// What is added to each variance: scores of a smaller spread count as all alike.
    pub const FLOOR: f64 = 1e-8;

    /// The loss for groups or for values.
    pub fn new(attribute: Attribute) -> Self {
        Self { attribute }
    }
}

impl FairnessLoss for Correlation {
    fn name(&self) -> &str {
        SPEC.name
    }

    fn tasks(&self) -> &[TaskKind] {
        SPEC.tasks
    }

    fn needs(&self) -> &[Need] {
        self.attribute.needs()
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        self.check_task(input.task())?;
        let scores = input.scores();
        let dims = scores.dims();
        let (columns, shares) = self.attribute.columns(input, SPEC.name)?;
        let weighed = shares.clone().expand(dims);
        let means = scores.clone().mul(weighed.clone()).sum_dim(0);
        let distances = scores.sub(means.expand(dims));
        let variance = distances.clone().mul(distances.clone()).mul(weighed).sum();
        let centred = self.attribute.centred(input, SPEC.name)?;
        // Covariances, `[attributes, classes]`, then one sum of squares for each attribute.
        let covariances = centred.clone().transpose().matmul(distances);
        let squares = covariances.clone().mul(covariances).sum_dim(1);
        let [_, attributes] = columns.dims();
        let between = match self.attribute {
            // cov(1[j], s) = pi_j (mu_j - mu), so its square over pi_j is what group j adds.
            Attribute::Groups => {
                let sizes = columns.mul(shares.expand(centred.dims())).sum_dim(0);
                squares.div(present_sizes(sizes))
            }
            Attribute::Values => {
                let variances = columns.mul(centred).sum_dim(0);
                let scale = variances.add_scalar(Self::FLOOR).transpose();
                squares.div(scale).div_scalar(attributes as f64)
            }
        };
        let ratio = between.sum().div(variance.add_scalar(Self::FLOOR));
        Ok(square_root(ratio).mul(self.attribute.comparable(input)))
    }
}

/// `[1, groups]` as `[groups, 1]`, with 1 for absent groups.
fn present_sizes(sizes: Tensor<2>) -> Tensor<2> {
    let absent = sizes.clone().lower_equal_scalar(0.0);
    sizes.mask_fill(absent, 1.0).transpose()
}
