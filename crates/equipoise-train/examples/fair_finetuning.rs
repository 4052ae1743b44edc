//! Pretrains and fine-tunes a small tabular transformer on made-up rows, with and without a
//! fairness loss, and prints what each costs.
//!
//! The rows are synthetic: in the second group the positive label is rarer, and one feature gives
//! the group away.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::sync::{Arc, atomic::AtomicBool};

use burn::{
    data::{
        dataloader::batcher::Batcher,
        dataset::{Dataset, InMemDataset},
    },
    tensor::{Device, Int, Tensor, TensorData},
};
use equipoise_core::{Example, FeatureShape, GroupAttribute, GroupSchema, TabularRow, Task};
use equipoise_losses::{FairnessConfig, Registry, TaskKind, TotalLoss};
use equipoise_models::{MaskedFeatureModel, ModelConfig};
use equipoise_tensor::{TabularBatch, TabularInputs, open_device, parse_device};
use equipoise_train::{
    FineTuneConfig, FineTuning, OptimizerConfig, PretrainConfig, Run, TrainingData, derive_seed,
    finetune, pretrain,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let device = open_device(&parse_device("cpu")?)?;
    let folder = std::env::temp_dir().join(format!("equipoise-example-{}", std::process::id()));
    let shape = FeatureShape::new(2, vec![4]);
    let model = ModelConfig::default_of("tabular-transformer").ok_or("no such model")?;
    let schema = GroupSchema::new(vec![GroupAttribute::new("group", ["a", "b"])?])?;
    let data = TrainingData {
        train: rows(0..1200),
        valid: rows(1200..1600),
        batcher: Arc::new(Rows),
        length: None,
    };
    let run = |label: &str| Run {
        seed: 7,
        device: device.clone(),
        checkpoints: folder.join(label),
        fingerprint: "example".to_owned(),
        interrupted: Arc::new(AtomicBool::new(false)),
        terminal: false,
        label: label.to_owned(),
        events: None,
    };

    // A base model learns from the features alone.
    device.seed(derive_seed(7, "pretrain", 0, "weights"));
    let base = MaskedFeatureModel::new(&model, &shape, &device)?;
    let settings = PretrainConfig {
        epochs: 2,
        ..PretrainConfig::default()
    };
    let (base, _) = pretrain(base, &data, &settings, &run("base"))?;

    // The same base is fine-tuned twice.
    let settings = FineTuneConfig {
        epochs: 6,
        batch_size: 64,
        optimizer: OptimizerConfig {
            learning_rate: 5e-3,
            ..OptimizerConfig::default()
        },
        ..FineTuneConfig::default()
    };
    for (label, lambda) in [("plain", 0.0), ("fair", 2.0)] {
        let mut loss = TotalLoss::new(TaskKind::Binary);
        if lambda > 0.0 {
            let config = FairnessConfig::new("demographic-parity", lambda, ["group"]);
            loss = loss.with_term(Registry::default().term(&config, &schema)?)?;
        }
        let goal = FineTuning {
            task: Task::Binary {
                positive: "yes".to_owned(),
            },
            groups: schema.clone(),
            loss,
            threshold: 0.5,
            balanced: Vec::new(),
        };
        device.seed(derive_seed(7, "finetune", 0, "weights"));
        let network = base.clone().into_model(1, &device)?;
        let history = finetune(network, goal, &data, &settings, &run(label))?.history;
        let best = &history.epochs[history.best_epoch - 1].valid;
        println!(
            "{label:>5}: accuracy {:.3}, demographic parity difference {:.3}",
            best["accuracy"], best["demographic_parity_difference/group"]
        );
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Synthetic rows.
fn rows(numbers: std::ops::Range<u64>) -> Arc<dyn Dataset<Example>> {
    let examples = numbers
        .map(|id| {
            let mut random = ChaCha8Rng::seed_from_u64(id);
            let group: u32 = random.random_range(0..2);
            let level = random.random_range(-1.0..1.0);
            let target = f32::from(u8::from(
                level + random.random_range(-0.5..0.5) > if group == 1 { 0.6 } else { 0.0 },
            ));
            Example {
                id,
                features: TabularRow {
                    numeric: vec![level, random.random_range(-1.0..1.0)],
                    // The category follows the group in four of five rows.
                    categorical: vec![if random.random_bool(0.8) {
                        2 + group
                    } else {
                        2
                    }],
                },
                target,
                groups: vec![group],
                group_values: Vec::new(),
                memberships: Vec::new(),
                weight: 1.0,
            }
        })
        .collect();
    Arc::new(InMemDataset::new(examples))
}

/// Puts rows into one batch.
struct Rows;

impl Batcher<Example, TabularBatch> for Rows {
    fn batch(&self, rows: Vec<Example>, device: &Device) -> TabularBatch {
        let count = rows.len();
        let ints = |values: Vec<i64>, width: usize| {
            Tensor::<2, Int>::from_data(TensorData::new(values, [count, width]), device)
        };
        let floats =
            |values: Vec<f32>| Tensor::<1>::from_data(TensorData::new(values, [count]), device);
        TabularBatch {
            ids: rows.iter().map(|row| row.id).collect(),
            inputs: TabularInputs {
                numeric: Tensor::from_data(
                    TensorData::new(
                        rows.iter()
                            .flat_map(|row| row.features.numeric.clone())
                            .collect::<Vec<_>>(),
                        [count, 2],
                    ),
                    device,
                ),
                categorical: ints(
                    rows.iter()
                        .map(|row| row.features.categorical[0].into())
                        .collect(),
                    1,
                ),
            },
            targets: floats(rows.iter().map(|row| row.target).collect()),
            groups: ints(rows.iter().map(|row| row.groups[0].into()).collect(), 1),
            counterfactual: None,
            group_values: None,
            memberships: None,
            weights: floats(rows.iter().map(|row| row.weight).collect()),
        }
    }
}
