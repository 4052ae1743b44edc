//! What the registry says does not hold of a whole loss, shown; and what only some losses have:
//! state, needs, options.

use std::sync::Arc;

use burn::tensor::{DType, Tensor};
use equipoise_losses::{
    Extras, FairnessConfig, FairnessInput, FairnessLoss, LOSSES, Law, LossState, Registry, TaskKind,
};
use rstest::rstest;

use crate::{
    laws::largest_jump,
    plain_batch::{PlainBatch, cpu, matrix, one_hot, vector},
};

fn named(loss: &str) -> FairnessConfig {
    FairnessConfig::new(loss, 1.0, ["sex"])
}

fn build(config: &FairnessConfig) -> Arc<dyn FairnessLoss> {
    Registry::default().build(config).unwrap()
}

/// The names of the losses of which a law does not hold.
fn failing(law: impl Fn(&equipoise_losses::Laws) -> Law) -> Vec<&'static str> {
    LOSSES
        .iter()
        .filter(|spec| !law(&spec.laws).holds())
        .map(|spec| spec.name)
        .collect()
}

#[test]
fn each_law_that_fails_is_named_here() {
    assert_eq!(failing(|laws| laws.nonnegative), ["adversary"]);
    assert_eq!(
        failing(|laws| laws.zero_at_parity),
        [
            "group-dro",
            "cvar",
            "irm",
            "adversary",
            "supervised-contrastive",
            "counterfactual-pairing"
        ]
    );
    assert_eq!(
        failing(|laws| laws.smooth),
        [
            "covariance",
            "correlation",
            "mmd",
            "hsic",
            "wasserstein",
            "sliced-wasserstein",
            "cvar",
            "counterfactual-pairing"
        ]
    );
    assert!(failing(|laws| laws.gradient_is_of_value).is_empty());
    let stateful: Vec<_> = LOSSES
        .iter()
        .filter(|spec| spec.laws.stateful)
        .map(|spec| spec.name)
        .collect();
    assert_eq!(stateful, ["group-dro", "adversary"]);
}

#[rstest]
#[case::covariance(named("covariance"))]
#[case::correlation(named("correlation"))]
#[case::mmd(named("mmd").with_option("kernel", "laplacian"))]
#[case::hsic(named("hsic").with_option("kernel", "laplacian").with_option("features", 0))]
#[case::wasserstein(named("wasserstein"))]
#[case::sliced_wasserstein(named("sliced-wasserstein"))]
#[case::cvar(named("cvar"))]
#[case::counterfactual_pairing(named("counterfactual-pairing"))]
fn losses_that_are_not_smooth_have_a_kink(#[case] config: FairnessConfig) {
    let jump = largest_jump(TaskKind::Binary, 2, &*build(&config));
    assert!(jump > 1e-3, "the slope jumps by {jump}");
}

#[rstest]
#[case::mmd(named("mmd"))]
#[case::hsic(named("hsic").with_option("features", 0))]
#[case::hsic_with_features(named("hsic").with_option("kernel", "laplacian"))]
#[case::squared_pairing(named("counterfactual-pairing").with_option("difference", "squared"))]
fn some_options_make_them_smooth(#[case] config: FairnessConfig) {
    let jump = largest_jump(TaskKind::Binary, 2, &*build(&config));
    assert!(jump < 1e-4, "the slope jumps by {jump}");
}

/// Two groups with the same rows, of which the second has each twice.
fn parity() -> PlainBatch {
    let single = PlainBatch::scattered(TaskKind::Binary, 4, 8, 1);
    let mut batch = single.with_rows(&(0..8).cycle().take(24).collect::<Vec<_>>());
    for (row, membership) in batch.membership.iter_mut().enumerate() {
        *membership = one_hot(usize::from(row >= 8), 2);
    }
    batch
}

#[rstest]
fn some_losses_ask_for_more_than_parity(
    #[values(
        "group-dro",
        "cvar",
        "irm",
        "supervised-contrastive",
        "counterfactual-pairing"
    )]
    loss: &str,
) {
    let value = parity().value(&*build(&named(loss)));
    assert!(value > 1e-3, "{value}");
}

#[test]
fn an_adversary_that_has_not_learnt_reads_less_than_nothing() {
    let value = parity().value(&*build(&named("adversary")));
    let (small, large) = (1.0f64 / 3.0, 2.0f64 / 3.0);
    let entropy = -small * small.ln() - large * large.ln();
    assert!((value - (entropy - 2.0f64.ln())).abs() < 1e-12, "{value}");
}

/// Group 1 has the higher scores.
fn told_apart() -> PlainBatch {
    let mut batch = PlainBatch::scattered(TaskKind::Binary, 1, 60, 2);
    for (outputs, membership) in batch.outputs.iter_mut().zip(&batch.membership) {
        outputs[0] = 0.3 * outputs[0] + if membership[1] > 0.5 { 1.5 } else { -1.5 };
    }
    batch
}

#[rstest]
fn an_adversary_learns_and_pushes_the_groups_together(
    #[values("none", "label")] condition: &str,
    #[values("scores", "representation")] sees: &str,
) {
    let config = named("adversary")
        .with_option("condition", condition)
        .with_option("sees", sees)
        .with_option("learning_rate", 0.05);
    let loss = build(&config);
    let batch = told_apart();
    let (outputs, input) = batch.on(&cpu(), DType::F64).unwrap();
    let mut state = LossState::default();
    for _ in 0..100 {
        loss.step(&input, &mut state).unwrap();
    }
    let value = loss.value(&input, &state).unwrap();
    let slopes: Vec<f64> = outputs
        .grad(&value.backward())
        .unwrap()
        .try_to_vec_as()
        .unwrap();
    // It reads nearly all that there is to read.
    assert!(value.into_scalar::<f64>() > 0.5 * 2.0f64.ln());
    // Going down the slope moves group 1 down and group 0 up.
    let moved = |group: usize| -> f64 {
        let rows = slopes.iter().zip(&batch.membership);
        rows.map(|(slope, membership)| -slope * membership[group])
            .sum()
    };
    assert!(moved(0) > 0.0 && moved(1) < 0.0);
    // The gradient for the model is that of the value, whatever the adversary has learnt.
    let step = 1e-5;
    let at = |shift: f64| -> f64 {
        let mut shifted = batch.clone();
        shifted.outputs[3][0] += shift;
        let (_, input) = shifted.on(&cpu().inner(), DType::F64).unwrap();
        loss.value(&input, &state).unwrap().into_scalar()
    };
    let difference = (at(step) - at(-step)) / (2.0 * step);
    assert!((slopes[3] - difference).abs() < 1e-7);
}

#[rstest]
fn a_state_that_was_written_and_read_goes_on_with_the_same_bits(
    #[values("group-dro", "adversary")] loss: &str,
) {
    let loss = build(&named(loss));
    let (_, input) = told_apart().on(&cpu(), DType::F32).unwrap();
    let step = |state: &mut LossState| -> f32 { loss.step(&input, state).unwrap().into_scalar() };
    let mut whole = LossState::default();
    let first = step(&mut whole);
    let text = serde_json::to_string(&whole).unwrap();
    let mut resumed: LossState = serde_json::from_str(&text).unwrap();
    assert_eq!(resumed, whole);
    let next = step(&mut whole);
    assert_eq!(next.to_bits(), step(&mut resumed).to_bits());
    assert_eq!(resumed, whole);
    assert_ne!(first.to_bits(), next.to_bits());
}

#[test]
fn the_state_of_other_groups_is_an_error() {
    let loss = build(&named("group-dro"));
    let (_, two) = told_apart().on(&cpu(), DType::F32).unwrap();
    let (_, three) = PlainBatch::scattered(TaskKind::Binary, 0, 9, 3)
        .on(&cpu(), DType::F32)
        .unwrap();
    let mut state = LossState::default();
    loss.step(&two, &mut state).unwrap();
    assert_eq!(
        loss.step(&three, &mut state).unwrap_err().to_string(),
        "the remembered `log_weights` has shape [2], expected [3]"
    );
}

#[test]
fn the_adjustment_favours_small_groups() {
    let batch = PlainBatch::scattered(TaskKind::Binary, 3, 21, 2);
    let plain = batch.value(&*build(&named("group-dro")));
    let adjusted = batch.value(&*build(&named("group-dro").with_option("adjustment", 2.0)));
    let expected = f64::midpoint(2.0 / 11f64.sqrt(), 2.0 / 10f64.sqrt());
    assert!((adjusted - plain - expected).abs() < 1e-12);
}

fn bare(task: TaskKind) -> FairnessInput {
    let device = cpu();
    FairnessInput::new(
        task,
        matrix(&[vec![1.0], vec![-1.0], vec![0.5]], &device, DType::F64),
        vector(&[1.0, 0.0, 1.0], &device, DType::F64),
        matrix(
            &[vec![1.0, 0.0], vec![0.0, 1.0], vec![0.0, 1.0]],
            &device,
            DType::F64,
        ),
        vector(&[1.0; 3], &device, DType::F64),
    )
    .unwrap()
}

#[rstest]
#[case(named("sliced-wasserstein"), "representation of each row")]
#[case(named("supervised-contrastive"), "representation of each row")]
#[case(
    named("counterfactual-pairing"),
    "outputs for the counterfactual of each row"
)]
#[case(
    named("hsic").with_option("attribute", "values"),
    "values of a continuous attribute"
)]
fn what_a_loss_needs_and_does_not_find_is_named(
    #[case] config: FairnessConfig,
    #[case] need: &str,
) {
    let loss = build(&config);
    assert_eq!(loss.needs().len(), 1);
    let error = loss
        .value(&bare(TaskKind::Binary), &LossState::default())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the loss `{}` needs the {need}, and the batch has none",
            config.loss
        )
    );
}

/// The values 20, 30, 40 of an attribute, and outputs that follow it or do not.
#[rstest]
fn continuous_attributes_are_compared_by_value(
    #[values("covariance", "correlation", "hsic")] loss: &str,
) {
    let loss = build(&named(loss).with_option("attribute", "values"));
    let value = |outputs: [f64; 3]| -> f64 {
        let device = cpu();
        let values = [2.0, 3.0, 4.0].map(|value| vec![value]);
        let input = FairnessInput::new(
            TaskKind::Regression,
            matrix(&outputs.map(|output| vec![output]), &device, DType::F64),
            vector(&[0.0; 3], &device, DType::F64),
            Tensor::ones([3, 1], &device),
            vector(&[1.0; 3], &device, DType::F64),
        )
        .unwrap()
        .with_extras(Extras {
            group_values: Some(matrix(&values, &device, DType::F64)),
            ..Extras::default()
        })
        .unwrap();
        loss.value(&input, &LossState::default())
            .unwrap()
            .into_scalar()
    };
    let (following, flat) = (value([0.2, 0.4, 0.6]), value([0.4; 3]));
    assert!(flat.abs() < 1e-12, "{flat}");
    let expected = match loss.name() {
        "covariance" => 0.4 / 3.0,
        "correlation" => 1.0,
        _ => following,
    };
    assert!(
        (following - expected).abs() < 1e-5 && following > 1e-4,
        "{following}"
    );
}

#[test]
fn random_features_come_near_the_kernel() {
    let batch = told_apart();
    let exact = batch.value(&*build(&named("hsic").with_option("features", 0)));
    for kernel in ["gaussian", "laplacian"] {
        let config = named("hsic").with_option("kernel", kernel);
        let exact = if kernel == "gaussian" {
            exact
        } else {
            batch.value(&*build(&config.clone().with_option("features", 0)))
        };
        let near = batch.value(&*build(&config.with_option("features", 4096)));
        assert!((near / exact - 1.0).abs() < 0.1, "{near}, {exact}");
    }
}

#[test]
fn min_diff_compares_rows_of_one_label() {
    let mut batch = told_apart();
    let positives = build(&named("mmd").with_option("on", "positives"));
    let before = batch.value(&*positives);
    assert!(before > 0.1);
    for (outputs, target) in batch.outputs.iter_mut().zip(&batch.targets) {
        if *target == 0 {
            outputs[0] = 0.0;
        }
    }
    assert!((batch.value(&*positives) - before).abs() < 1e-12);
    assert_eq!(positives.tasks(), [TaskKind::Binary]);
    batch.targets.fill(0);
    assert!(batch.value(&*positives).abs() < 1e-300);
}
