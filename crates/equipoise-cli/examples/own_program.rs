//! The program `equipoise` with a penalty of its own, which a configuration then knows by name.
//!
//! ```text
//! cargo run -p equipoise-cli --example own_program -- data check configs/adult.toml \
//!     --set fairness.penalty=double-gap
//! ```

use std::{process::ExitCode, sync::Arc};

use burn::tensor::Tensor;
use equipoise_cli::Registry;
use equipoise_losses::{GroupRates, Penalty, PenaltySpec, penalties::Gap};

const DOUBLE_GAP: PenaltySpec = PenaltySpec::new(
    "double-gap",
    "Twice the difference between the highest and the lowest rate.",
    "2 (max_j r_j - min_j r_j)",
    |_| Ok(Arc::new(DoubleGap)),
);

#[derive(Debug)]
struct DoubleGap;

impl Penalty for DoubleGap {
    fn charge(&self, rates: &GroupRates) -> Tensor<2> {
        Gap.charge(rates).mul_scalar(2.0)
    }
}

fn main() -> Result<ExitCode, equipoise_losses::Error> {
    let mut registry = Registry::default();
    registry.losses_mut().register_penalty(&DOUBLE_GAP)?;
    Ok(equipoise_cli::run(std::env::args_os(), &registry))
}
