//! What the running and the unbiased estimate do, and which laws they give up for it.

use burn::tensor::DType;
use equipoise_losses::{Error, FairnessConfig, FairnessLoss, LossState, Registry, TaskKind};
use std::sync::Arc;

use crate::plain_batch::{PlainBatch, cpu, one_hot};

fn loss(penalty: &str, estimate: &str) -> Arc<dyn FairnessLoss> {
    let config = FairnessConfig::new("demographic-parity", 1.0, ["sex"])
        .with_penalty(penalty)
        .with_option("estimate", estimate);
    Registry::default().build(&config).unwrap()
}

/// Value and gradient of a step.
fn step(batch: &PlainBatch, loss: &dyn FairnessLoss, state: &mut LossState) -> (f64, Vec<f64>) {
    let (outputs, input) = batch.on(&cpu(), DType::F64).unwrap();
    let value = loss.step(&input, state).unwrap();
    let gradient = outputs.grad(&value.backward()).unwrap();
    (value.into_scalar(), gradient.try_to_vec_as().unwrap())
}

fn scattered(seed: u64) -> PlainBatch {
    let mut batch = PlainBatch::scattered(TaskKind::Binary, seed, 20, 2);
    batch.weights.fill(1.0);
    batch
}

#[test]
fn the_first_running_rates_are_those_of_the_batch() {
    let batch = scattered(0);
    let (value, gradient) = step(&batch, &*loss("gap", "running"), &mut LossState::default());
    let (expected, slopes) = batch.gradient(&*loss("gap", "batch"), DType::F64);
    assert!((value - expected).abs() < 1e-12);
    for (slope, expected) in gradient.iter().zip(slopes) {
        assert!((slope - expected).abs() < 1e-12);
    }
}

#[test]
fn running_rates_remember_a_violation_after_parity_is_reached() {
    let loss = loss("squared-gap", "running");
    let mut state = LossState::default();
    step(&scattered(1), &*loss, &mut state);
    let mut equal = scattered(2);
    equal.outputs.fill(vec![0.3]);
    let (value, _) = step(&equal, &*loss, &mut state);
    assert!(value > 1e-6, "{value}");
}

/// The gradient is that of the value over the part that the batch has in the averages.
#[test]
fn the_gradient_of_running_rates_is_not_shrunk() {
    let loss = loss("variance", "running");
    let mut state = LossState::default();
    step(&scattered(3), &*loss, &mut state);
    let mut batch = scattered(4);
    let (_, gradient) = step(&batch, &*loss, &mut state.clone());
    let mut value_at = |output: f64| {
        batch.outputs[0][0] = output;
        let (_, input) = batch.on(&cpu().inner(), DType::F64).unwrap();
        loss.value(&input, &state).unwrap().into_scalar::<f64>()
    };
    let at = scattered(4).outputs[0][0];
    let difference = (value_at(at + 1e-5) - value_at(at - 1e-5)) / 2e-5;
    let part = 0.1 / (1.0 - 0.9 * 0.9);
    assert!((gradient[0] * part - difference).abs() < 1e-8);
    assert!((gradient[0] - difference).abs() > 1e-3 * gradient[0].abs());
}

#[test]
fn a_group_that_a_batch_lacks_keeps_its_running_rate() {
    let loss = loss("gap", "running");
    let mut state = LossState::default();
    let (first, _) = step(&scattered(5), &*loss, &mut state);
    let mut lacking = scattered(5);
    lacking.membership.fill(one_hot(0, 2));
    let (value, _) = step(&lacking, &*loss, &mut state);
    assert!(first > 0.0 && value > 0.0);
}

#[test]
fn a_state_of_other_groups_is_an_error() {
    let loss = loss("gap", "running");
    let mut state = LossState::default();
    step(&scattered(0), &*loss, &mut state);
    let other = PlainBatch::scattered(TaskKind::Binary, 0, 20, 3);
    let (_, input) = other.on(&cpu(), DType::F64).unwrap();
    let error = loss.step(&input, &mut state).unwrap_err();
    assert!(matches!(error, Error::State { .. }), "{error}");
}

/// The mean of the unbiased squared gap over all draws of two rows for each group is the squared
/// gap of the rows from which they are drawn; that of the plain one is not.
#[test]
fn the_unbiased_estimate_has_the_right_mean_and_may_be_negative() {
    let scores = [[0.1, 0.4, 0.6, 0.9], [0.2, 0.3, 0.5, 0.8]];
    let logit = |score: f64| vec![(score / (1.0 - score)).ln()];
    let gap: f64 = (0.5 - 0.45f64).powi(2);
    for (penalty, factor) in [("squared-gap", 1.0), ("variance", 0.25)] {
        let mean = |estimate: &str| {
            let loss = loss(penalty, estimate);
            let mut values = Vec::new();
            for draw in 0..256usize {
                // With replacement: two of four rows in each group.
                let pick = |place: u32| draw / 4usize.pow(place) % 4;
                let batch = PlainBatch {
                    task: TaskKind::Binary,
                    outputs: vec![
                        logit(scores[0][pick(0)]),
                        logit(scores[0][pick(1)]),
                        logit(scores[1][pick(2)]),
                        logit(scores[1][pick(3)]),
                    ],
                    targets: vec![0; 4],
                    membership: [0, 0, 1, 1].map(|group| one_hot(group, 2)).to_vec(),
                    weights: vec![1.0; 4],
                };
                values.push(batch.value(&*loss));
            }
            let lowest = values.iter().copied().fold(f64::MAX, f64::min);
            (values.iter().sum::<f64>() / 256.0, lowest)
        };
        let (unbiased, lowest) = mean("unbiased");
        assert!(
            (unbiased - factor * gap).abs() < 1e-3,
            "{penalty}: {unbiased}"
        );
        assert!(lowest < 0.0, "{penalty}: {lowest}");
        let (plain, _) = mean("batch");
        assert!(plain > 10.0 * factor * gap, "{penalty}: {plain}");
    }
}

#[test]
fn only_squares_have_an_unbiased_estimate() {
    let config =
        FairnessConfig::new("demographic-parity", 1.0, ["sex"]).with_option("estimate", "unbiased");
    let error = Registry::default().build(&config).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`demographic-parity/gap` has no unbiased estimate"
    );
    let config =
        FairnessConfig::new("demographic-parity", 1.0, ["sex"]).with_option("momentum", 0.5);
    assert!(Registry::default().build(&config).is_err());
}
