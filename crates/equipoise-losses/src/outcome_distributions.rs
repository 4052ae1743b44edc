//! How the decisions of each group are distributed, for losses that compare distributions.

use burn::tensor::Tensor;

use crate::{Condition, Error, FairnessInput, GroupRates, RateParts};

/// The distribution of the decision in every group and in all of them together, within strata of
/// rows: one stratum of everybody, or one for each label.
///
/// Probabilities are soft: the mean over the rows of the model's probability of a class. Each
/// distribution is mixed with the uniform one by [`Self::FLOOR`], so that its logarithm and the
/// gradient of that are finite; the mixture of the groups stays exactly the overall distribution.
#[derive(Debug, Clone)]
pub struct OutcomeDistributions {
    strata: Vec<GroupRates>,
}

impl OutcomeDistributions {
    /// The least probability of a class: distributions are `(1 - C FLOOR) P + FLOOR` for `C`
    /// classes.
    pub const FLOOR: f64 = 1e-6;

    /// The distributions of a batch.
    ///
    /// # Errors
    ///
    /// When the task is a regression.
    pub fn new(input: &FairnessInput, condition: Option<Condition>) -> Result<Self, Error> {
        let outcomes = input.class_probabilities()?;
        let [batch, classes] = outcomes.dims();
        let strata = match condition {
            None => vec![RateParts::mean(outcomes).by_group(input)?],
            Some(Condition::Label) => {
                let labels = input.class_labels()?;
                (0..classes)
                    .map(|class| {
                        let rows = labels.clone().narrow(1, class, 1).expand([batch, classes]);
                        input.group_rates(outcomes.clone(), rows)
                    })
                    .collect::<Result<_, _>>()?
            }
        };
        Ok(Self { strata })
    }

    /// The mean divergence of the groups from everybody, `[1]`:
    ///
    /// ```text
    /// sum_y P(y) sum_j pi_j|y D(P_j|y || P_y)
    /// ```
    ///
    /// `divergence` gets logarithms, of the groups' distributions, `[classes, groups]`, and of
    /// the overall one in the same shape, and returns one divergence for each group,
    /// `[1, groups]`. A group that is absent from a stratum has share 0 and the overall
    /// distribution there; a stratum with fewer than two present groups adds exactly 0.
    pub fn mean_divergence(
        &self,
        divergence: impl Fn(Tensor<2>, Tensor<2>) -> Tensor<2>,
    ) -> Tensor<1> {
        let rows = |rates: &GroupRates| first_class(rates.denominators().clone()).sum_dim(1);
        let total = Tensor::cat(self.strata.iter().map(rows).collect(), 1).sum_dim(1);
        let empty = total.clone().detach().lower_equal_scalar(0.0);
        let total = total.mask_fill(empty, 1.0);
        let parts = self
            .strata
            .iter()
            .map(|rates| {
                let values = rates.rates();
                let groups = log_floored(values.clone());
                let overall = log_floored(rates.overall()).expand(values.dims());
                let mean = first_class(rates.shares())
                    .mul(divergence(groups, overall))
                    .sum_dim(1);
                let share = rows(rates).div(total.clone());
                mean.mul(share).mul(first_class(rates.comparable()))
            })
            .collect();
        Tensor::cat(parts, 1).sum()
    }
}

/// The first class stands for all where they share a denominator.
fn first_class(values: Tensor<2>) -> Tensor<2> {
    values.narrow(0, 0, 1)
}

fn log_floored(probabilities: Tensor<2>) -> Tensor<2> {
    let [classes, _] = probabilities.dims();
    let floor = OutcomeDistributions::FLOOR;
    probabilities
        .mul_scalar(1.0 - classes as f64 * floor)
        .add_scalar(floor)
        .log()
}
