//! The loss of training, and the loss of the task within it.

use burn::tensor::{DType, Int, Tensor, TensorData};
use equipoise_core::{GroupAttribute, GroupSchema, Task};
use equipoise_losses::{
    Error, FairnessConfig, FairnessInput, GroupSelector, Lambda, LossParts, Registry, TaskKind,
    TaskLoss, TotalLoss, TotalState,
};
use equipoise_tensor::{Batch, batch::ToDevice};
use rstest::rstest;

use crate::plain_batch::{cpu, matrix, vector};

const F64: DType = DType::F64;

fn number(tensor: &Tensor<1>) -> f64 {
    tensor.to_data().iter::<f64>().next().unwrap()
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.try_into_vec_as().unwrap()
}

fn schema() -> GroupSchema {
    GroupSchema::new(vec![
        GroupAttribute::new("sex", ["Female", "Male"]).unwrap(),
        GroupAttribute::new("race", ["Black", "Other", "White"]).unwrap(),
    ])
    .unwrap()
}

fn batch() -> Batch<()> {
    let device = cpu();
    let codes = vec![0i64, 0, 0, 2, 1, 1, 1, 2];
    Batch {
        ids: vec![0, 1, 2, 3],
        inputs: (),
        targets: vector(&[1.0, 0.0, 1.0, 0.0], &device, F64),
        groups: Tensor::<2, Int>::from_data(TensorData::new(codes, [4, 2]), &device),
        counterfactual: None,
        group_values: None,
        memberships: None,
        weights: vector(&[1.0, 2.0, 1.0, 0.5], &device, F64),
    }
}

fn outputs() -> Tensor<2> {
    matrix(&[vec![2.0], vec![0.5], vec![-1.0], vec![0.0]], &cpu(), F64).require_grad()
}

fn evaluate(
    loss: &TotalLoss,
    outputs: Tensor<2>,
    batch: &Batch<()>,
    squares: Option<Tensor<1>>,
) -> LossParts {
    let rows = loss.rows(outputs, batch, squares).unwrap();
    loss.evaluate(&rows, &TotalState::default()).unwrap()
}

#[test]
fn membership_is_one_hot_over_one_attribute_or_several() {
    let groups = batch().groups;
    let of = |names: &[&str]| {
        let selector = GroupSelector::new(&schema(), names.iter().copied()).unwrap();
        numbers(selector.membership(&groups, None).unwrap())
    };
    assert_eq!(of(&["sex"]), [1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
    // Cells of sex x race: 0, 2, 4, 5; of race x sex: 0, 4, 3, 5.
    let hot = |cells: [usize; 4]| -> Vec<f64> {
        cells
            .iter()
            .flat_map(|&cell| crate::plain_batch::one_hot(cell, 6))
            .collect()
    };
    assert_eq!(of(&["sex", "race"]), hot([0, 2, 4, 5]));
    assert_eq!(of(&["race", "sex"]), hot([0, 4, 3, 5]));
}

/// `sex` and `race` of [`schema`] with groups that are known as probabilities.
fn soft_schema(soft: &[&str]) -> GroupSchema {
    let schema = schema();
    let attributes = schema.attributes().iter().cloned().map(|attribute| {
        if soft.contains(&attribute.name()) {
            attribute.of_probabilities()
        } else {
            attribute
        }
    });
    GroupSchema::new(attributes.collect()).unwrap()
}

#[test]
fn membership_of_a_soft_attribute_is_its_probabilities() {
    let groups = batch().groups;
    let device = cpu();
    // Two of `sex`, then three of `race`.
    let sex = [[0.75, 0.25], [1.0, 0.0], [0.5, 0.5], [0.0, 1.0]];
    let race = [
        [0.5, 0.25, 0.25],
        [0.0, 1.0, 0.0],
        [0.0, 0.5, 0.5],
        [1.0, 0.0, 0.0],
    ];
    let rows: Vec<Vec<f64>> = (sex.iter().zip(&race))
        .map(|(sex, race)| [&sex[..], &race[..]].concat())
        .collect();
    let both = matrix(&rows, &device, F64);
    let of = |soft: &[&str], names: &[&str], probabilities: &Tensor<2>| {
        let schema = soft_schema(soft);
        let selector = GroupSelector::new(&schema, names.iter().copied()).unwrap();
        numbers(selector.membership(&groups, Some(probabilities)).unwrap())
    };
    let soft = ["sex", "race"];
    assert_eq!(of(&soft, &["race"], &both), race.concat());
    let crossed: Vec<f64> = (sex.iter().zip(&race))
        .flat_map(|(sex, race)| sex.iter().flat_map(|s| race.iter().map(move |r| s * r)))
        .collect();
    assert_eq!(of(&soft, &["sex", "race"], &both), crossed);
    // Crossed with an attribute that is known: the codes of `sex` are 0, 0, 1, 1.
    let only_race = both.clone().narrow(1, 2, 3);
    let known = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]];
    let crossed: Vec<f64> = (race.iter().zip(&known))
        .flat_map(|(race, sex)| race.iter().flat_map(|r| sex.iter().map(move |s| r * s)))
        .collect();
    assert_eq!(of(&["race"], &["race", "sex"], &only_race), crossed);
}

#[test]
fn probabilities_that_are_not_there_are_an_error() {
    let schema = soft_schema(&["race"]);
    let selector = GroupSelector::new(&schema, ["race"]).unwrap();
    let error = selector.membership(&batch().groups, None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "probabilities of soft groups have shape [4, 0], expected [4, 3]"
    );
}

#[test]
fn group_codes_of_another_schema_are_an_error() {
    let selector = GroupSelector::new(&schema(), ["sex"]).unwrap();
    let error = selector
        .membership(&batch().groups.narrow(1, 0, 1), None)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "group codes have shape [4, 1], expected [4, 2]"
    );
}

#[test]
fn the_total_is_task_plus_weighed_fairness_plus_l2() {
    let registry = Registry::default();
    let term = |config: FairnessConfig| registry.term(&config, &schema()).unwrap();
    let mut loss = TotalLoss::new(TaskKind::Binary)
        .with_term(term(FairnessConfig::new(
            "demographic-parity",
            0.5,
            ["sex"],
        )))
        .unwrap()
        .with_term(term(FairnessConfig::new("kl", 2.0, ["sex", "race"])))
        .unwrap()
        .with_l2(0.01)
        .unwrap();
    let squares = || Some(vector(&[12.0], &cpu(), F64));
    let check = |loss: &TotalLoss, lambdas: [f64; 2]| {
        let parts = evaluate(loss, outputs(), &batch(), squares());
        let terms: Vec<f64> = parts.terms.iter().map(number).collect();
        assert!((number(&parts.fairness) - terms[0] - terms[1]).abs() < 1e-12);
        assert!((number(&parts.l2) - 0.12).abs() < 1e-12);
        let expected = number(&parts.task) + lambdas[0] * terms[0] + lambdas[1] * terms[1] + 0.12;
        assert!((number(&parts.total) - expected).abs() < 1e-12);
        terms
    };
    let terms = check(&loss, [0.5, 2.0]);
    let s = |z: f64| 1.0 / (1.0 + (-z).exp());
    let gap = (s(2.0) + 2.0 * s(0.5)) / 3.0 - (s(-1.0) + 0.5 * s(0.0)) / 1.5;
    assert!((terms[0] - gap).abs() < 1e-12);
    loss.set_lambda(1, Lambda::new(0.25).unwrap()).unwrap();
    assert_eq!(terms, check(&loss, [0.5, 0.25]));
    assert_eq!(
        loss.set_lambda(2, Lambda::ZERO).unwrap_err().to_string(),
        "the total loss has 2 fairness terms, term 2 was asked for"
    );
}

#[test]
fn a_term_without_weight_is_shown_and_does_not_train() {
    let gradient = |loss: &TotalLoss| {
        let outputs = outputs();
        let parts = evaluate(loss, outputs.clone(), &batch(), None);
        (
            number(&parts.fairness),
            numbers(outputs.grad(&parts.total.backward()).unwrap()),
        )
    };
    let plain = TotalLoss::new(TaskKind::Binary);
    let config = FairnessConfig::new("demographic-parity", 0.0, ["sex"]);
    let shown = plain
        .clone()
        .with_term(Registry::default().term(&config, &schema()).unwrap())
        .unwrap();
    let (nothing, expected) = gradient(&plain);
    let (fairness, found) = gradient(&shown);
    assert_eq!(nothing.to_bits(), 0.0f64.to_bits());
    assert!(fairness > 0.1);
    assert_eq!(found, expected);
}

#[test]
fn tensors_of_other_precision_and_without_gradients_are_taken_along() {
    let config = FairnessConfig::new("kl", 1.0, ["sex"]);
    let loss = TotalLoss::new(TaskKind::Binary)
        .with_term(Registry::default().term(&config, &schema()).unwrap())
        .unwrap();
    let plain = batch().to_device(&cpu().inner());
    let from_plain = evaluate(&loss, outputs(), &plain, None);
    let same = evaluate(&loss, outputs(), &batch(), None);
    assert_eq!(
        number(&from_plain.total).to_bits(),
        number(&same.total).to_bits()
    );
    let validation = evaluate(&loss, outputs().inner(), &batch(), None);
    assert_eq!(
        number(&validation.total).to_bits(),
        number(&same.total).to_bits()
    );
    let mut single = batch();
    single.targets = single.targets.cast(DType::F32);
    single.weights = single.weights.cast(DType::F32);
    let mixed = evaluate(&loss, outputs(), &single, None);
    assert_eq!(
        number(&mixed.total).to_bits(),
        number(&same.total).to_bits()
    );
}

#[rstest]
#[case(TaskKind::Binary, &[2.0, -1.0, 0.0], 1, &[1.0, 0.0, 1.0])]
#[case(TaskKind::Multiclass, &[2.0, -1.0, 0.0, 0.5, 0.5, 0.5, 3.0, -3.0, 1.0], 3, &[0.0, 2.0, 1.0])]
#[case(TaskKind::Regression, &[2.0, -1.0, 0.0], 1, &[1.5, 0.0, -4.0])]
fn task_losses_agree_with_their_formulas(
    #[case] task: TaskKind,
    #[case] outputs: &[f64],
    #[case] width: usize,
    #[case] targets: &[f64],
) {
    let weights = [1.0, 0.5, 2.0];
    let rows: Vec<Vec<f64>> = outputs.chunks(width).map(<[f64]>::to_vec).collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small indices"
    )]
    let expected: f64 = rows
        .iter()
        .zip(targets)
        .zip(weights)
        .map(|((z, &y), weight)| {
            let loss = match task {
                TaskKind::Binary => {
                    let s = 1.0 / (1.0 + (-z[0]).exp());
                    -(y * s.ln() + (1.0 - y) * (1.0 - s).ln())
                }
                TaskKind::Multiclass => z.iter().map(|z| z.exp()).sum::<f64>().ln() - z[y as usize],
                TaskKind::Regression => (z[0] - y).powi(2),
            };
            weight * loss
        })
        .sum::<f64>()
        / weights.iter().sum::<f64>();
    let device = cpu();
    let found = TaskLoss::for_task(task)
        .value(
            matrix(&rows, &device, F64),
            vector(targets, &device, F64),
            vector(&weights, &device, F64),
        )
        .unwrap();
    assert!(
        (number(&found) - expected).abs() < 1e-12,
        "{} {expected}",
        number(&found)
    );
}

#[rstest]
#[case(-80.0)]
#[case(-1e30)]
#[case(0.0)]
#[case(80.0)]
#[case(1e30)]
fn task_losses_of_extreme_outputs_are_finite(#[case] size: f64) {
    for dtype in [DType::F32, DType::F64] {
        for (task, width) in [(TaskKind::Binary, 1), (TaskKind::Multiclass, 2)] {
            let row: Vec<f64> = [size, -size][..width].to_vec();
            let outputs = matrix(&[row.clone(), row], &cpu(), dtype).require_grad();
            let (targets, weights) = (
                vector(&[0.0, 1.0], &cpu(), dtype),
                vector(&[1.0, 1.0], &cpu(), dtype),
            );
            let loss = TaskLoss::for_task(task)
                .value(outputs.clone(), targets, weights)
                .unwrap();
            assert!(number(&loss).is_finite());
            let slopes = numbers(outputs.grad(&loss.backward()).unwrap());
            assert!(slopes.iter().all(|slope| slope.is_finite()), "{slopes:?}");
            if task == TaskKind::Binary {
                // (s(z) - y) / 2, also at z = 0.
                let s = 1.0 / (1.0 + (-size).exp());
                assert!(
                    (slopes[0] - s / 2.0).abs() < 1e-6
                        && (slopes[1] - (s - 1.0) / 2.0).abs() < 1e-6
                );
            }
        }
    }
}

#[test]
fn rows_without_weight_cost_nothing() {
    let outputs = outputs();
    let loss = TaskLoss::BinaryCrossEntropy
        .value(
            outputs.clone(),
            batch().targets,
            vector(&[0.0; 4], &cpu(), F64),
        )
        .unwrap();
    assert_eq!(number(&loss).to_bits(), 0.0f64.to_bits());
    assert!(
        numbers(outputs.grad(&loss.backward()).unwrap())
            .iter()
            .all(|slope| slope.abs() < 1e-300)
    );
}

#[test]
fn shapes_that_do_not_fit_are_errors() {
    let device = cpu();
    let ones = |rows: usize| Tensor::<1>::ones([rows], &device);
    let input = |task, outputs: [usize; 2], targets, membership: [usize; 2], weights| {
        FairnessInput::new(
            task,
            Tensor::zeros(outputs, &device),
            ones(targets),
            Tensor::ones(membership, &device),
            ones(weights),
        )
        .map(|input| input.rows())
        .map_err(|error| error.to_string())
    };
    let binary = TaskKind::Binary;
    let error = |text: &str| Err(text.to_owned());
    assert_eq!(input(binary, [3, 1], 3, [3, 2], 3), Ok(3));
    assert_eq!(
        input(binary, [0, 1], 0, [0, 2], 0),
        error("a batch has no rows")
    );
    assert_eq!(
        input(binary, [3, 2], 3, [3, 2], 3),
        error("outputs have shape [3, 2], expected [3, 1]")
    );
    assert_eq!(
        input(TaskKind::Multiclass, [3, 1], 3, [3, 2], 3),
        error("outputs have shape [3, 1], expected [3, 2]")
    );
    assert_eq!(
        input(binary, [3, 1], 2, [3, 2], 3),
        error("targets have shape [2], expected [3]")
    );
    assert_eq!(
        input(binary, [3, 1], 3, [2, 2], 3),
        error("memberships have shape [2, 2], expected [3, 2]")
    );
    assert_eq!(
        input(binary, [3, 1], 3, [3, 0], 3),
        error("a batch has no groups")
    );
    assert_eq!(
        input(binary, [3, 1], 3, [3, 2], 4),
        error("row weights have shape [4], expected [3]")
    );
}

#[rstest]
#[case(-1.0)]
#[case(f64::NAN)]
#[case(f64::INFINITY)]
fn weights_of_losses_are_finite_and_not_negative(#[case] value: f64) {
    assert!(matches!(
        Lambda::new(value),
        Err(Error::Range {
            option: "lambda",
            ..
        })
    ));
    let total = TotalLoss::new(TaskKind::Binary);
    assert!(matches!(
        total.with_l2(value),
        Err(Error::Range { option: "l2", .. })
    ));
}

#[test]
fn a_fairness_loss_must_be_defined_for_the_task() {
    let term = Registry::default()
        .term(&FairnessConfig::new("kl", 1.0, ["sex"]), &schema())
        .unwrap();
    assert!(
        TotalLoss::new(TaskKind::Regression)
            .with_term(term)
            .is_err()
    );
}

#[test]
fn kinds_of_tasks_follow_tasks() {
    let task = Task::Multiclass {
        classes: vec!["a".to_owned(), "b".to_owned()],
    };
    assert_eq!(TaskKind::of(&task), Ok(TaskKind::Multiclass));
    assert_eq!(TaskKind::of(&Task::Regression), Ok(TaskKind::Regression));
}
