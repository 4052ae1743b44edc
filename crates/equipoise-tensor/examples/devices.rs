//! The devices that this build can open, and the same sum on each.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use burn::tensor::Tensor;
use equipoise_core::Help;
use equipoise_tensor::{BACKENDS, open_device, parse_device};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for backend in BACKENDS {
        let device = open_device(&parse_device(backend.name())?)?;
        let sum = Tensor::<2>::ones([100, 100], &device).sum();
        println!(
            "{}: {} found, {:?}, sum {}",
            backend.name(),
            backend.count(),
            backend.capabilities(),
            sum.into_scalar::<f32>()
        );
    }
    if let Err(error) = parse_device("gpu") {
        println!("{error}; {}", error.help().unwrap_or_default());
    }
    Ok(())
}
