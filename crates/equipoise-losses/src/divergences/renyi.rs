//! The Renyi divergence between the decisions of groups and of everybody.

use std::sync::Arc;

use burn::tensor::Tensor;

use super::kl::kullback_leibler;
use crate::{
    Condition, Error, FairnessInput, FairnessLoss, Laws, LossSpec, LossState, OptionSpec, Options,
    OutcomeDistributions, TaskKind,
};

/// See [`Renyi`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "renyi",
    summary: "The mean Renyi divergence of the groups' decisions from everybody's.",
    formula: "sum_j pi_j 1/(alpha - 1) log sum_c P_jc^alpha P_c^(1 - alpha)",
    paper: Some("Renyi 1961; van Erven and Harremoes 2014"),
    tasks: TaskKind::CLASSIFICATION,
    laws: Laws::ALL,
    needs: &[],
    options: &[ALPHA, OptionSpec::CONDITION],
    build,
};

const ALPHA: OptionSpec = OptionSpec {
    key: "alpha",
    summary: "The order of the divergence.",
    legal: "a finite number above 0",
    default: None,
};

fn build(options: &Options<'_>) -> Result<Arc<dyn FairnessLoss>, Error> {
    let alpha = options.positive(ALPHA.key)?;
    Ok(Arc::new(Renyi::new(alpha, options.condition()?)?))
}

/// `sum_j pi_j 1/(alpha - 1) log sum_c P_jc^alpha P_c^(1 - alpha)` in nats, among all rows or
/// within labels.
///
/// It grows with `alpha`: 1/2 is twice the Bhattacharyya distance, 1 the Kullback-Leibler
/// divergence, 2 the logarithm of 1 plus the chi-squared divergence; large orders charge the
/// largest ratio of probabilities. It is at most `-log` of [`OutcomeDistributions::FLOOR`].
#[derive(Debug, Clone, Copy)]
pub struct Renyi {
    alpha: f64,
    condition: Option<Condition>,
}

impl Renyi {
    /// Orders this close to 1 are computed as the limit at 1, the Kullback-Leibler divergence:
    /// nearer than this, rounding in the quotient is larger than the difference.
    pub const LIMIT: f64 = 1e-3;

    /// The loss of an order, among all rows or within the rows of a condition.
    ///
    /// # Errors
    ///
    /// When `alpha` is not a finite number above 0.
    pub fn new(alpha: f64, condition: Option<Condition>) -> Result<Self, Error> {
        if alpha.is_finite() && alpha > 0.0 {
            Ok(Self { alpha, condition })
        } else {
            Err(Error::Range {
                option: ALPHA.key,
                value: alpha,
                legal: ALPHA.legal,
            })
        }
    }

    /// One divergence for each group, `[1, groups]`, from logarithms, `[classes, groups]`.
    fn divergence(&self, groups: Tensor<2>, overall: Tensor<2>) -> Tensor<2> {
        if (self.alpha - 1.0).abs() < Self::LIMIT {
            return kullback_leibler(groups, overall);
        }
        let exponents = groups
            .mul_scalar(self.alpha)
            .add(overall.mul_scalar(1.0 - self.alpha));
        // The largest exponent is taken out: the powers of a large order overflow.
        let largest = exponents.clone().detach().max_dim(0);
        exponents
            .clone()
            .sub(largest.clone().expand(exponents.dims()))
            .exp()
            .sum_dim(0)
            .log()
            .add(largest)
            .div_scalar(self.alpha - 1.0)
    }
}

impl FairnessLoss for Renyi {
    fn name(&self) -> &str {
        match self.condition {
            None => SPEC.name,
            Some(Condition::Label) => "renyi/label",
        }
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        self.check_task(input.task())?;
        Ok(OutcomeDistributions::new(input, self.condition)?
            .mean_divergence(|groups, overall| self.divergence(groups, overall)))
    }
}
