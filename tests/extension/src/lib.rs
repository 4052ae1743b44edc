//! A statistic, a penalty and a whole loss of another crate, and how a program comes to know them.

use std::sync::Arc;

use burn::tensor::Tensor;
use equipoise_losses::{
    Error, FairnessInput, FairnessLoss, GroupRates, LossSpec, LossState, OutcomeDistributions,
    Penalty, PenaltySpec, RateParts, Registry, Statistic, StatisticSpec,
};

#[derive(Debug)]
struct Uncertainty;

impl Statistic for Uncertainty {
    fn parts(&self, input: &FairnessInput) -> Result<RateParts, Error> {
        let decisions = input.decisions()?;
        Ok(RateParts::mean(decisions.mul(input.negative_decisions()?)))
    }
}

#[derive(Debug)]
struct Shortfall;

impl Penalty for Shortfall {
    fn charge(&self, rates: &GroupRates) -> Tensor<2> {
        rates.overall().sub(rates.rates().min_dim(1))
    }
}

#[derive(Debug)]
struct Hellinger;

impl FairnessLoss for Hellinger {
    fn name(&self) -> &str {
        HELLINGER.name
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        let affinity = |p: Tensor<2>, q: Tensor<2>| (p + q).div_scalar(2.0).exp().sum_dim(0);
        Ok(OutcomeDistributions::new(input, None)?
            .mean_divergence(|p, q| affinity(p, q).neg() + 1.0))
    }
}

static UNCERTAINTY: StatisticSpec = StatisticSpec::new(
    "uncertainty",
    "Equal uncertainty.",
    "E[s (1 - s) | j]",
    |_| Ok(Arc::new(Uncertainty)),
);
static SHORTFALL: PenaltySpec = PenaltySpec::new(
    "shortfall",
    "The lowest rate below all.",
    "r - min_j r_j",
    |_| Ok(Arc::new(Shortfall)),
);
static HELLINGER: LossSpec = LossSpec::new(
    "hellinger",
    "The mean Hellinger distance.",
    "sum_j pi_j H(P_j, P)^2",
    |_| Ok(Arc::new(Hellinger)),
);

/// Adds the three to a registry.
///
/// # Errors
///
/// When one of the names is taken.
pub fn register(registry: &mut Registry) -> Result<(), Error> {
    registry.register_statistic(&UNCERTAINTY)?;
    registry.register_penalty(&SHORTFALL)?;
    registry.register_loss(&HELLINGER)
}
