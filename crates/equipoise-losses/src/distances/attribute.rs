//! What a measure of dependence takes as the attribute of a row.

use burn::tensor::Tensor;

use super::GroupWeights;
use crate::{DefaultValue, Error, FairnessInput, Need, OptionSpec, Options};

/// The option by which a config chooses an [`Attribute`].
pub(crate) const ATTRIBUTE: OptionSpec = OptionSpec {
    key: "attribute",
    summary: "What scores must not depend on: the groups, or the values of a continuous \
              attribute.",
    legal: "`groups` or `values`",
    default: Some(DefaultValue::Text("groups")),
};

/// What a measure of dependence takes as the attribute of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// The groups, one-hot.
    Groups,
    /// The values of a continuous attribute, such as the age: [`Need::GroupValues`].
    Values,
}

impl Attribute {
    pub(crate) fn of(options: &Options<'_>) -> Result<Self, Error> {
        options.choice(
            ATTRIBUTE.key,
            &[("groups", Self::Groups), ("values", Self::Values)],
        )
    }

    pub(crate) fn needs(self) -> &'static [Need] {
        match self {
            Self::Groups => &[],
            Self::Values => &[Need::GroupValues],
        }
    }

    /// The attributes less their weighted means, times the share of each row, `[batch,
    /// attributes]`: its product with some scores is their cross-covariance.
    pub(crate) fn centred(self, input: &FairnessInput, loss: &str) -> Result<Tensor<2>, Error> {
        let (values, shares) = self.columns(input, loss)?;
        let dims = values.dims();
        let means = values.clone().mul(shares.clone().expand(dims)).sum_dim(0);
        Ok(values.sub(means.expand(dims)).mul(shares.expand(dims)))
    }

    /// The attributes, `[batch, attributes]`, and the share of each row, `[batch, 1]`.
    pub(crate) fn columns(
        self,
        input: &FairnessInput,
        loss: &str,
    ) -> Result<(Tensor<2>, Tensor<2>), Error> {
        let rows = match self {
            Self::Groups => GroupWeights::of(input).row_shares(),
            Self::Values => {
                let weights = input.weights().clone().reshape([input.rows(), 1]);
                GroupWeights::new(weights, 1).row_shares()
            }
        };
        let values = match self {
            Self::Groups => input.membership().clone(),
            Self::Values => input.extra(Need::GroupValues, loss)?.clone(),
        };
        Ok((values, rows))
    }

    /// 1 where there is something to depend on, 0 where the rows are of fewer than two groups,
    /// `[1]`.
    pub(crate) fn comparable(self, input: &FairnessInput) -> Tensor<1> {
        match self {
            Self::Groups => GroupWeights::of(input).comparable(),
            Self::Values => {
                Tensor::<1>::ones([1], &input.outputs().device()).cast(input.outputs().dtype())
            }
        }
    }
}
