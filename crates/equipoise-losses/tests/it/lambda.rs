//! Weights that are found: what they measure, what they charge, and what they remember.

use burn::tensor::{Device, Tensor};
use equipoise_core::{GroupAttribute, GroupSchema};
use equipoise_losses::{
    Charge, DualTarget, FairnessConfig, FairnessInput, FairnessTerm, GroupCounts, JoinGradients,
    LambdaConfig, LossRows, MeasuredRows, Pace, Registry, TaskKind, TotalLoss, TotalState,
};

fn schema() -> GroupSchema {
    GroupSchema::new(vec![GroupAttribute::new("sex", ["f", "m"]).unwrap()]).unwrap()
}

fn term(config: &FairnessConfig) -> FairnessTerm {
    Registry::default().term(config, &schema()).unwrap()
}

/// Four rows of each of two groups; the second is decided positive more often.
fn rows() -> LossRows {
    let device = Device::flex().autodiff();
    let outputs = [2.0, -1.0, -0.5, -3.0, 3.0, 0.2, 1.0, -2.0];
    LossRows {
        outputs: Tensor::<1>::from_floats(outputs, &device)
            .reshape([8, 1])
            .require_grad(),
        targets: Tensor::from_floats([1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0], &device),
        weights: Tensor::ones([8], &device),
        memberships: vec![Tensor::from_floats(
            [
                [1.0, 0.0],
                [1.0, 0.0],
                [1.0, 0.0],
                [1.0, 0.0],
                [0.0, 1.0],
                [0.0, 1.0],
                [0.0, 1.0],
                [0.0, 1.0],
            ],
            &device,
        )],
        squared_weights: None,
        extras: equipoise_losses::Extras::default(),
    }
}

fn measured(statistic: &str, cut: f32) -> GroupCounts {
    let rows = rows();
    let config = FairnessConfig::new(statistic, DualTarget::new(0.0), ["sex"]);
    let statistic = term(&config).violation.unwrap();
    let input = FairnessInput::new(
        TaskKind::Binary,
        rows.outputs,
        rows.targets,
        rows.memberships[0].clone(),
        // The violation counts every row once.
        rows.weights.mul_scalar(3.0),
    )
    .unwrap();
    GroupCounts::measure(statistic.as_ref(), &input, cut).unwrap()
}

#[test]
fn violations_are_of_decisions_at_the_threshold() {
    let parity = measured("demographic-parity", 0.0);
    assert_eq!(parity.rate(0, 0), Some(0.25));
    assert_eq!(parity.rate(0, 1), Some(0.75));
    assert_eq!(parity.violation(), Some(0.5));
    // From the logit -1 on, three rows of each group are positive.
    assert_eq!(measured("demographic-parity", -1.0).violation(), Some(0.0));
    // True positive rates 1/2 and 1, false positive rates 0 and 1/2.
    assert_eq!(measured("equalized-odds", 0.0).violation(), Some(0.5));
    assert_eq!(measured("equal-opportunity", 1.5).violation(), Some(0.0));
}

#[test]
fn a_statistic_without_a_penalty_is_charged_by_its_rates() {
    let target = || LambdaConfig::Target(DualTarget::new(0.02));
    let plain = FairnessConfig::new("demographic-parity", target(), ["sex"]);
    assert_eq!(term(&plain).charge, Charge::Rates);
    assert_eq!(term(&plain.with_penalty("gap")).charge, Charge::Value);
    let whole = FairnessConfig::new("kl", target(), ["sex"]);
    assert_eq!(term(&whole).charge, Charge::Value);
    assert!(term(&whole).violation.is_some());
    let fixed = FairnessConfig::new("demographic-parity", 0.5, ["sex"]);
    assert!(term(&fixed).violation.is_none());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let registry = Registry::default();
    let error = |config: &FairnessConfig| registry.term(config, &schema()).unwrap_err().to_string();
    let unknown = DualTarget {
        violation: Some("equalised-odds".to_owned()),
        ..DualTarget::new(0.02)
    };
    let config = FairnessConfig::new("kl", unknown, ["sex"]);
    assert!(error(&config).starts_with("unknown lambda.violation `equalised-odds`"));
    let mut config = FairnessConfig::new("kl", DualTarget::new(0.02), ["sex"]);
    config.gradients = JoinGradients::Projection;
    assert!(error(&config).starts_with("`gradients` is projection"));
}

fn number(tensor: &Tensor<1>) -> f32 {
    tensor.clone().into_scalar::<f32>()
}

fn loss(lambda: DualTarget) -> TotalLoss {
    TotalLoss::new(TaskKind::Binary)
        .with_term(term(&FairnessConfig::new(
            "demographic-parity",
            lambda,
            ["sex"],
        )))
        .unwrap()
}

#[test]
fn multipliers_grow_with_the_violation_and_push_against_it() {
    let loss = loss(DualTarget::new(0.02));
    let mut state = TotalState {
        pace: Pace {
            step: 0,
            steps: 100,
            epoch_steps: 10,
        },
        ..TotalState::default()
    };
    let rows = rows();
    let first = loss.step(&rows, &mut state).unwrap();
    // Nothing was measured before the first step.
    assert!((number(&first.total) - number(&first.task)).abs() < f32::EPSILON);
    let mut weights = vec![0.0];
    for _ in 0..3 {
        loss.step(&rows, &mut state).unwrap();
        weights.push(state.lambdas[0].total(&loss.terms()[0].lambda, 0.0));
    }
    assert!(
        weights.windows(2).all(|pair| pair[0] < pair[1]),
        "{weights:?}"
    );
    assert_eq!(state.lambdas[0].violation(), Some(0.5));

    let parts = loss.evaluate(&rows, &state).unwrap();
    let charged = parts.total - parts.task;
    let gradients = charged.backward();
    let gradient: Vec<f32> = rows
        .outputs
        .grad(&gradients)
        .unwrap()
        .into_data()
        .try_to_vec()
        .unwrap();
    // Down this gradient the first group rises and the second falls.
    assert!(gradient[..4].iter().all(|g| *g < 0.0), "{gradient:?}");
    assert!(gradient[4..].iter().all(|g| *g > 0.0), "{gradient:?}");
}

#[test]
fn a_state_that_was_written_goes_on_with_the_same_bits() {
    let loss = loss(DualTarget::new(0.02));
    let rows = rows();
    let mut state = TotalState::default();
    for _ in 0..3 {
        loss.step(&rows, &mut state).unwrap();
    }
    assert_eq!(loss.correct(&rows, None, &mut state).unwrap(), [Some(0.5)]);
    let text = serde_json::to_string(&state).unwrap();
    let mut again: TotalState = serde_json::from_str(&text).unwrap();
    assert_eq!(again, state);
    let next = |state: &mut TotalState| number(&loss.step(&rows, state).unwrap().total).to_bits();
    assert_eq!(next(&mut again), next(&mut state));
}

#[test]
fn the_training_part_corrects_where_it_is_asked_for() {
    let loss = loss(DualTarget {
        rows: MeasuredRows::TrainAndValid,
        ..DualTarget::new(0.02)
    });
    assert!(loss.measures_training());
    let rows = rows();
    let mut state = TotalState::default();
    loss.step(&rows, &mut state).unwrap();
    assert!(loss.correct(&rows, None, &mut state.clone()).is_err());
    // Decisions without any gap on as many rows of training halve what is measured.
    let mut fair = rows.clone();
    fair.outputs = fair.outputs.zeros_like().add_scalar(1.0);
    let shifts = |train: &LossRows| {
        let mut state = state.clone();
        let violation = loss.correct(&rows, Some(train), &mut state).unwrap();
        assert_eq!(violation, [Some(0.5)]);
        serde_json::to_value(&state).unwrap()["lambdas"][0]["dual"]["shifts"].clone()
    };
    let same: Vec<f64> = serde_json::from_value(shifts(&rows)).unwrap();
    assert!(same.iter().all(|shift| shift.abs() < 1e-9), "{same:?}");
    let halved: Vec<f64> = serde_json::from_value(shifts(&fair)).unwrap();
    let largest = halved
        .iter()
        .fold(0.0, |most: f64, shift| most.max(shift.abs()));
    // Half of the news is taken in.
    assert!((largest - 0.125).abs() < 1e-6, "{halved:?}");
}
