//! The program `equipoise` with the losses of this crate.

use std::process::ExitCode;

fn main() -> Result<ExitCode, equipoise_losses::Error> {
    let mut registry = equipoise_cli::Registry::default();
    equipoise_extension::register(registry.losses_mut())?;
    Ok(equipoise_cli::run(std::env::args_os(), &registry))
}
