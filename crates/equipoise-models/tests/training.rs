//! Every kind of model learns, on data made so that only a model that works can.
#![cfg(feature = "flex")]

mod support;

use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::activation::softplus;
use burn::tensor::{Int, Tensor, TensorData};
use equipoise_core::FeatureShape;
use equipoise_models::{MaskedFeatureModel, ModelConfig, TabularModel};
use support::{TestResult, device, mask};

const ROWS: usize = 64;

/// Rows whose label is the exclusive or of a number's sign and a category: no sum of separate
/// effects can tell them apart.
fn exclusive_or() -> (Vec<f32>, Vec<u64>, Vec<f32>) {
    let mut rows = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..ROWS {
        let (sign, level) = (row % 2, row / 2 % 2);
        let size = 0.5 + (row % 8) as f32 / 8.0;
        rows.0.push(if sign == 1 { size } else { -size });
        rows.1.push(2 + level as u64);
        rows.2.push(f32::from(u8::from(sign != level)));
    }
    rows
}

#[test]
fn every_model_learns_exclusive_or() -> TestResult {
    let device = device()?;
    let training = device.clone().autodiff();
    let shape = FeatureShape::new(1, vec![4]);
    let (numeric, categorical, targets) = exclusive_or();
    let numeric = Tensor::<2>::from_data(TensorData::new(numeric, [ROWS, 1]), &device);
    let categorical = Tensor::<2, Int>::from_data(TensorData::new(categorical, [ROWS, 1]), &device);
    let targets = Tensor::<2>::from_data(TensorData::new(targets, [ROWS, 1]), &device);
    for config in support::small_configs()? {
        device.seed(11);
        let mut model = TabularModel::new(&config, &shape, 1, &training)?;
        let mut optimizer = AdamWConfig::new().init();
        let loss = |model: &TabularModel| {
            let logits = model.forward(numeric.clone(), categorical.clone());
            (softplus(logits.clone(), 1.0) - logits * targets.clone()).mean()
        };
        for _ in 0..200 {
            let gradients = loss(&model).backward();
            let gradients = GradientsParams::from_grads(gradients, &model);
            model = optimizer.step(1e-2, model, gradients);
        }
        let last = loss(&model.valid()).into_scalar::<f32>();
        assert!(last < 0.1, "{}: {last}", config.spec().name);
    }
    Ok(())
}

#[test]
fn pretraining_learns_what_one_feature_says_of_another() -> TestResult {
    let device = device()?;
    let training = device.clone().autodiff();
    let shape = FeatureShape::new(2, vec![4, 4]);
    // The second number is the first with the other sign, and the category has its sign.
    let (first, _, _) = exclusive_or();
    let numeric: Vec<f32> = first.iter().flat_map(|&x| [x, -x]).collect();
    let level: Vec<i64> = first.iter().map(|&x| if x > 0.0 { 2 } else { 3 }).collect();
    let categorical: Vec<i64> = level.iter().flat_map(|&l| [l, 5 - l]).collect();
    let numeric = Tensor::<2>::from_data(TensorData::new(numeric, [ROWS, 2]), &device);
    let categorical = Tensor::<2, Int>::from_data(TensorData::new(categorical, [ROWS, 2]), &device);
    let config: ModelConfig =
        serde_json::from_str(r#"{"kind": "tabular-transformer", "width": 16, "heads": 2}"#)?;

    device.seed(12);
    let mut model = MaskedFeatureModel::new(&config, &shape, &training)?;
    let mut optimizer = AdamWConfig::new().init();
    let loss = |model: &MaskedFeatureModel| {
        // Hides the cells whose number leaves no rest: a quarter of all, never a whole row.
        let cells = mask(ROWS, 4, 5, &device);
        model.loss(
            numeric.clone(),
            categorical.clone(),
            cells.clone().narrow(1, 0, 2),
            cells.narrow(1, 2, 2),
        )
    };
    let begin = loss(&model.valid()).into_scalar::<f32>();
    for _ in 0..150 {
        let gradients = loss(&model).backward();
        let gradients = GradientsParams::from_grads(gradients, &model);
        model = optimizer.step(1e-2, model, gradients);
    }
    let end = loss(&model.valid()).into_scalar::<f32>();
    assert!(end < 0.1 && end < begin / 4.0, "{begin} to {end}");
    Ok(())
}

#[test]
fn pretraining_with_nothing_hidden_costs_nothing() -> TestResult {
    let device = device()?;
    let training = device.clone().autodiff();
    let config = ModelConfig::default_of("tabular-transformer").ok_or("no such kind")?;
    for shape in support::shapes() {
        let model = MaskedFeatureModel::new(&config, &shape, &training)?;
        let (numeric, categorical) = support::inputs(&shape, 5, &device);
        let nothing = |columns: usize| mask(5, columns, 1, &device).bool_not();
        let loss = model.loss(
            numeric,
            categorical,
            nothing(shape.numbers()),
            nothing(shape.cardinalities.len()),
        );
        assert_eq!(loss.dims(), [1]);
        assert_eq!(support::values(loss)?, [0.0]);
    }
    Ok(())
}

#[test]
fn what_is_hidden_does_not_reach_the_guess() -> TestResult {
    // With all numbers hidden, their costs differ but the cost of the category does not: so the
    // guess of the category saw none of them.
    let device = device()?;
    let shape = FeatureShape::new(2, vec![4]);
    let config = ModelConfig::default_of("tabular-transformer").ok_or("no such kind")?;
    let model = MaskedFeatureModel::new(&config, &shape, &device)?;
    let categorical = Tensor::<2, Int>::full([1, 1], 3, &device);
    let all = |columns: usize| mask(1, columns, 1, &device);
    let loss = |numbers: [f32; 2]| {
        let numeric = Tensor::<2>::from_data(TensorData::new(numbers.to_vec(), [1, 2]), &device);
        model
            .loss(numeric, categorical.clone(), all(2), all(1))
            .into_scalar::<f32>()
    };
    // sum over i of (g_i - x_i)^2 is a parabola of x: its second difference is 2 per number
    // whatever the guess g, and only if g does not move with x. The loss is that over 3 cells.
    let step = |k: f32| loss([k, k]);
    let second_difference = step(1.0) - 2.0 * step(0.0) + step(-1.0);
    assert!(
        (second_difference - 4.0 / 3.0).abs() < 1e-4,
        "{second_difference}"
    );
    Ok(())
}
