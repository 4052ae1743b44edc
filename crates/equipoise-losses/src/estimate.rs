//! How the rates of groups are estimated from small batches.
//!
//! The rates of a batch are noisy, and a penalty that is not linear makes a charge of the noise: at
//! exact parity, with a tenth of 64 rows in the smaller group, the plain gap is 0.10 on average.
//! `cargo run -p equipoise-losses --example small_batches` prints the mean over 4000 batches, and
//! the standard deviation from batch to batch, for scores that are uniform within 0 and 1:
//!
//! | penalty and estimate | rates equal | rates 0.1 apart |
//! |---|---|---|
//! | gap, batch | 0.1046 (0.0828) | 0.1206 (0.0861) |
//! | gap, running, momentum 0.9 | 0.0229 (0.0169) | 0.1000 (0.0233) |
//! | gap, running, momentum 0.99 | 0.0084 (0.0057) | 0.0998 (0.0083) |
//! | squared gap, batch | 0.0178 (0.0278) | 0.0220 (0.0292) |
//! | squared gap, unbiased | 0.0005 (0.0308) | 0.0101 (0.0301) |
//! | squared gap, running, momentum 0.9 | 0.0008 (0.0011) | 0.0105 (0.0047) |
//! | squared gap, running, momentum 0.99 | 0.0001 (0.0001) | 0.0100 (0.0016) |
//! | variance, batch | 0.0013 (0.0018) | 0.0018 (0.0022) |
//! | variance, unbiased | 0.0000 (0.0020) | 0.0009 (0.0023) |
//!
//! On a batch a squared gap of 0.01 is hardly told from one of 0. Freed from its bias it has the
//! right mean and no less spread; running rates have little of both, and lag behind a model that
//! changes by about `1 / (1 - momentum)` steps.

use burn::tensor::Tensor;

use crate::{DefaultValue, Error, GroupRates, LossState, OptionSpec, Options};

/// From which rows the rates of groups are estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Estimate {
    /// From those of the batch.
    Batch,
    /// From those of the batch and of earlier ones, as exponential averages of numerators and
    /// denominators:
    ///
    /// ```text
    /// N <- momentum N + (1 - momentum) N_batch, the same for D,    r = N / D
    /// ```
    ///
    /// divided by `1 - momentum^t` at step `t`, so that the first batch stands for itself. A group
    /// that a batch lacks keeps its rate.
    ///
    /// The value is that of the averages. The gradient goes through the rows of this batch alone
    /// and is *not* shrunk by `1 - momentum`: it is the slope of the penalty at the averages times
    /// the slope of the batch's own sums, so that a weight lambda means the same as without
    /// averages. The gradient of the value would be that times
    /// `(1 - momentum) / (1 - momentum^t)`.
    Running {
        /// How much of the past is kept, from 0 (nothing) to below 1; about
        /// `1 / (1 - momentum)` batches count.
        momentum: f64,
    },
    /// From those of the batch, and what sampling adds to the charge on average is taken off, so
    /// that its mean over batches is the charge of the whole data. For penalties that are squares;
    /// at parity it is as often below 0 as above.
    Unbiased,
}

impl Estimate {
    /// The options `estimate` and `momentum`.
    pub const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec {
            key: "estimate",
            summary: "From which rows the rates of groups are estimated.",
            legal: "`batch`, `running` or `unbiased`",
            default: Some(DefaultValue::Text("batch")),
        },
        OptionSpec {
            key: "momentum",
            summary: "How much of earlier batches running rates keep.",
            legal: "a number of 0 or more and below 1, beside `estimate = \"running\"`",
            default: Some(DefaultValue::Number(0.9)),
        },
    ];

    /// The estimate that options describe.
    ///
    /// # Errors
    ///
    /// When a value is not legal, and when `momentum` is set for another estimate than the running
    /// one.
    pub fn from_options(options: &Options<'_>) -> Result<Self, Error> {
        let name = options.text("estimate")?;
        let momentum = options.number_that("momentum", |value| {
            (0.0..1.0).contains(&value) && (name == "running" || !options.is_set("momentum"))
        })?;
        options.choice(
            "estimate",
            &[
                ("batch", Self::Batch),
                ("running", Self::Running { momentum }),
                ("unbiased", Self::Unbiased),
            ],
        )
    }
}

/// The averages of [`Estimate::Running`] with those of one more batch in them.
#[derive(Debug)]
pub(crate) struct RunningRates {
    numerators: Tensor<2>,
    denominators: Tensor<2>,
    /// `1 - momentum^t`: how much of the averages is filled.
    filled: f64,
}

impl RunningRates {
    const NUMERATORS: &'static str = "running_numerators";
    const DENOMINATORS: &'static str = "running_denominators";
    const FILLED: &'static str = "running_weight";

    /// The averages after a batch with these rates.
    pub(crate) fn after(
        batch: &GroupRates,
        momentum: f64,
        state: &LossState,
    ) -> Result<Self, Error> {
        let filled = match state.get(Self::FILLED) {
            Some([filled]) => f64::from(*filled),
            Some(other) => {
                return Err(Error::State {
                    name: Self::FILLED.to_owned(),
                    expected: vec![1],
                    found: vec![other.len()],
                });
            }
            None => 0.0,
        };
        let average = |name: &str, values: &Tensor<2>| {
            let values = values.clone().detach();
            let past = state
                .tensor(name, values.dims(), &values.device(), values.dtype())?
                .unwrap_or_else(|| values.zeros_like());
            Ok::<_, Error>(
                past.mul_scalar(momentum)
                    .add(values.mul_scalar(1.0 - momentum)),
            )
        };
        Ok(Self {
            numerators: average(Self::NUMERATORS, batch.numerators())?,
            denominators: average(Self::DENOMINATORS, batch.denominators())?,
            filled: momentum * filled + 1.0 - momentum,
        })
    }

    /// The rates: the value of the averages, the gradient of the batch.
    pub(crate) fn rates(&self, batch: &GroupRates) -> Result<GroupRates, Error> {
        let with_gradient = |average: &Tensor<2>, values: &Tensor<2>| {
            let change = values.clone().sub(values.clone().detach());
            average.clone().div_scalar(self.filled).add(change)
        };
        GroupRates::new(
            with_gradient(&self.numerators, batch.numerators()),
            with_gradient(&self.denominators, batch.denominators()),
        )
    }

    /// Puts the averages into a state.
    pub(crate) fn remember(self, state: &mut LossState) -> Result<(), Error> {
        state.insert_tensor(Self::NUMERATORS, self.numerators)?;
        state.insert_tensor(Self::DENOMINATORS, self.denominators)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a state holds single precision"
        )]
        state.insert(Self::FILLED, vec![self.filled as f32])
    }
}
