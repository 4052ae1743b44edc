//! The networks against a plain implementation of their definitions, one row at a time and in
//! double precision.
#![cfg(feature = "flex")]

mod support;

use std::collections::BTreeMap;

use burn::tensor::{Int, Tensor};
use burn_store::{ModuleStore, SafetensorsStore};
use equipoise_core::FeatureShape;
use equipoise_models::{ModelConfig, TabularModel, weights};
use support::{TestResult, device, values};

/// The weights of a model by name: the number of columns, and the values row after row.
struct Weights(BTreeMap<String, (usize, Vec<f64>)>);

impl Weights {
    fn of(model: &TabularModel) -> Result<Self, Box<dyn std::error::Error>> {
        let mut store = SafetensorsStore::from_bytes(Some(weights::to_bytes(model)?));
        let mut all = BTreeMap::new();
        for (name, tensor) in store.get_all_tensors()? {
            let columns = *tensor.shape.last().ok_or("a tensor without dimensions")?;
            let bytes = tensor.to_bytes()?;
            let (numbers, _) = bytes.as_chunks::<4>();
            let numbers = numbers.iter().map(|&b| f64::from(f32::from_le_bytes(b)));
            all.insert(name.clone(), (columns, numbers.collect()));
        }
        Ok(Self(all))
    }

    fn row(&self, name: &str, row: usize) -> &[f64] {
        let (columns, values) = &self.0[name];
        &values[row * columns..(row + 1) * columns]
    }

    fn linear(&self, name: &str, input: &[f64]) -> Vec<f64> {
        let weight = format!("{name}.weight");
        let mut output = match self.0.get(&format!("{name}.bias")) {
            Some((_, bias)) => bias.clone(),
            None => vec![0.0; self.0[&weight].0],
        };
        for (row, x) in input.iter().enumerate() {
            for (y, w) in output.iter_mut().zip(self.row(&weight, row)) {
                *y += x * w;
            }
        }
        output
    }

    fn norm(&self, name: &str, input: &[f64]) -> Vec<f64> {
        let size = input.len() as f64;
        let mean = input.iter().sum::<f64>() / size;
        let variance = input.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / size;
        let gamma = self.row(&format!("{name}.gamma"), 0);
        let beta = self.row(&format!("{name}.beta"), 0);
        let scaled = input.iter().map(|x| (x - mean) / (variance + 1e-5).sqrt());
        let pairs = gamma.iter().zip(beta);
        scaled.zip(pairs).map(|(x, (g, b))| x * g + b).collect()
    }
}

fn relu(values: &[f64]) -> Vec<f64> {
    values.iter().map(|x| x.max(0.0)).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

const NUMBERS: [f32; 3] = [0.7, -1.3, 2.1];
const CATEGORIES: [usize; 2] = [3, 2];

/// Three numbers of one input, or two of one and two inputs.
fn shapes() -> [FeatureShape; 2] {
    [vec![1, 1, 1], vec![1, 2]].map(|widths| FeatureShape::with_number_widths(widths, vec![5, 4]))
}

/// The row of the shared table of categories that each column looks up.
const TABLE_ROWS: [usize; 2] = [CATEGORIES[0], 5 + CATEGORIES[1]];

fn mlp(weights: &Weights, hidden: usize) -> Vec<f64> {
    let mut values: Vec<f64> = NUMBERS.iter().map(|&x| f64::from(x)).collect();
    for row in TABLE_ROWS {
        values.extend(weights.row("categories.weight", row));
    }
    for layer in 0..hidden {
        values = relu(&weights.linear(&format!("hidden.{layer}"), &values));
    }
    weights.linear("head", &values)
}

fn transformer(weights: &Weights, shape: &FeatureShape, layers: usize, heads: usize) -> Vec<f64> {
    let mut tokens = vec![weights.row("encoder.tokenizer.cls", 0).to_vec()];
    let along = |input: usize| -> Vec<f64> {
        let direction = weights.row("encoder.tokenizer.numbers.weight", input);
        let x = f64::from(NUMBERS[input]);
        direction.iter().map(|w| w * x).collect()
    };
    tokens.push(along(0));
    if shape.numbers() == 3 {
        tokens.extend([along(1), along(2)]);
    } else {
        // The inputs of one number make one token.
        tokens.push(add(&along(1), &along(2)));
    }
    for row in TABLE_ROWS {
        tokens.push(
            weights
                .row("encoder.tokenizer.categories.weight", row)
                .to_vec(),
        );
    }
    for (feature, token) in tokens[1..].iter_mut().enumerate() {
        *token = add(token, weights.row("encoder.tokenizer.bias", feature));
    }
    for layer in 0..layers {
        let name = |part: &str| format!("encoder.blocks.{layer}.{part}");
        let context: Vec<Vec<f64>> = match layer {
            0 => tokens.clone(),
            _ => tokens
                .iter()
                .map(|t| weights.norm(&name("attention_norm"), t))
                .collect(),
        };
        let project = |part: &str| -> Vec<Vec<f64>> {
            context
                .iter()
                .map(|t| weights.linear(&name(part), t))
                .collect()
        };
        let (queries, keys, values) = (
            project("attention.query"),
            project("attention.key"),
            project("attention.value"),
        );
        let width = queries[0].len() / heads;
        for (token, query) in tokens.iter_mut().zip(&queries) {
            let mut mixed = Vec::new();
            for head in 0..heads {
                let part = head * width..(head + 1) * width;
                let scores: Vec<f64> = keys
                    .iter()
                    .map(|key| dot(&query[part.clone()], &key[part.clone()]))
                    .map(|score| (score / (width as f64).sqrt()).exp())
                    .collect();
                let total: f64 = scores.iter().sum();
                let mut sum = vec![0.0; width];
                for (score, value) in scores.iter().zip(&values) {
                    let share: Vec<f64> = value[part.clone()]
                        .iter()
                        .map(|v| v * score / total)
                        .collect();
                    sum = add(&sum, &share);
                }
                mixed.extend(sum);
            }
            *token = add(token, &weights.linear(&name("attention.output"), &mixed));
        }
        for token in &mut tokens {
            let normed = weights.norm(&name("feed_forward_norm"), token);
            let gate = relu(&weights.linear(&name("feed_forward.gate"), &normed));
            let value = weights.linear(&name("feed_forward.value"), &normed);
            let hidden: Vec<f64> = gate.iter().zip(value).map(|(g, v)| g * v).collect();
            *token = add(
                token,
                &weights.linear(&name("feed_forward.output"), &hidden),
            );
        }
    }
    weights.linear("head", &relu(&weights.norm("head_norm", &tokens[0])))
}

#[test]
fn every_network_is_what_its_definition_says() -> TestResult {
    let device = device()?;
    let cases = support::small_configs()?
        .into_iter()
        .flat_map(|config| shapes().map(|shape| (config.clone(), shape)));
    for (config, shape) in cases {
        let model = TabularModel::new(&config, &shape, 2, &device)?;
        let weights = Weights::of(&model)?;
        let expected = match &config {
            ModelConfig::Mlp(mlp_config) => mlp(&weights, mlp_config.hidden.len()),
            ModelConfig::TabularTransformer(config) => {
                transformer(&weights, &shape, config.layers, config.heads)
            }
            _ => return Err("no reference for this kind".into()),
        };
        let numeric = Tensor::<2>::from_floats([NUMBERS], &device);
        let categorical = Tensor::<2, Int>::from_ints([[3, 2]], &device);
        let found = values(model.forward(numeric, categorical))?;
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.into_iter().zip(expected) {
            assert!(
                (f64::from(found) - expected).abs() < 1e-5,
                "{}: {found} against {expected}",
                config.spec().name
            );
        }
    }
    Ok(())
}
