//! What the estimates make of small batches: the mean and the spread of a loss over many batches of
//! one scorer that is exactly fair, and of one that is not.
//!
//! `cargo run -p equipoise-losses --example small_batches`

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use burn::tensor::{Device, Tensor, TensorData};
use equipoise_losses::{
    Error, FairnessConfig, FairnessInput, FairnessLoss, LossState, Registry, TaskKind,
};
use equipoise_tensor::{open_device, parse_device};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

const BATCHES: usize = 4000;
/// Batches at the start that are not counted: running rates fill up.
const FILLING: usize = 200;
const ROWS: usize = 64;
const MINORITY: f64 = 0.1;

/// A batch of scores that are uniform within 0 and 1, those of the minority scaled down so that
/// the positive rates differ by `gap`.
fn batch(gap: f64, random: &mut ChaCha8Rng, device: &Device) -> Result<FairnessInput, Error> {
    let mut logits = Vec::new();
    let mut membership = Vec::new();
    for _ in 0..ROWS {
        let minority = random.random::<f64>() < MINORITY;
        let scale = if minority { 1.0 - 2.0 * gap } else { 1.0 };
        let score = scale * random.random_range(1e-6..1.0 - 1e-6);
        logits.push((score / (1.0 - score)).ln());
        membership.extend(if minority { [1.0, 0.0] } else { [0.0, 1.0] });
    }
    FairnessInput::new(
        TaskKind::Binary,
        Tensor::from_data(TensorData::new(logits, [ROWS, 1]), device),
        Tensor::zeros([ROWS], device),
        Tensor::from_data(TensorData::new(membership, [ROWS, 2]), device),
        Tensor::ones([ROWS], device),
    )
}

/// The mean of a loss over batches, and its standard deviation from batch to batch.
fn measure(
    loss: &dyn FairnessLoss,
    gap: f64,
    device: &Device,
) -> Result<(f64, f64), Box<dyn std::error::Error>> {
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let mut state = LossState::default();
    let (mut sum, mut squares) = (0.0, 0.0);
    for step in 0..FILLING + BATCHES {
        let value = loss.step(&batch(gap, &mut random, device)?, &mut state)?;
        if step >= FILLING {
            let value = value.try_into_scalar::<f64>()?;
            sum += value;
            squares += value * value;
        }
    }
    let mean = sum / BATCHES as f64;
    Ok((mean, (squares / BATCHES as f64 - mean * mean).sqrt()))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let device = open_device(&parse_device("cpu")?)?;
    let registry = Registry::default();
    println!(
        "{BATCHES} batches of {ROWS} rows, {MINORITY} of them in the minority: mean (spread)\n"
    );
    println!("{:36} {:>19} {:>19}", "", "rates equal", "rates 0.1 apart");
    for (penalty, estimate, momentum) in [
        ("gap", "batch", None),
        ("gap", "running", Some(0.9)),
        ("gap", "running", Some(0.99)),
        ("squared-gap", "batch", None),
        ("squared-gap", "unbiased", None),
        ("squared-gap", "running", Some(0.9)),
        ("squared-gap", "running", Some(0.99)),
        ("variance", "batch", None),
        ("variance", "unbiased", None),
    ] {
        let mut config = FairnessConfig::new("demographic-parity", 1.0, ["group"])
            .with_penalty(penalty)
            .with_option("estimate", estimate);
        if let Some(momentum) = momentum {
            config = config.with_option("momentum", momentum);
        }
        let loss = registry.build(&config)?;
        let name = match momentum {
            Some(momentum) => format!("{penalty}, {estimate}, momentum {momentum}"),
            None => format!("{penalty}, {estimate}"),
        };
        let (fair, fair_spread) = measure(&*loss, 0.0, &device)?;
        let (unfair, unfair_spread) = measure(&*loss, 0.1, &device)?;
        println!("{name:36} {fair:>9.4} ({fair_spread:.4})  {unfair:>9.4} ({unfair_spread:.4})");
    }
    Ok(())
}
