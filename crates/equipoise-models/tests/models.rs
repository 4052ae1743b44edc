//! Laws that hold for every kind of model.
#![cfg(feature = "flex")]

mod support;

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Gradients, Int, Tensor, TensorData};
use burn_store::{ModuleStore, SafetensorsStore};
use equipoise_core::{EncodedFeatures, FeatureShape, Scores, Task};
use equipoise_models::{
    Error, MODELS, MaskedFeatureModel, ModelConfig, TabularModel, score, sum_of_squares, weights,
};
use support::{TestResult, device, inputs, mask, shapes, small_configs, values};

#[test]
fn outputs_have_a_row_for_each_row_whatever_the_parts() -> TestResult {
    let device = device()?;
    for config in small_configs()? {
        for shape in shapes() {
            for outputs in [1, 3] {
                let model = TabularModel::new(&config, &shape, outputs, &device)?;
                assert_eq!(model.shape(), &shape);
                for rows in [1, 7] {
                    let (numeric, categorical) = inputs(&shape, rows, &device);
                    let raw = model.forward(numeric, categorical);
                    assert_eq!(raw.dims(), [rows, outputs]);
                    assert!(values(raw)?.iter().all(|value| value.is_finite()));
                }
            }
        }
    }
    Ok(())
}

#[test]
fn a_row_does_not_depend_on_the_rows_beside_it() -> TestResult {
    let device = device()?;
    for config in small_configs()? {
        let [shape, ..] = shapes();
        let model = TabularModel::new(&config, &shape, 2, &device)?;
        let (numeric, categorical) = inputs(&shape, 9, &device);
        let together = values(model.forward(numeric.clone(), categorical.clone()))?;
        for row in 0..9 {
            let alone = values(model.forward(
                numeric.clone().narrow(0, row, 1),
                categorical.clone().narrow(0, row, 1),
            ))?;
            for (a, b) in alone.iter().zip(&together[row * 2..]) {
                assert!((a - b).abs() < 1e-5, "{a} against {b}");
            }
        }
    }
    Ok(())
}

/// The number of parameters, from the definition of each model.
fn expected_parameters(config: &ModelConfig, shape: &FeatureShape, outputs: usize) -> usize {
    let inputs: usize = shape.cardinalities.iter().sum();
    let columns = shape.cardinalities.len();
    match config {
        ModelConfig::Mlp(mlp) => {
            let mut width = shape.numeric + columns * mlp.embedding;
            let mut count = inputs * mlp.embedding;
            for &next in mlp.hidden.iter().chain([&outputs]) {
                count += width * next + next;
                width = next;
            }
            count
        }
        ModelConfig::TabularTransformer(transformer) => {
            let width = transformer.width;
            // The small config keeps the default factor.
            assert_eq!(transformer.feed_forward_factor.to_string(), "1.5");
            let hidden = width * 3 / 2;
            let tokens = width * (shape.numeric + inputs + shape.numbers() + columns + 1);
            // Keys have no bias, and the first block has no first normalisation.
            let attention = 4 * width * width + 3 * width;
            let feed_forward = 3 * width * hidden + 2 * hidden + width;
            let block = attention + feed_forward + 2 * 2 * width;
            let head = 2 * width + width * outputs + outputs;
            tokens + transformer.layers * block - 2 * width + head
        }
        _ => 0,
    }
}

#[test]
fn the_number_of_parameters_is_that_of_the_definition() -> TestResult {
    let device = device()?;
    for config in small_configs()? {
        for shape in shapes() {
            let model = TabularModel::new(&config, &shape, 3, &device)?;
            assert_eq!(model.num_params(), expected_parameters(&config, &shape, 3));
        }
    }
    Ok(())
}

/// The names of the parameters that no gradient reaches.
struct Unreached<'a> {
    gradients: &'a Gradients,
    path: Vec<String>,
    names: Vec<String>,
}

impl ModuleVisitor for Unreached<'_> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let size = param
            .val()
            .grad(self.gradients)
            .map(|gradient| gradient.abs().sum().into_scalar::<f32>());
        if !size.is_some_and(|size| size.is_finite() && size > 0.0) {
            self.names.push(format!("{} {size:?}", self.path.join(".")));
        }
    }
}

fn unreached<M: Module>(model: &M, loss: &Tensor<1>) -> Vec<String> {
    let gradients = loss.backward();
    let mut visitor = Unreached {
        gradients: &gradients,
        path: Vec::new(),
        names: Vec::new(),
    };
    model.visit(&mut visitor);
    visitor.names
}

#[test]
fn the_gradient_reaches_every_parameter() -> TestResult {
    let device = device()?;
    let training = device.clone().autodiff();
    for config in small_configs()? {
        for shape in shapes() {
            let (numeric, categorical) = inputs(&shape, 64, &device);
            let model = TabularModel::new(&config, &shape, 2, &training)?;
            let loss = model.forward(numeric, categorical).square().mean();
            assert_eq!(unreached(&model, &loss), Vec::<String>::new());
        }
    }
    Ok(())
}

#[test]
fn the_gradient_of_pretraining_reaches_every_parameter() -> TestResult {
    let device = device()?;
    let training = device.clone().autodiff();
    for config in small_configs()?
        .iter()
        .filter(|c| c.spec().supports_pretraining)
    {
        for shape in shapes() {
            let (numeric, categorical) = inputs(&shape, 64, &device);
            let model = MaskedFeatureModel::new(config, &shape, &training)?;
            let loss = model.loss(
                numeric,
                categorical,
                mask(64, shape.numbers(), 4, &device),
                mask(64, shape.cardinalities.len(), 4, &device),
            );
            assert_eq!(unreached(&model, &loss), Vec::<String>::new());
        }
    }
    Ok(())
}

#[test]
fn a_level_that_training_never_showed_is_neutral() -> TestResult {
    // A linear model over one category: the outputs of unknown and missing are the bias.
    let device = device()?;
    let config: ModelConfig = serde_json::from_str(r#"{"kind": "mlp", "hidden": []}"#)?;
    let shape = FeatureShape::new(0, vec![6]);
    let model = TabularModel::new(&config, &shape, 1, &device)?;
    let categorical = Tensor::<2, Int>::from_data(
        TensorData::new((0..6_i64).collect::<Vec<_>>(), [6, 1]),
        &device,
    );
    let raw = values(model.forward(Tensor::zeros([6, 0], &device), categorical))?;
    assert_eq!(raw[0].to_bits(), raw[1].to_bits());
    assert!(raw[2..].iter().all(|level| (level - raw[0]).abs() > 0.0));
    Ok(())
}

#[test]
fn the_sum_of_squares_is_that_of_the_weights_and_has_their_gradient() -> TestResult {
    let device = device()?;
    let training = device.clone().autodiff();
    let config: ModelConfig = serde_json::from_str(r#"{"kind": "mlp", "hidden": []}"#)?;
    let shape = FeatureShape::new(4, vec![]);
    // The outputs of the unit rows and of the zero row give the weights and the bias.
    let model = TabularModel::new(&config, &shape, 1, &training)?;
    let none = Tensor::<2, Int>::zeros([5, 0], &device);
    let rows = Tensor::cat(
        vec![Tensor::<2>::eye(4, &device), Tensor::zeros([1, 4], &device)],
        0,
    );
    let raw = values(model.clone().valid().forward(rows, none))?;
    let expected: f32 = raw[..4].iter().map(|out| (out - raw[4]).powi(2)).sum();

    let sum = sum_of_squares(&model, &training);
    assert_eq!(sum.dims(), [1]);
    assert!((sum.clone().into_scalar::<f32>() - expected).abs() < 1e-5);
    // The bias alone has no gradient.
    let unreached = unreached(&model, &sum);
    assert_eq!(unreached, ["Mlp.head.bias None"]);
    Ok(())
}

#[test]
fn a_module_without_weights_has_the_sum_zero() -> TestResult {
    let device = device()?;
    let norm = burn::nn::LayerNormConfig::new(4).init(&device);
    let sum = sum_of_squares(&norm, &device);
    assert_eq!(values(sum)?, [0.0]);
    Ok(())
}

#[test]
fn nothing_to_build_from_is_an_error() -> TestResult {
    let device = device()?;
    let empty = FeatureShape::new(0, vec![]);
    let hollow = FeatureShape::new(1, vec![3, 0]);
    let mut uneven = FeatureShape::with_number_widths(vec![2, 3], vec![]);
    uneven.numeric = 4;
    let [shape, ..] = shapes();
    for config in small_configs()? {
        assert!(matches!(
            TabularModel::new(&config, &empty, 1, &device),
            Err(Error::NoInputs)
        ));
        assert!(matches!(
            TabularModel::new(&config, &hollow, 1, &device),
            Err(Error::EmptyCategory { column: 1 })
        ));
        assert!(matches!(
            TabularModel::new(&config, &uneven, 1, &device),
            Err(Error::NumberWidths { numeric: 4 })
        ));
        assert!(matches!(
            TabularModel::new(&config, &shape, 0, &device),
            Err(Error::NoOutputs)
        ));
    }
    Ok(())
}

#[test]
fn a_kind_without_pretraining_names_those_with() -> TestResult {
    let device = device()?;
    let [shape, ..] = shapes();
    for spec in MODELS {
        let config = ModelConfig::default_of(spec.name).ok_or("not in the registry")?;
        let model = MaskedFeatureModel::new(&config, &shape, &device);
        assert_eq!(model.is_ok(), spec.supports_pretraining);
        if let Err(error) = model {
            assert_eq!(
                error.to_string(),
                format!(
                    "model `{}` has no pretraining on masked features; legal are \
                     tabular-transformer",
                    spec.name
                )
            );
        }
    }
    Ok(())
}

fn encoded(shape: &FeatureShape, rows: usize) -> EncodedFeatures {
    let mut categorical = Vec::new();
    for row in 0..rows {
        // All columns have at least two inputs.
        categorical.extend(shape.cardinalities.iter().map(|_| u32::from(row % 2 == 1)));
    }
    EncodedFeatures {
        rows,
        numeric_width: shape.numeric,
        numeric: (0..rows * shape.numeric).map(|i| (i % 7) as f32).collect(),
        categorical_width: shape.cardinalities.len(),
        categorical,
        imputed: Vec::new(),
    }
}

#[test]
fn scores_are_probabilities_in_every_task() -> TestResult {
    let device = device()?;
    let positive = "yes".to_owned();
    let classes = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
    for config in small_configs()? {
        for shape in shapes() {
            // Enough rows for several batches, the last one not full.
            for rows in [0, 1, 1100] {
                let features = encoded(&shape, rows);

                let task = Task::Binary {
                    positive: positive.clone(),
                };
                let model = TabularModel::new(&config, &shape, task.outputs(), &device)?;
                let scores = score(&model, &task, &features, &device)?;
                assert_eq!(scores.rows(), rows);
                let Scores::Binary(scores) = scores else {
                    return Err("not binary".into());
                };
                assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)));

                let task = Task::Multiclass {
                    classes: classes.clone(),
                };
                let model = TabularModel::new(&config, &shape, task.outputs(), &device)?;
                let scores = score(&model, &task, &features, &device)?;
                assert_eq!(scores.rows(), rows);
                let Scores::Multiclass { probabilities, .. } = scores else {
                    return Err("not multi-class".into());
                };
                for row in probabilities.chunks(3) {
                    assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                }

                let model = TabularModel::new(&config, &shape, 1, &device)?;
                let scores = score(&model, &Task::Regression, &features, &device)?;
                assert!(matches!(scores, Scores::Regression(values) if values.len() == rows));
            }
        }
    }
    Ok(())
}

#[test]
fn a_model_in_training_mode_scores_without_dropout() -> TestResult {
    let device = device()?;
    let [shape, ..] = shapes();
    for config in small_configs()? {
        let model = TabularModel::new(&config, &shape, 1, &device.clone().autodiff())?;
        let features = encoded(&shape, 20);
        let first = score(
            &model,
            &Task::Regression,
            &features,
            &device.clone().autodiff(),
        )?;
        let second = score(&model, &Task::Regression, &features, &device)?;
        assert_eq!(first, second);
    }
    Ok(())
}

#[test]
fn rows_that_do_not_fit_the_model_are_errors() -> TestResult {
    let device = device()?;
    let [both, numbers, categories, _] = shapes();
    for config in small_configs()? {
        let model = TabularModel::new(&config, &both, 1, &device)?;
        let refuse = |features: &EncodedFeatures, task: &Task| match score(
            &model, task, features, &device,
        ) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(
            refuse(&encoded(&numbers, 2), &Task::Regression),
            "rows have 0 categorical inputs, and the model was built for 3"
        );
        assert_eq!(
            refuse(&encoded(&categories, 2), &Task::Regression),
            "rows have 0 numeric inputs, and the model was built for 3"
        );
        let mut beyond = encoded(&both, 2);
        beyond.categorical[4] = 9;
        assert_eq!(
            refuse(&beyond, &Task::Regression),
            "row 1, category column 1: input 9 is not below 2"
        );
        let mut infinite = encoded(&both, 2);
        infinite.numeric[3] = f32::INFINITY;
        assert!(refuse(&infinite, &Task::Regression).contains("not a finite number"));
        let task = Task::Multiclass {
            classes: vec!["a".to_owned(), "b".to_owned()],
        };
        assert_eq!(
            refuse(&encoded(&both, 2), &task),
            "the model has 1 outputs, and the task needs 2"
        );
    }
    Ok(())
}

/// The bytes of each tensor, by name.
fn tensors<M: Module>(module: &M) -> Result<BTreeMap<String, Vec<u8>>, Box<dyn std::error::Error>> {
    let bytes = weights::to_bytes(module)?;
    let mut store = SafetensorsStore::from_bytes(Some(bytes));
    let mut tensors = BTreeMap::new();
    for (name, tensor) in store.get_all_tensors()? {
        tensors.insert(name.clone(), tensor.to_bytes()?.to_vec());
    }
    Ok(tensors)
}

#[test]
fn a_pretrained_encoder_moves_into_the_model() -> TestResult {
    let device = device()?;
    let [shape, ..] = shapes();
    for config in small_configs()?
        .iter()
        .filter(|c| c.spec().supports_pretraining)
    {
        let pretrained = MaskedFeatureModel::new(config, &shape, &device)?;
        let mut before = tensors(&pretrained)?;
        let model = pretrained.into_model(2, &device)?;
        let plain = TabularModel::new(config, &shape, 2, &device)?;
        assert_eq!(model.num_params(), plain.num_params());

        let encoder = |name: &String| name.starts_with("encoder.");
        before.retain(|name, _| encoder(name));
        let mut after = tensors(&model)?;
        after.retain(|name, _| encoder(name));
        assert!(!after.is_empty());
        assert_eq!(before, after);
    }
    Ok(())
}
