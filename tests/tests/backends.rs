//! The same fine-tuning on every CPU backend gives the same losses.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, atomic::AtomicBool};

use equipoise_core::{GroupSchema, StageHistory};
use equipoise_data::{DataConfig, Prepared, TabularBatcher, TabularDataset, prepare};
use equipoise_losses::{FairnessConfig, Registry, TaskKind, TotalLoss};
use equipoise_models::{ModelConfig, TabularModel, weights};
use equipoise_tensor::{BACKENDS, ComputeBackend};
use equipoise_train::{FineTuneConfig, FineTuning, Run, TrainingData, finetune};

/// One batch an epoch, so that the history has the loss of each of 20 steps.
const STEPS: usize = 20;

fn data() -> Prepared {
    let source = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../datasets/german/german.parquet"
    );
    let config: DataConfig = toml::from_str(&format!(
        r#"
        source = {source:?}
        label = {{ column = "credit", positive = "good" }}
        groups = ["sex"]
        split = {{ train = 0.6, valid = 0.2, test = 0.2, seed = 7 }}
        "#
    ))
    .unwrap();
    prepare(&config.check().unwrap(), 0).unwrap()
}

fn loss(schema: &GroupSchema) -> TotalLoss {
    let config = FairnessConfig::new("equalized-odds", 0.5, ["sex"]);
    TotalLoss::new(TaskKind::Binary)
        .with_term(Registry::default().term(&config, schema).unwrap())
        .unwrap()
}

fn history(backend: &dyn ComputeBackend, data: &Prepared, first: &[u8]) -> StageHistory {
    let device = backend.open(0);
    let model = weights::from_bytes(network(data, &device), first.to_vec()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = Run {
        seed: 5,
        device,
        checkpoints: folder.path().to_owned(),
        fingerprint: backend.name().to_owned(),
        interrupted: Arc::new(AtomicBool::new(false)),
        terminal: false,
        label: backend.name().to_owned(),
        events: None,
    };
    let config = FineTuneConfig {
        epochs: STEPS,
        batch_size: data.train.len(),
        l2: 1e-4,
        ..FineTuneConfig::default()
    };
    let rows = TrainingData {
        train: Arc::new(TabularDataset::new(data.train.clone())),
        valid: Arc::new(TabularDataset::new(data.valid.clone())),
        batcher: Arc::new(TabularBatcher),
        length: None,
    };
    let goal = FineTuning {
        task: data.task.clone(),
        groups: data.schema.clone(),
        loss: loss(&data.schema),
        threshold: 0.5,
        balanced: Vec::new(),
    };
    finetune(model, goal, &rows, &config, &run).unwrap().history
}

/// Dropout is off: the backends draw other numbers.
fn network(data: &Prepared, device: &equipoise_tensor::Device) -> TabularModel {
    let config: ModelConfig = toml::from_str(
        "kind = \"tabular-transformer\"\nwidth = 16\nlayers = 1\nheads = 2\nattention_dropout = 0.0\nfeed_forward_dropout = 0.0\n",
    )
    .unwrap();
    TabularModel::new(&config, &data.shape, 1, device).unwrap()
}

#[test]
fn losses_agree_after_twenty_steps() {
    assert!(
        BACKENDS.len() >= 2,
        "one backend alone can be compared with nothing"
    );
    let data = data();
    let first = weights::to_bytes(&network(&data, &BACKENDS[0].open(0))).unwrap();
    let expected = history(BACKENDS[0], &data, &first);
    assert_eq!(expected.epochs.len(), STEPS);
    assert!(expected.epochs[STEPS - 1].train["loss"] < expected.epochs[0].train["loss"]);
    for backend in &BACKENDS[1..] {
        let found = history(*backend, &data, &first);
        for (expected, found) in expected.epochs.iter().zip(&found.epochs) {
            for name in ["loss", "task_loss", "fairness_loss", "l2"] {
                let difference = (expected.train[name] - found.train[name]).abs();
                assert!(
                    difference < 1e-4,
                    "step {}: {name} on {} differs by {difference}",
                    found.epoch,
                    backend.name()
                );
            }
        }
    }
}
