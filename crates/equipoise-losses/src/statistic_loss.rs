//! A statistic charged by a penalty.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::{
    Combine, Error, Estimate, FairnessInput, FairnessLoss, Given, GroupRates, Law, Laws, LossState,
    OptionSpec, Options, Penalty, RateParts, Statistic, TaskKind, estimate::RunningRates,
};

/// What a penalty charges for each constraint of a statistic, as one number.
///
/// A constraint with fewer than two present groups is left out: it adds exactly 0.
#[derive(Debug, Clone)]
pub struct StatisticLoss {
    name: String,
    tasks: Vec<TaskKind>,
    statistic: Arc<dyn Statistic>,
    penalty: Arc<dyn Penalty>,
    estimate: Estimate,
    given: Given,
    combine: Combine,
}

impl StatisticLoss {
    /// The options that every statistic has, beside its own and those of its penalty.
    pub const OPTIONS: &'static [OptionSpec] = &[
        Given::OPTION,
        Combine::OPTION,
        Estimate::OPTIONS[0],
        Estimate::OPTIONS[1],
    ];

    /// A loss from its two halves, under a name of its own: the sum of the charges among all rows
    /// of a batch.
    pub fn new(
        name: impl Into<String>,
        tasks: &[TaskKind],
        statistic: Arc<dyn Statistic>,
        penalty: Arc<dyn Penalty>,
    ) -> Self {
        Self {
            name: name.into(),
            tasks: tasks.to_vec(),
            statistic,
            penalty,
            estimate: Estimate::Batch,
            given: Given::Nothing,
            combine: Combine::Sum,
        }
    }

    /// The same as [`Self::OPTIONS`] say.
    ///
    /// # Errors
    ///
    /// As [`Self::with_estimate`], and when an option's value is not legal.
    pub fn with_options(self, options: &Options<'_>) -> Result<Self, Error> {
        let combine = Combine::from_options(options)?;
        let given = Given::from_name(&options.text(Given::OPTION.key)?);
        Ok(self
            .with_estimate(Estimate::from_options(options)?)?
            .with_given(given)
            .with_combine(combine))
    }

    /// The same with rates that are estimated in another way.
    ///
    /// # Errors
    ///
    /// When the unbiased estimate is asked for beside a penalty that is not a square.
    pub fn with_estimate(mut self, estimate: Estimate) -> Result<Self, Error> {
        if estimate == Estimate::Unbiased && self.penalty.sampling_bias().is_none() {
            return Err(self.no_unbiased_estimate());
        }
        self.estimate = estimate;
        Ok(self)
    }

    /// The same within rows that have something in common, which the name then says.
    #[must_use]
    pub fn with_given(mut self, given: Given) -> Self {
        self.name.push_str(&given.suffix());
        self.given = given;
        self
    }

    /// The same with the number of values of the attribute that is given.
    #[must_use]
    pub(crate) fn with_strata(mut self, count: usize) -> Self {
        if let Given::Attribute { strata, .. } = &mut self.given {
            *strata = Some(count);
        }
        self
    }

    /// The same with the charges of constraints made one number in another way.
    #[must_use]
    pub fn with_combine(mut self, combine: Combine) -> Self {
        self.combine = combine;
        self
    }

    /// What holds for a loss with such an estimate and combination, given the laws of its penalty.
    pub fn laws(penalty: Laws, estimate: Estimate, combine: Combine) -> Laws {
        let mut laws = penalty;
        match estimate {
            Estimate::Batch => {}
            Estimate::Running { .. } => {
                laws.zero_at_parity = Law::Fails {
                    reason: "the rates of earlier batches are remembered, and may have differed",
                };
                laws.gradient_is_of_value = Law::Fails {
                    reason: "the value is that of several batches, the gradient that of the last \
                             one in full",
                };
                laws.stateful = true;
            }
            Estimate::Unbiased => {
                laws.nonnegative = Law::Fails {
                    reason: "what sampling adds on average is taken off, and a batch may have \
                             less of it",
                };
                laws.zero_at_parity = Law::Fails {
                    reason: "it is 0 on average over batches of equal groups, not on each",
                };
            }
        }
        if combine == Combine::Max {
            laws.smooth = Law::Fails {
                reason: "the slope passes from one constraint to another where they change places \
                         as the largest",
            };
        }
        laws
    }

    /// The loss, and the averages to remember where there are some.
    fn evaluate(
        &self,
        input: &FairnessInput,
        state: &LossState,
    ) -> Result<(Tensor<1>, Option<RunningRates>), Error> {
        self.check_task(input.task())?;
        let parts = self.given.split_rows(self.statistic.parts(input)?, input)?;
        match self.estimate {
            Estimate::Batch => {
                let rates = self.given.split_groups(parts.by_group(input)?)?;
                Ok((self.charge(&rates, self.penalty.charge(&rates))?, None))
            }
            Estimate::Running { momentum } => {
                let batch = self.given.split_groups(parts.by_group(input)?)?;
                let running = RunningRates::after(&batch, momentum, state)?;
                let rates = running.rates(&batch)?;
                let charge = self.charge(&rates, self.penalty.charge(&rates))?;
                Ok((charge, Some(running)))
            }
            Estimate::Unbiased => {
                let bias = self
                    .penalty
                    .sampling_bias()
                    .ok_or_else(|| self.no_unbiased_estimate())?;
                let (rates, variances) = parts.by_group_with_variances(input)?;
                let rates = self.given.split_groups(rates)?;
                let variances = variances.reshape(rates.numerators().dims());
                let charge = self.penalty.charge(&rates);
                Ok((
                    self.charge(&rates, charge.sub(bias.bias(&rates, variances)))?,
                    None,
                ))
            }
        }
    }

    fn charge(&self, rates: &GroupRates, charges: Tensor<2>) -> Result<Tensor<1>, Error> {
        let comparable = rates.comparable();
        if charges.dims() != comparable.dims() {
            return Err(Error::Shape {
                what: "charges",
                expected: comparable.dims().to_vec(),
                found: charges.dims().to_vec(),
            });
        }
        Ok(self.combine.of(charges, comparable))
    }

    fn no_unbiased_estimate(&self) -> Error {
        Error::NoUnbiasedEstimate {
            loss: self.name.clone(),
        }
    }
}

impl FairnessLoss for StatisticLoss {
    fn name(&self) -> &str {
        &self.name
    }

    fn tasks(&self) -> &[TaskKind] {
        &self.tasks
    }

    fn statistic(&self) -> Option<Arc<dyn Statistic>> {
        Some(Arc::new(Within {
            statistic: Arc::clone(&self.statistic),
            given: self.given.clone(),
        }))
    }

    fn value(&self, input: &FairnessInput, state: &LossState) -> Result<Tensor<1>, Error> {
        self.evaluate(input, state).map(|(value, _)| value)
    }

    fn step(&self, input: &FairnessInput, state: &mut LossState) -> Result<Tensor<1>, Error> {
        let (value, running) = self.evaluate(input, state)?;
        if let Some(running) = running {
            running.remember(state)?;
        }
        Ok(value)
    }
}

/// A statistic among rows that have something in common.
#[derive(Debug)]
struct Within {
    statistic: Arc<dyn Statistic>,
    given: Given,
}

impl Statistic for Within {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        self.given.split_rows(self.statistic.parts(input)?, input)
    }

    fn rates(&self, input: &FairnessInput) -> Result<GroupRates, Error> {
        self.given.split_groups(self.parts(input)?.by_group(input)?)
    }

    fn is_of_decisions(&self) -> bool {
        self.statistic.is_of_decisions()
    }
}
