//! Values and slopes of fairret's losses; `tests/golden/make_fairret.py` computes them.

use burn::tensor::DType;
use equipoise_losses::{FairnessConfig, Registry, TaskKind};
use serde_json::Value;

use crate::plain_batch::{PlainBatch, cpu, one_hot};

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

/// The batches with what was computed on each.
fn batches() -> Vec<(PlainBatch, Value)> {
    let golden: Value = serde_json::from_str(include_str!("../golden/fairret.json")).unwrap();
    let batches = golden.as_array().unwrap();
    batches
        .iter()
        .map(|golden| {
            let group = indices(&golden["groups"]);
            let groups = group.iter().max().unwrap() + 1;
            let batch = PlainBatch {
                task: TaskKind::Binary,
                outputs: numbers(&golden["logits"])
                    .into_iter()
                    .map(|z| vec![z])
                    .collect(),
                targets: indices(&golden["labels"]),
                membership: group.iter().map(|&group| one_hot(group, groups)).collect(),
                weights: vec![1.0; group.len()],
            };
            (batch, golden.clone())
        })
        .collect()
}

#[test]
fn norm_log_sum_exp_and_gap_have_the_published_values_and_slopes() {
    for (batch, golden) in batches() {
        for expected in golden["losses"].as_array().unwrap() {
            let name = |key: &str| expected[key].as_str().unwrap();
            let mut config = FairnessConfig::new(name("statistic"), 1.0, ["group"])
                .with_penalty(name("penalty"));
            for (key, value) in expected["options"].as_object().unwrap() {
                config = config.with_option(key, value.as_f64().unwrap());
            }
            let loss = Registry::default().build(&config).unwrap();
            let (value, slopes) = batch.gradient(&*loss, DType::F64);
            let published = expected["value"].as_f64().unwrap();
            assert!(
                (value - published).abs() < 1e-12,
                "{}: {value}, {published}",
                loss.name()
            );
            for (slope, published) in slopes.iter().zip(numbers(&expected["slopes"])) {
                assert!(
                    (slope - published).abs() < 1e-12,
                    "{}: {slope}, {published}",
                    loss.name()
                );
            }
        }
    }
}

#[test]
fn statistics_have_the_published_rates() {
    let registry = Registry::default();
    for (batch, golden) in batches() {
        let (_, input) = batch.on(&cpu().inner(), DType::F64).unwrap();
        for (name, published) in golden["rates"].as_object().unwrap() {
            // Published as FN / FP; here as the share of FN in both.
            let (statistic, odds) = match name.as_str() {
                "fn/fp" => ("treatment-equality", true),
                other => (other, false),
            };
            let spec = registry
                .statistics()
                .iter()
                .find(|spec| spec.name == statistic)
                .unwrap();
            let options = std::collections::BTreeMap::new();
            let options = equipoise_losses::Options::new(statistic, &options, spec.options);
            let rates = (spec.build)(&options).unwrap().rates(&input).unwrap();
            let rates: Vec<f64> = rates.rates().into_data().try_into_vec().unwrap();
            for (rate, published) in rates.iter().zip(numbers(published)) {
                let expected = if odds {
                    published / (1.0 + published)
                } else {
                    published
                };
                assert!(
                    (rate - expected).abs() < 1e-12,
                    "{name}: {rate}, {expected}"
                );
            }
        }
    }
}

#[test]
fn projections_are_those_of_a_general_solver() {
    for (batch, golden) in batches() {
        for expected in golden["projections"].as_array().unwrap() {
            let name = |key: &str| expected[key].as_str().unwrap();
            let config = FairnessConfig::new("projection", 1.0, ["group"])
                .with_option("statistic", name("statistic"))
                .with_option("distance", name("distance"));
            let value = batch.value(&*Registry::default().build(&config).unwrap());
            let solved = expected["value"].as_f64().unwrap();
            assert!(
                (value - solved).abs() < 1e-6 + 1e-4 * solved,
                "{expected}: {value}"
            );
        }
    }
}
