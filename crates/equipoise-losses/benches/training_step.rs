//! What a fairness loss adds to a training step: each step against the plain one, in turn, so that
//! both see the same machine.
//!
//! `cargo bench -p equipoise-losses --bench training_step [-- ROUNDS]`
//!
//! Prints the median time of the plain step of each model at batch 1024, and for each loss the
//! median over the rounds of its time divided by that of the plain step of the same round.

#![expect(clippy::print_stdout, reason = "a bench shows its result")]

use std::{error::Error, hint::black_box, time::Instant};

use burn::{
    module::Module,
    optim::{AdamWConfig, GradientsParams},
    tensor::{Device, Distribution, Int, Tensor},
};
use equipoise_core::{FeatureShape, GroupAttribute, GroupSchema};
use equipoise_losses::{FairnessConfig, Registry, TaskKind, TotalLoss, TotalState};
use equipoise_models::{ModelConfig, TabularModel};
use equipoise_tensor::{TabularBatch, TabularInputs, open_device, parse_device};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROWS: usize = 1024;

/// What is timed: the losses with a bound on what they may add, then others.
fn losses() -> Vec<(&'static str, FairnessConfig)> {
    let named = |loss: &str| FairnessConfig::new(loss, 1.0, ["sex"]);
    vec![
        ("gap", named("demographic-parity")),
        ("kl", named("kl")),
        ("covariance", named("covariance")),
        ("group-dro", named("group-dro")),
        ("hsic, 64 features", named("hsic")),
        ("hsic, exact", named("hsic").with_option("features", 0)),
        ("correlation", named("correlation")),
        ("wasserstein", named("wasserstein")),
        ("mmd", named("mmd")),
        ("cvar", named("cvar")),
        ("irm", named("irm")),
        ("adversary", named("adversary")),
    ]
}

/// A model by name, its settings, and its features.
type Candidate = (&'static str, ModelConfig, FeatureShape);

fn models() -> Result<Vec<Candidate>, Box<dyn Error>> {
    let mlp: ModelConfig =
        toml::from_str("kind = \"mlp\"\nhidden = [256, 256, 256]\ndropout = 0.0")?;
    let transformer = ModelConfig::default_of("tabular-transformer").ok_or("no such model")?;
    Ok(vec![
        (
            "MLP 100-256-256-256",
            mlp,
            FeatureShape::new(100, Vec::new()),
        ),
        (
            "tabular transformer",
            transformer,
            FeatureShape::new(6, vec![8; 8]),
        ),
    ])
}

fn batch(shape: &FeatureShape, device: &Device) -> TabularBatch {
    let normal = Distribution::Normal(0.0, 1.0);
    let flags = || {
        Tensor::<1>::random([ROWS], Distribution::Uniform(0.0, 1.0), device)
            .greater_scalar(0.5)
            .int()
    };
    let categories = shape.cardinalities.len();
    TabularBatch {
        ids: vec![0; ROWS],
        inputs: TabularInputs {
            numeric: Tensor::random([ROWS, shape.numeric], normal, device),
            categorical: Tensor::<2, Int>::zeros([ROWS, categories], device),
        },
        targets: flags().float(),
        groups: flags().reshape([ROWS, 1]),
        counterfactual: None,
        group_values: None,
        memberships: None,
        weights: Tensor::ones([ROWS], device),
    }
}

/// One training step of a copy of the model, in seconds.
fn step(
    model: &TabularModel,
    loss: &TotalLoss,
    state: &mut TotalState,
    batch: &TabularBatch,
) -> Result<f64, Box<dyn Error>> {
    let mut optimizer = AdamWConfig::new().init();
    let model = model.clone();
    let start = Instant::now();
    let outputs = model.forward(
        batch.inputs.numeric.clone(),
        batch.inputs.categorical.clone(),
    );
    let rows = loss.rows(outputs, batch, None)?;
    let parts = loss.step(&rows, state)?;
    let gradients = GradientsParams::from_grads(parts.total.backward(), &model);
    let model = optimizer.step(1e-3, model, gradients);
    black_box(parts.total.try_into_scalar::<f32>()?);
    let seconds = start.elapsed().as_secs_f64();
    black_box(model.num_params());
    Ok(seconds)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() -> Result<(), Box<dyn Error>> {
    let rounds = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse::<usize>().ok())
        .unwrap_or(60);
    let device = open_device(&parse_device("auto")?)?.autodiff();
    let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
    let plain = TotalLoss::new(TaskKind::Binary);
    let registry = Registry::default();
    for (name, config, shape) in models()? {
        device.seed(7);
        let model = TabularModel::new(&config, &shape, 1, &device)?;
        let batch = batch(&shape, &device);
        let mut nothing = TotalState::default();
        for _ in 0..3 {
            step(&model, &plain, &mut nothing, &batch)?;
        }
        for (index, (label, config)) in losses().into_iter().enumerate() {
            let loss = plain.clone().with_term(registry.term(&config, &schema)?)?;
            let mut state = TotalState::default();
            let (mut times, mut ratios) = (Vec::new(), Vec::new());
            for _ in 0..rounds {
                let without = step(&model, &plain, &mut nothing, &batch)?;
                let with = step(&model, &loss, &mut state, &batch)?;
                times.push(without);
                ratios.push(with / without);
            }
            if index == 0 {
                println!("{name}: plain step {:.2} ms", 1e3 * median(times));
            }
            println!("  {label}: {:.3}", median(ratios));
        }
    }
    Ok(())
}
