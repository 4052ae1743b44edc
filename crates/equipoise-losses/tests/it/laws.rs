//! What the registry declares about each loss, tried on all of them.

use std::sync::Arc;

use burn::tensor::{DType, Tensor};
use equipoise_losses::{
    FairnessConfig, FairnessLoss, GroupRates, Law, Laws, LossState, PENALTIES, PROJECTIONS,
    Penalty, Registry, StatisticLoss, TaskKind, penalties, statistics,
};
use proptest::prelude::*;
use rstest::rstest;

use crate::plain_batch::{DeclaredLoss, PlainBatch, classes, cpu, every_loss, one_hot};

const TASKS: &[TaskKind] = TaskKind::ALL;

/// Double precision, and sums of a few dozen rows.
const ROUNDING: f64 = 1e-12;

fn losses_for(task: TaskKind) -> impl Iterator<Item = DeclaredLoss> {
    every_loss()
        .into_iter()
        .filter(move |declared| declared.loss.tasks().contains(&task))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn values_are_never_below_zero(seed: u64, rows in 1usize..40, groups in 1usize..5) {
        for &task in TASKS {
            let batch = PlainBatch::scattered(task, seed, rows, groups);
            for declared in losses_for(task).filter(|d| d.laws.nonnegative.holds()) {
                let value = batch.value(&*declared.loss);
                prop_assert!(value >= -ROUNDING, "{}: {value}", declared.name);
            }
        }
    }

    #[test]
    fn equal_groups_cost_nothing(seed: u64, rows in 1usize..12, groups in 2usize..5) {
        for &task in TASKS {
            // Group j has every row j + 1 times.
            let single = PlainBatch::scattered(task, seed, rows, 1);
            let copies: usize = (1..=groups).sum();
            let mut batch = single.with_rows(&(0..rows).cycle().take(rows * copies).collect::<Vec<_>>());
            let group_of_copy: Vec<usize> = (0..groups).flat_map(|group| vec![group; group + 1]).collect();
            for (row, membership) in batch.membership.iter_mut().enumerate() {
                *membership = one_hot(group_of_copy[row / rows], groups);
            }
            for declared in losses_for(task).filter(|d| d.laws.zero_at_parity.holds()) {
                let value = batch.value(&*declared.loss);
                prop_assert!(value.abs() <= ROUNDING, "{}: {value}", declared.name);
            }
        }
    }

    #[test]
    fn the_order_of_rows_and_the_names_of_groups_do_not_matter(
        seed: u64,
        rows in 1usize..40,
        groups in 1usize..5,
        turn in 0usize..40,
    ) {
        for &task in TASKS {
            let batch = PlainBatch::scattered(task, seed, rows, groups);
            let order: Vec<usize> = (0..rows).rev().map(|row| (row + turn) % rows).collect();
            let mut renamed = batch.with_rows(&order);
            renamed.membership.iter_mut().for_each(|membership| membership.reverse());
            for declared in losses_for(task) {
                let (value, other) = (batch.value(&*declared.loss), renamed.value(&*declared.loss));
                prop_assert!((value - other).abs() <= ROUNDING, "{}: {value}, {other}", declared.name);
            }
        }
    }

    #[test]
    fn gradients_are_those_of_the_value(seed: u64, rows in 2usize..16, groups in 2usize..4) {
        // Scattered outputs lie away from kinks: a tie of two rates has probability 0.
        for &task in TASKS {
            let mut batch = PlainBatch::scattered(task, seed, rows, groups);
            for declared in losses_for(task).filter(|d| d.laws.gradient_is_of_value.holds()) {
                let (_, gradient) = batch.gradient(&*declared.loss, DType::F64);
                let width = batch.outputs[0].len();
                // Some of the outputs; which ones changes with the seed.
                let entries = gradient.into_iter().enumerate();
                for (index, slope) in entries.skip(usize::try_from(seed % 3).unwrap()).step_by(5) {
                    let difference = central_difference(&mut batch, &*declared.loss, index / width, index % width);
                    prop_assert!(
                        (slope - difference).abs() <= 1e-5 * slope.abs().max(0.1),
                        "{}: {slope}, {difference}", declared.name
                    );
                }
            }
        }
    }
}

fn central_difference(
    batch: &mut PlainBatch,
    loss: &dyn FairnessLoss,
    row: usize,
    output: usize,
) -> f64 {
    let step = 1e-5;
    let at = batch.outputs[row][output];
    batch.outputs[row][output] = at + step;
    let above = batch.value(loss);
    batch.outputs[row][output] = at - step;
    let below = batch.value(loss);
    batch.outputs[row][output] = at;
    (above - below) / (2.0 * step)
}

/// Two groups with the same labels; in group 1 the outputs of rows of label 1 are pushed towards it,
/// and those of the others a little away from it. Every statistic drifts apart with it.
#[test]
fn a_larger_violation_costs_more() {
    for &task in TASKS {
        let labels = match task {
            TaskKind::Multiclass => [0, 1, 2, 1],
            TaskKind::Binary | TaskKind::Regression => [0, 1, 1, 1],
        };
        let mut batch = PlainBatch::scattered(task, 0, 8, 2);
        batch.targets = labels.repeat(2);
        batch.weights = vec![1.0; 8];
        batch.membership = (0..8).map(|row| one_hot(row / 4, 2)).collect();
        // A correlation is the same however far apart scores lie in proportion, and a few random
        // cosines of every frequency, as the Laplacian kernel has them, wobble with the distance.
        // What an estimate takes off for sampling grows as well where the scores of a group spread.
        let wobbles =
            |d: &DeclaredLoss| d.name.contains("Integer(64)") && d.name.contains("laplacian");
        for declared in losses_for(task).filter(|d| {
            d.laws.nonnegative.holds()
                && d.laws.zero_at_parity.holds()
                && d.loss.name() != "correlation"
                && !wobbles(d)
        }) {
            let mut last = f64::NEG_INFINITY;
            for shift in [0.0, 0.1, 0.3, 0.6, 0.9] {
                for (row, outputs) in batch.outputs.iter_mut().enumerate() {
                    outputs.fill(0.0);
                    let positive = outputs.len().min(2) - 1;
                    let push = if batch.targets[row] == 1 {
                        shift
                    } else {
                        -0.25 * shift
                    };
                    outputs[positive] = if row < 4 { 0.0 } else { push };
                }
                let value = batch.value(&*declared.loss);
                assert!(
                    value > last,
                    "{} at {shift}: {value} after {last}",
                    declared.name
                );
                last = value;
            }
        }
    }
}

#[rstest]
#[case::one_row(|batch: &mut PlainBatch| *batch = batch.with_rows(&[0]))]
#[case::one_group(|batch: &mut PlainBatch| batch.membership.fill(one_hot(1, 3)))]
#[case::no_group(|batch: &mut PlainBatch| batch.membership.fill(vec![0.0; 3]))]
#[case::no_weight(|batch: &mut PlainBatch| batch.weights.fill(0.0))]
#[case::one_group_with_weight(|batch: &mut PlainBatch| {
    for (weight, membership) in batch.weights.iter_mut().zip(&batch.membership) {
        *weight *= membership[0];
    }
})]
fn nothing_to_compare_costs_exactly_nothing(#[case] change: fn(&mut PlainBatch)) {
    for &task in TASKS {
        let mut batch = PlainBatch::scattered(task, 3, 12, 3);
        change(&mut batch);
        for dtype in [DType::F32, DType::F64] {
            for declared in losses_for(task).filter(|d| d.laws.zero_at_parity.holds()) {
                let (value, gradient) = batch.gradient(&*declared.loss, dtype);
                assert_eq!(value.abs().to_bits(), 0, "{}", declared.name);
                assert!(
                    gradient.iter().all(|slope| slope.abs().to_bits() == 0),
                    "{}: {gradient:?}",
                    declared.name
                );
            }
        }
    }
}

#[rstest]
#[case::an_absent_group(|batch: &mut PlainBatch| {
    for membership in &mut batch.membership {
        membership.push(0.0);
    }
})]
#[case::one_class(|batch: &mut PlainBatch| batch.targets.fill(0))]
#[case::the_other_class(|batch: &mut PlainBatch| batch.targets.fill(1))]
#[case::two_rows(|batch: &mut PlainBatch| *batch = batch.with_rows(&[0, 1]))]
#[case::saturated(|batch: &mut PlainBatch| saturate(batch, 80.0))]
#[case::beyond_saturated(|batch: &mut PlainBatch| saturate(batch, 1e30))]
#[case::all_positive(|batch: &mut PlainBatch| batch.outputs.iter_mut().for_each(|o| o.fill(80.0)))]
#[case::all_negative(|batch: &mut PlainBatch| batch.outputs.iter_mut().for_each(|o| o.fill(-80.0)))]
#[case::all_zero(|batch: &mut PlainBatch| batch.outputs.iter_mut().for_each(|o| o.fill(0.0)))]
#[case::soft_membership(|batch: &mut PlainBatch| batch.membership.fill(vec![0.2, 0.5, 0.3]))]
#[case::hardly_a_member(|batch: &mut PlainBatch| {
    for membership in &mut batch.membership {
        membership[2] *= 1e-30;
    }
})]
fn hard_batches_have_finite_values_and_gradients(#[case] change: fn(&mut PlainBatch)) {
    for &task in TASKS {
        let mut batch = PlainBatch::scattered(task, 5, 18, 3);
        change(&mut batch);
        for dtype in [DType::F32, DType::F64] {
            let huge = batch
                .outputs
                .iter()
                .flatten()
                .any(|output| output.abs() > 1e3);
            let bounded = |d: &DeclaredLoss| d.bounded && task != TaskKind::Regression;
            for declared in losses_for(task).filter(|d| bounded(d) || !huge) {
                let (value, gradient) = batch.gradient(&*declared.loss, dtype);
                assert!(value.is_finite(), "{}: {value}", declared.name);
                assert!(
                    gradient.iter().all(|slope| slope.is_finite()),
                    "{}: {gradient:?}",
                    declared.name
                );
            }
        }
    }
}

/// Group 0 has the most positive decisions there can be, the others the fewest.
fn saturate(batch: &mut PlainBatch, size: f64) {
    for (outputs, membership) in batch.outputs.iter_mut().zip(&batch.membership) {
        let sign = if membership[0] > 0.5 { size } else { -size };
        for (index, output) in outputs.iter_mut().enumerate() {
            *output = if index % 2 == 0 { sign } else { -sign };
        }
    }
}

#[test]
fn an_absent_group_changes_nothing() {
    for &task in TASKS {
        let batch = PlainBatch::scattered(task, 11, 20, 2);
        let mut wider = batch.clone();
        for membership in &mut wider.membership {
            membership.insert(1, 0.0);
        }
        for declared in losses_for(task) {
            let (value, gradient) = batch.gradient(&*declared.loss, DType::F64);
            let (other, others) = wider.gradient(&*declared.loss, DType::F64);
            assert!(
                (value - other).abs() <= ROUNDING,
                "{}: {value}, {other}",
                declared.name
            );
            for (slope, other) in gradient.iter().zip(others) {
                assert!((slope - other).abs() <= ROUNDING, "{}", declared.name);
            }
        }
    }
}

#[test]
fn values_do_not_depend_on_earlier_batches() {
    for &task in TASKS {
        let (batch, between) = (
            PlainBatch::scattered(task, 1, 20, 2),
            PlainBatch::scattered(task, 2, 20, 2),
        );
        for declared in losses_for(task).filter(|d| !d.laws.stateful) {
            let first = batch.value(&*declared.loss);
            between.value(&*declared.loss);
            assert_eq!(
                first.to_bits(),
                batch.value(&*declared.loss).to_bits(),
                "{}",
                declared.name
            );
        }
    }
}

/// Gradients on both sides of every point where two groups change places, or meet.
#[test]
fn smooth_losses_have_no_kinks() {
    for &task in TASKS {
        for declared in losses_for(task).filter(|d| d.laws.smooth.holds()) {
            let jump = largest_jump(task, 3, &*declared.loss);
            assert!(jump < 1e-4, "{}: the slope jumps by {jump}", declared.name);
        }
    }
}

#[rstest]
#[case::gap("gap", 2)]
#[case::squared_gap("squared-gap", 3)]
#[case::huber("huber", 3)]
#[case::mean_deviation("mean-deviation", 2)]
#[case::norm("norm", 2)]
#[case::log_sum_exp("log-sum-exp", 2)]
fn penalties_that_are_not_smooth_have_a_kink(#[case] penalty: &str, #[case] groups: usize) {
    let config = FairnessConfig::new("demographic-parity", 1.0, ["sex"]).with_penalty(penalty);
    let loss = Registry::default().build(&config).unwrap();
    let jump = largest_jump(TaskKind::Binary, groups, &*loss);
    assert!(jump > 1e-3, "{penalty}: the slope jumps by {jump}");
}

#[test]
fn a_hinge_has_its_kink_at_the_tolerance() {
    let at = |tolerance: f64| {
        let penalty = Arc::new(penalties::Hinge::new(tolerance).unwrap());
        let statistic = Arc::new(statistics::DemographicParity);
        let loss = StatisticLoss::new("dp", TaskKind::CLASSIFICATION, statistic, penalty);
        largest_jump(TaskKind::Binary, 2, &loss)
    };
    assert!(at(0.0) > 1e-3);
    // The groups meet where the gap is 0.
    assert!(at(0.1).abs() < 1e-12);
}

#[test]
fn a_squared_gap_of_two_groups_is_smooth() {
    let declared = every_loss()
        .into_iter()
        .find(|d| d.loss.name() == "demographic-parity/squared-gap")
        .unwrap();
    assert!(largest_jump(TaskKind::Binary, 2, &*declared.loss) < 1e-4);
}

/// The largest change of the gradient over a tiny step, as the last group's outputs pass through
/// those of every other group.
pub(crate) fn largest_jump(task: TaskKind, groups: usize, loss: &dyn FairnessLoss) -> f64 {
    let rows = 2 * groups * classes(task);
    let mut batch = PlainBatch::scattered(task, 0, rows, groups);
    batch.weights.fill(1.0);
    let mut jump = 0.0f64;
    for meeting in 0..groups - 1 {
        let slopes = [-1e-6, 1e-6].map(|step| {
            for (outputs, membership) in batch.outputs.iter_mut().zip(&batch.membership) {
                let group = membership.iter().position(|&m| m > 0.5).unwrap();
                let (height, step) = if group == groups - 1 {
                    (meeting, step)
                } else {
                    (group, 0.0)
                };
                outputs.fill(0.0);
                let positive = outputs.len().min(2) - 1;
                outputs[positive] = height as f64 - 0.4 + step;
            }
            batch.gradient(loss, DType::F64).1
        });
        for (below, above) in slopes[0].iter().zip(&slopes[1]) {
            jump = jump.max((above - below).abs());
        }
    }
    jump
}

#[test]
fn only_smoothness_fails_and_only_where_a_test_shows_it() {
    for spec in PENALTIES {
        assert!(spec.laws.nonnegative.holds() && spec.laws.zero_at_parity.holds());
        assert!(spec.laws.gradient_is_of_value.holds() && !spec.laws.stateful);
    }
    for spec in PROJECTIONS {
        assert_eq!(spec.laws, Laws::ALL, "{}", spec.name);
    }
    let kinked: Vec<_> = PENALTIES
        .iter()
        .filter(|spec| matches!(spec.laws.smooth, Law::Fails { .. }))
        .map(|spec| spec.name)
        .collect();
    assert_eq!(
        kinked,
        [
            "gap",
            "squared-gap",
            "huber",
            "hinge",
            "mean-deviation",
            "norm",
            "log-sum-exp"
        ]
    );
}

/// A penalty of another crate, which charges whatever it is shown.
#[derive(Debug)]
struct Always {
    width: usize,
}

impl Penalty for Always {
    fn charge(&self, rates: &GroupRates) -> Tensor<2> {
        rates.rates().ones_like().narrow(1, 0, self.width)
    }
}

#[test]
fn a_penalty_is_not_charged_where_there_is_nothing_to_compare() {
    let loss = |width| {
        let penalty = Arc::new(Always { width });
        let odds = Arc::new(statistics::EqualizedOdds);
        StatisticLoss::new("always", TaskKind::CLASSIFICATION, odds, penalty)
    };
    let mut batch = PlainBatch::scattered(TaskKind::Binary, 0, 12, 2);
    assert_eq!(batch.value(&loss(1)).to_bits(), 2.0f64.to_bits());
    // Without a negative row there are no false-positive rates.
    batch.targets.fill(1);
    assert_eq!(batch.value(&loss(1)).to_bits(), 1.0f64.to_bits());
    batch.membership.fill(one_hot(0, 2));
    assert_eq!(batch.value(&loss(1)).to_bits(), 0.0f64.to_bits());
    let (_, input) = batch.on(&cpu(), DType::F64).unwrap();
    assert_eq!(
        loss(2)
            .value(&input, &LossState::default())
            .unwrap_err()
            .to_string(),
        "charges have shape [2, 2], expected [2, 1]"
    );
}
