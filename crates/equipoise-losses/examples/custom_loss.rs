//! A statistic, a penalty and a whole loss of one's own, under names that a config can use.
//!
//! `cargo run -p equipoise-losses --example custom_loss`

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::sync::Arc;

use burn::tensor::Tensor;
use equipoise_losses::{
    Error, FairnessConfig, FairnessInput, FairnessLoss, GroupRates, LossSpec, LossState,
    OutcomeDistributions, Penalty, PenaltySpec, RateParts, Registry, Statistic, StatisticSpec,
    TaskKind,
};
use equipoise_tensor::{open_device, parse_device};

/// The mean output, `E[z | j]`.
#[derive(Debug)]
struct MeanOutput;

impl Statistic for MeanOutput {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        Ok(RateParts::mean(input.outputs().clone()))
    }
}

/// The squared distance of the rates from the overall one, every group alike.
#[derive(Debug)]
struct Spread;

impl Penalty for Spread {
    fn charge(&self, rates: &GroupRates) -> Tensor<2> {
        let distance = rates.rates().sub(rates.overall());
        distance.powi_scalar(2).sum_dim(1)
    }
}

/// The mean squared Hellinger distance of the groups' decisions from everybody's.
#[derive(Debug)]
struct Hellinger;

impl FairnessLoss for Hellinger {
    fn name(&self) -> &str {
        HELLINGER.name
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        let distance =
            |p: Tensor<2>, q: Tensor<2>| (p + q).div_scalar(2.0).exp().sum_dim(0).neg() + 1.0;
        Ok(OutcomeDistributions::new(input, None)?.mean_divergence(distance))
    }
}

static MEAN_OUTPUT: StatisticSpec = StatisticSpec {
    tasks: &[TaskKind::Binary, TaskKind::Regression],
    ..StatisticSpec::new("mean-output", "Equal mean outputs.", "E[z | j]", |_| {
        Ok(Arc::new(MeanOutput))
    })
};

static SPREAD: PenaltySpec = PenaltySpec::new(
    "spread",
    "The squared distance of the rates from the overall one, every group alike.",
    "sum_j (r_j - r)^2",
    |_| Ok(Arc::new(Spread)),
);

static HELLINGER: LossSpec = LossSpec::new(
    "hellinger",
    "The mean squared Hellinger distance of the groups' decisions from everybody's.",
    "sum_j pi_j (1 - sum_c sqrt(P_jc P_c))",
    |_| Ok(Arc::new(Hellinger)),
);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut registry = Registry::default();
    registry.register_statistic(&MEAN_OUTPUT)?;
    registry.register_penalty(&SPREAD)?;
    registry.register_loss(&HELLINGER)?;

    let device = open_device(&parse_device("auto")?)?;
    let input = FairnessInput::new(
        TaskKind::Binary,
        Tensor::from_floats([[2.0], [1.0], [-0.5], [0.0]], &device),
        Tensor::from_floats([1.0, 0.0, 1.0, 0.0], &device),
        Tensor::from_floats([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], &device),
        Tensor::ones([4], &device),
    )?;
    for config in [
        FairnessConfig::new("mean-output", 1.0, ["sex"]).with_penalty("spread"),
        FairnessConfig::new("hellinger", 1.0, ["sex"]),
    ] {
        let loss = registry.build(&config)?;
        let value = loss
            .value(&input, &LossState::default())?
            .try_into_scalar::<f32>()?;
        println!("{}: {value:.4}", loss.name());
    }
    Ok(())
}
