//! One fairness loss of a total loss: its groups, its weight, and what it adds.

use std::sync::Arc;

use burn::tensor::{Tensor, TensorData};

use crate::{
    Charge, Error, FairnessInput, FairnessLoss, GroupSelector, JoinGradients, Lambda, LambdaConfig,
    Statistic, TermWeight,
};

/// One fairness loss of a total loss.
#[derive(Debug, Clone)]
pub struct FairnessTerm {
    /// What is measured.
    pub loss: Arc<dyn FairnessLoss>,
    /// Between which groups.
    pub groups: GroupSelector,
    /// How much it weighs, or how that is found.
    pub lambda: LambdaConfig,
    /// How its gradient joins that of the task.
    pub gradients: JoinGradients,
    /// What a weight that is found for a target charges.
    pub charge: Charge,
    /// The statistic whose hard rates are measured in every step, where there is a target.
    pub violation: Option<Arc<dyn Statistic>>,
}

impl FairnessTerm {
    /// A loss between groups with a weight that stays.
    pub fn new(loss: Arc<dyn FairnessLoss>, groups: GroupSelector, lambda: Lambda) -> Self {
        Self {
            loss,
            groups,
            lambda: LambdaConfig::Fixed(lambda.get()),
            gradients: JoinGradients::Sum,
            charge: Charge::Value,
            violation: None,
        }
    }

    /// Whether its gradient is looked at before it joins that of the task.
    pub fn is_apart(&self) -> bool {
        self.gradients != JoinGradients::Sum || matches!(self.lambda, LambdaConfig::Gradient(_))
    }

    /// What the term adds to the total, from its weight and its value; `None` for a weight of 0,
    /// with which a term is shown and does not train: no gradient is computed.
    pub(crate) fn contribution(
        &self,
        weight: TermWeight,
        value: &Tensor<1>,
        input: &FairnessInput,
    ) -> Result<Option<Tensor<1>>, Error> {
        match (weight, &self.violation) {
            (TermWeight::Value(weight), _) => {
                Ok((weight > 0.0).then(|| value.clone().mul_scalar(weight)))
            }
            (TermWeight::Rates(factors), Some(statistic)) => {
                charge_rates(statistic.as_ref(), input, factors)
            }
            (TermWeight::Rates(_), None) => Ok(None),
        }
    }
}

/// The rates of the groups times their factors, `[1]`; `None` where no factor is set.
fn charge_rates(
    statistic: &dyn Statistic,
    input: &FairnessInput,
    factors: Vec<f64>,
) -> Result<Option<Tensor<1>>, Error> {
    if factors
        .iter()
        .all(|factor| factor.abs() < f64::MIN_POSITIVE)
    {
        return Ok(None);
    }
    let rates = statistic.rates(input)?;
    let shape = rates.numerators().dims();
    if shape.iter().product::<usize>() != factors.len() {
        return Err(Error::Shape {
            what: "factors of the rates",
            expected: shape.to_vec(),
            found: vec![factors.len()],
        });
    }
    let soft = rates.rates();
    let factors = Tensor::<2>::from_data(
        TensorData::new(factors, shape),
        (&soft.device(), soft.dtype()),
    );
    let charged = soft.mul(factors).sum_dim(1).mul(rates.comparable());
    Ok(Some(charged.sum()))
}
