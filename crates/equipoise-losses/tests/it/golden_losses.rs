//! The whole losses against values by other libraries: `tests/golden/whole_losses.py`.

use equipoise_losses::{FairnessConfig, LossState, OptionValue, Registry, TaskKind};
use serde_json::Value;

use crate::plain_batch::{PlainBatch, cpu, one_hot};
use burn::tensor::DType;

fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().unwrap();
    values.iter().map(|value| value.as_f64().unwrap()).collect()
}

fn indices(value: &Value) -> Vec<usize> {
    let values = value.as_array().unwrap();
    values
        .iter()
        .map(|value| usize::try_from(value.as_u64().unwrap()).unwrap())
        .collect()
}

fn plain_batch(golden: &Value) -> PlainBatch {
    let groups = indices(&golden["groups"]);
    let count = groups.iter().max().unwrap() + 1;
    PlainBatch {
        task: match golden["task"].as_str().unwrap() {
            "binary" => TaskKind::Binary,
            _ => TaskKind::Multiclass,
        },
        outputs: golden["outputs"]
            .as_array()
            .unwrap()
            .iter()
            .map(numbers)
            .collect(),
        targets: indices(&golden["targets"]),
        membership: groups.iter().map(|&group| one_hot(group, count)).collect(),
        weights: numbers(&golden["weights"]),
    }
}

/// The name of a golden value, the loss, its options, and what our value is multiplied by.
type Case = (
    &'static str,
    &'static str,
    Vec<(&'static str, OptionValue)>,
    f64,
);

fn cases(rows: usize) -> Vec<Case> {
    let kernel =
        |kernel: &str, against: &str| vec![("kernel", kernel.into()), ("against", against.into())];
    let rows = rows as f64;
    // A Gaussian kernel on 0 and 1 in place of equality, and (N - 1)^2 in place of N^2.
    let ffb = (1.0 - (-1.0f64).exp()) * (rows / (rows - 1.0)).powi(2);
    vec![
        ("covariance", "covariance", vec![], 1.0),
        ("covariance_of_two", "covariance", vec![], 1.0),
        ("correlation", "correlation", vec![], 1.0),
        ("mmd_gaussian_rest", "mmd", kernel("gaussian", "rest"), 1.0),
        (
            "mmd_gaussian_pairs",
            "mmd",
            kernel("gaussian", "pairs"),
            1.0,
        ),
        (
            "mmd_laplacian_rest",
            "mmd",
            kernel("laplacian", "rest"),
            1.0,
        ),
        (
            "mmd_laplacian_pairs",
            "mmd",
            kernel("laplacian", "pairs"),
            1.0,
        ),
        ("hsic", "hsic", vec![("features", 0.into())], 1.0),
        ("hsic_trace", "hsic", vec![("features", 0.into())], 1.0),
        ("hsic_ffb", "hsic", vec![("features", 0.into())], ffb),
        ("wasserstein", "wasserstein", vec![], 1.0),
        ("jensen_shannon", "jensen-shannon", vec![], 1.0),
        ("group_dro_first", "group-dro", vec![], 1.0),
        ("cvar", "cvar", vec![], 1.0),
        ("irm", "irm", vec![], 1.0),
        (
            "supervised_contrastive",
            "supervised-contrastive",
            vec![],
            1.0,
        ),
        (
            "counterfactual_pairing",
            "counterfactual-pairing",
            vec![],
            1.0,
        ),
    ]
}

fn golden() -> Vec<Value> {
    serde_json::from_str(include_str!("../golden/whole_losses.json")).unwrap()
}

#[test]
fn values_agree_with_other_libraries() {
    for (index, golden) in golden().iter().enumerate() {
        let batch = plain_batch(golden);
        for (name, loss, options, factor) in cases(batch.targets.len()) {
            let Some(expected) = golden["values"][name].as_f64() else {
                continue;
            };
            let mut config = FairnessConfig::new(loss, 1.0, ["sex"]);
            for (key, value) in options {
                config = config.with_option(key, value);
            }
            let loss = Registry::default().build(&config).unwrap();
            // Distributions are mixed with a little of the uniform one; IRM's is a difference.
            let tolerance = match name {
                "jensen_shannon" => 1e-5,
                "irm" => 1e-8,
                _ => 1e-9,
            };
            let double = batch.value(&*loss) * factor;
            assert!(
                (double - expected).abs() <= tolerance,
                "{name} of batch {index}: {double}, expected {expected}"
            );
            let (single, _) = batch.gradient(&*loss, DType::F32);
            assert!(
                (single * factor - expected).abs() <= 1e-5_f64.max(1e-5 * expected),
                "{name} of batch {index} in single precision: {single}, expected {expected}"
            );
        }
    }
}

#[test]
fn the_weights_of_groups_follow_their_losses() {
    for golden in golden() {
        let batch = plain_batch(&golden);
        let config = FairnessConfig::new("group-dro", 1.0, ["sex"]).with_option("step_size", 0.5);
        let loss = Registry::default().build(&config).unwrap();
        let (_, input) = batch.on(&cpu(), DType::F64).unwrap();
        let mut state = LossState::default();
        let mut value = f64::NAN;
        for _ in 0..3 {
            value = loss.step(&input, &mut state).unwrap().into_scalar();
        }
        let expected = golden["values"]["group_dro_after_three"].as_f64().unwrap();
        // What is remembered is in single precision.
        assert!((value - expected).abs() < 1e-6, "{value}, {expected}");
    }
}
