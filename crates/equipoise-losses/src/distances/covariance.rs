//! The covariance between outputs and group.

use std::sync::Arc;

use burn::tensor::Tensor;

use super::{Attribute, attribute::ATTRIBUTE, norm::euclidean_norm};
use crate::{
    DefaultValue, Error, FairnessInput, FairnessLoss, Law, Laws, LossSpec, LossState, Need,
    OptionSpec, TaskKind,
};

const OF: OptionSpec = OptionSpec {
    key: "of",
    summary: "Whose covariance: that of the outputs (logits), which are distances from the \
              decision boundary, or that of the probabilities.",
    legal: "`outputs` or `probabilities`",
    default: Some(DefaultValue::Text("outputs")),
};

/// See [`Covariance`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "covariance",
    summary: "The size of the covariance between outputs and group.",
    formula: "sqrt(sum_j sum_c cov(1[j], z_c)^2 / 2)",
    paper: Some("Zafar, Valera, Gomez Rodriguez and Gummadi 2017"),
    tasks: &[TaskKind::Binary, TaskKind::Multiclass, TaskKind::Regression],
    laws: Laws {
        smooth: Law::Fails {
            reason: "the slope keeps its size up to parity and changes its direction there",
        },
        ..Laws::ALL
    },
    needs: &[],
    options: &[OF, ATTRIBUTE],
    build: |options| {
        let probabilities =
            options.choice(OF.key, &[("outputs", false), ("probabilities", true)])?;
        Ok(Arc::new(Covariance::new(
            probabilities,
            Attribute::of(options)?,
        )))
    },
};

/// The Frobenius norm of the cross-covariance between the outputs and one-hot groups, over the
/// root of 2, so that for two groups and one output it is `|cov(a, z)|` with `a` in {0, 1}, which
/// is `pi_0 pi_1 |mu_1 - mu_0|`.
///
/// It sees means alone: a covariance of 0 does not make the distributions equal. With
/// [`Attribute::Values`] it is the norm of the cross-covariance with the values, without the root
/// of 2, in the units of the values.
#[derive(Debug, Clone, Copy)]
pub struct Covariance {
    probabilities: bool,
    attribute: Attribute,
}

impl Covariance {
    /// The loss of outputs, or of `probabilities`, which cannot grow without bound.
    pub fn new(probabilities: bool, attribute: Attribute) -> Self {
        Self {
            probabilities,
            attribute,
        }
    }
}

impl FairnessLoss for Covariance {
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
        let values = if self.probabilities {
            input.scores()
        } else {
            input.outputs().clone()
        };
        let centred = self.attribute.centred(input, SPEC.name)?;
        let norm = euclidean_norm(&centred.transpose().matmul(values));
        let scale = match self.attribute {
            Attribute::Groups => 0.5f64.sqrt(),
            Attribute::Values => 1.0,
        };
        Ok(norm.mul_scalar(scale).mul(self.attribute.comparable(input)))
    }
}
