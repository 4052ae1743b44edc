//! Values against formulas written out in plain Rust, and by hand.

use std::sync::Arc;

use burn::tensor::DType;
use equipoise_losses::{Condition, FairnessConfig, FairnessLoss, LossState, Registry, TaskKind};

use crate::plain_batch::{PlainBatch, classes, cpu, every_loss};

fn build(config: &FairnessConfig) -> Arc<dyn FairnessLoss> {
    Registry::default().build(config).unwrap()
}

fn named(loss: &str) -> FairnessConfig {
    FairnessConfig::new(loss, 1.0, ["sex"])
}

fn close(name: &str, found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{name}: {found}, expected {expected}"
    );
}

/// The probability of each class, row by row.
fn probabilities(batch: &PlainBatch) -> Vec<Vec<f64>> {
    batch
        .outputs
        .iter()
        .map(|outputs| {
            if batch.task == TaskKind::Binary {
                let positive = 1.0 / (1.0 + (-outputs[0]).exp());
                return vec![1.0 - positive, positive];
            }
            let sum: f64 = outputs.iter().map(|z| z.exp()).sum();
            outputs.iter().map(|z| z.exp() / sum).collect()
        })
        .collect()
}

/// What each row adds to numerator and denominator, for each constraint of a statistic.
fn constraints(statistic: &str, batch: &PlainBatch) -> Vec<Vec<(f64, f64)>> {
    let rows = 0..batch.targets.len();
    let each = |of: &dyn Fn(usize) -> (f64, f64)| vec![rows.clone().map(of).collect::<Vec<_>>()];
    let target = |row: usize| batch.targets[row] as f64;
    match statistic {
        "mean-score" | "mean-prediction" => return each(&|row| (batch.outputs[row][0], 1.0)),
        "mean-residual" => return each(&|row| (batch.outputs[row][0] - target(row), 1.0)),
        "group-loss" if batch.task == TaskKind::Regression => {
            return each(&|row| ((batch.outputs[row][0] - target(row)).powi(2), 1.0));
        }
        _ => {}
    }
    let probabilities = probabilities(batch);
    let of_true_class = |row: usize| probabilities[row][batch.targets[row]];
    match statistic {
        "group-loss" => return each(&|row| (-of_true_class(row).ln(), 1.0)),
        "accuracy" => return each(&|row| (of_true_class(row), 1.0)),
        _ => {}
    }
    let part = |statistic: &str, s: f64, y: f64| match statistic {
        "demographic-parity" => (s, 1.0),
        "equal-opportunity" => (s * y, y),
        "predictive-equality" => (s * (1.0 - y), 1.0 - y),
        "true-negative-rate" => ((1.0 - s) * (1.0 - y), 1.0 - y),
        "false-negative-rate" => ((1.0 - s) * y, y),
        "predictive-parity" => (s * y, s),
        "negative-predictive-value" => ((1.0 - s) * (1.0 - y), 1.0 - s),
        "f1" => (2.0 * s * y, s + y),
        "treatment-equality" => ((1.0 - s) * y, (1.0 - s) * y + s * (1.0 - y)),
        other => unreachable!("no reference for {other}"),
    };
    let names = match statistic {
        "equalized-odds" => vec!["equal-opportunity", "predictive-equality"],
        "conditional-use-accuracy" => vec!["predictive-parity", "negative-predictive-value"],
        other => vec![other],
    };
    let first = usize::from(batch.task == TaskKind::Binary);
    names
        .into_iter()
        .flat_map(|name| (first..classes(batch.task)).map(move |class| (name, class)))
        .map(|(name, class)| {
            rows.clone()
                .map(|row| {
                    let y = f64::from(u8::from(batch.targets[row] == class));
                    part(name, probabilities[row][class], y)
                })
                .collect()
        })
        .collect()
}

fn charge(penalty: &str, rates: &[(f64, f64)]) -> f64 {
    let total: f64 = rates.iter().map(|(_, size)| size).sum();
    let count = rates.len() as f64;
    let overall = rates.iter().map(|(rate, size)| rate * size).sum::<f64>() / total;
    let highest = rates.iter().map(|(rate, _)| *rate).fold(f64::MIN, f64::max);
    let lowest = rates.iter().map(|(rate, _)| *rate).fold(f64::MAX, f64::min);
    let gap = highest - lowest;
    let mean = |of: fn(f64) -> f64| {
        rates
            .iter()
            .map(|(rate, size)| size / total * of(rate - overall))
            .sum()
    };
    // Without a positive row every precision is 0, and the overall one too.
    let relative = |rate: f64| {
        if overall > 0.0 {
            (rate / overall - 1.0).abs()
        } else {
            0.0
        }
    };
    let violations = rates.iter().map(|(rate, _)| relative(*rate));
    match penalty {
        "gap" => gap,
        "squared-gap" => gap.powi(2),
        "huber" if gap <= 0.05 => gap * gap / 0.1,
        "huber" => gap - 0.025,
        "hinge" => (gap - 0.02).max(0.0),
        "smooth-maximum" => {
            let pairs = rates
                .iter()
                .flat_map(|a| rates.iter().map(move |b| a.0 - b.0));
            let sum: f64 = pairs.map(|difference| (difference / 0.05).exp()).sum();
            0.05 * (sum / (count * count)).ln()
        }
        "mean-deviation" => mean(f64::abs),
        "variance" => mean(|deviation| deviation * deviation),
        "norm" => violations.sum(),
        "log-sum-exp" => (violations.map(f64::exp).sum::<f64>() / count).ln(),
        other => unreachable!("no reference for {other}"),
    }
}

fn reference(statistic: &str, penalty: &str, batch: &PlainBatch) -> f64 {
    let groups = batch.membership[0].len();
    constraints(statistic, batch)
        .into_iter()
        .map(|rows| {
            let rates: Vec<(f64, f64)> = (0..groups)
                .filter_map(|group| {
                    let sum = |of: fn(&(f64, f64)) -> f64| -> f64 {
                        rows.iter()
                            .enumerate()
                            .map(|(row, part)| {
                                batch.weights[row] * batch.membership[row][group] * of(part)
                            })
                            .sum()
                    };
                    let (numerator, denominator) = (sum(|part| part.0), sum(|part| part.1));
                    (denominator > 0.0).then(|| (numerator / denominator, denominator))
                })
                .collect();
            if rates.len() < 2 {
                0.0
            } else {
                charge(penalty, &rates)
            }
        })
        .sum()
}

#[test]
fn pairings_agree_with_the_written_out_formulas() {
    let registry = Registry::default();
    for &task in TaskKind::ALL {
        for (seed, rows, groups) in [(1, 40, 2), (2, 31, 3), (3, 7, 4), (4, 3, 2)] {
            let mut batch = PlainBatch::scattered(task, seed, rows, groups);
            if seed == 2 {
                batch
                    .membership
                    .iter_mut()
                    .for_each(|m| *m = m.iter().map(|v| 0.7 * v + 0.1).collect());
            }
            for statistic in registry.statistics() {
                for penalty in registry.penalties() {
                    if statistic.range > penalty.range || !statistic.tasks.contains(&task) {
                        continue;
                    }
                    let loss = build(&named(statistic.name).with_penalty(penalty.name));
                    let expected = reference(statistic.name, penalty.name, &batch);
                    close(
                        loss.name(),
                        batch.value(&*loss),
                        expected,
                        1e-11 * expected.max(1.0),
                    );
                }
            }
        }
    }
}

/// `sum_y P(y) sum_j pi_j|y D(P_j|y || P_y)` from the definition.
fn mean_divergence(
    batch: &PlainBatch,
    condition: Option<Condition>,
    divergence: impl Fn(&[f64], &[f64]) -> f64,
) -> f64 {
    let probabilities = probabilities(batch);
    let classes = classes(batch.task);
    let total: f64 = batch.weights.iter().sum();
    let strata: Vec<Option<usize>> = match condition {
        None => vec![None],
        Some(_) => (0..classes).map(Some).collect(),
    };
    let mean = |rows: &dyn Fn(usize) -> f64| -> (f64, Vec<f64>) {
        let size: f64 = (0..batch.weights.len()).map(rows).sum();
        let values = (0..classes)
            .map(|class| {
                (0..batch.weights.len())
                    .map(|row| rows(row) * probabilities[row][class])
                    .sum::<f64>()
                    / size
            })
            .collect();
        (size, values)
    };
    let mut sum = 0.0;
    for stratum in strata {
        let weight = |row: usize| {
            let within = stratum.is_none_or(|label| batch.targets[row] == label);
            if within { batch.weights[row] } else { 0.0 }
        };
        let (_, overall) = mean(&weight);
        for group in 0..batch.membership[0].len() {
            let (size, values) = mean(&|row| weight(row) * batch.membership[row][group]);
            if size > 0.0 {
                sum += size / total * divergence(&values, &overall);
            }
        }
    }
    sum
}

fn kl(p: &[f64], q: &[f64]) -> f64 {
    p.iter().zip(q).map(|(p, q)| p * (p / q).ln()).sum()
}

#[test]
fn divergences_agree_with_their_definitions() {
    let renyi = |alpha: f64| {
        move |p: &[f64], q: &[f64]| {
            p.iter()
                .zip(q)
                .map(|(p, q)| p.powf(alpha) * q.powf(1.0 - alpha))
                .sum::<f64>()
                .ln()
                / (alpha - 1.0)
        }
    };
    for task in [TaskKind::Binary, TaskKind::Multiclass] {
        for (seed, rows, groups) in [(1, 40, 2), (2, 31, 3), (3, 7, 4)] {
            let batch = PlainBatch::scattered(task, seed, rows, groups);
            for condition in [None, Some(Condition::Label)] {
                let with = |config: FairnessConfig| {
                    let within = if condition.is_some() { "label" } else { "none" };
                    batch.value(&*build(&config.with_option("condition", within)))
                };
                // The floor under probabilities shifts values by about its own size.
                close(
                    "kl",
                    with(named("kl")),
                    mean_divergence(&batch, condition, kl),
                    2e-5,
                );
                for alpha in [0.5, 2.0, 5.0] {
                    let expected = mean_divergence(&batch, condition, renyi(alpha));
                    close(
                        "renyi",
                        with(named("renyi").with_option("alpha", alpha)),
                        expected,
                        1e-4,
                    );
                }
                close(
                    "renyi at 1",
                    with(named("renyi").with_option("alpha", 1.0)),
                    with(named("kl")),
                    1e-15,
                );
                close(
                    "renyi near 1",
                    with(named("renyi").with_option("alpha", 1.01)),
                    with(named("kl")),
                    1e-2,
                );
            }
        }
    }
}

/// Group 0 has the scores 0.9 and 0.7, group 1 has 0.2 and 0.4; the first of each is positive.
fn four_rows() -> PlainBatch {
    let logit = |score: f64| vec![(score / (1.0 - score)).ln()];
    PlainBatch {
        task: TaskKind::Binary,
        outputs: [0.9, 0.7, 0.2, 0.4].map(logit).to_vec(),
        targets: vec![1, 0, 1, 0],
        membership: vec![
            vec![1.0, 0.0],
            vec![1.0, 0.0],
            vec![0.0, 1.0],
            vec![0.0, 1.0],
        ],
        weights: vec![1.0; 4],
    }
}

#[test]
fn values_by_hand() {
    let batch = four_rows();
    for (statistic, penalty, expected) in [
        ("demographic-parity", "gap", 0.5), // 0.8 - 0.3
        ("demographic-parity", "squared-gap", 0.25),
        ("demographic-parity", "mean-deviation", 0.25),
        ("demographic-parity", "variance", 0.0625),
        ("equal-opportunity", "gap", 0.7),   // 0.9 - 0.2
        ("predictive-equality", "gap", 0.3), // 0.7 - 0.4
        ("equalized-odds", "gap", 1.0),      // 0.7 + 0.3
        ("accuracy", "gap", 0.2),            // (0.9 + 0.3) / 2 - (0.2 + 0.6) / 2
    ] {
        let loss = build(&named(statistic).with_penalty(penalty));
        close(loss.name(), batch.value(&*loss), expected, 1e-12);
    }
    // (KL(0.8 || 0.55) + KL(0.3 || 0.55)) / 2
    close("kl", batch.value(&*build(&named("kl"))), 0.132_505_5, 1e-5);
}

/// `dI/ds_i = (logit P_j - logit P) / N` for a row of group `j` and equal weights.
#[test]
fn the_slope_of_kl_has_a_closed_form() {
    let batch = four_rows();
    let (_, gradient) = batch.gradient(&*build(&named("kl")), DType::F64);
    let logit = |p: f64| (p / (1.0 - p)).ln();
    for (row, (score, rate)) in [(0.9, 0.8), (0.7, 0.8), (0.2, 0.3), (0.4, 0.3)]
        .into_iter()
        .enumerate()
    {
        let expected = (logit(rate) - logit(0.55)) / 4.0 * score * (1.0 - score);
        close("kl", gradient[row], expected, 1e-5);
    }
}

#[test]
fn mutual_information_is_at_most_the_entropy_of_the_group() {
    let mut batch = PlainBatch::scattered(TaskKind::Binary, 0, 40, 2);
    batch.weights.fill(1.0);
    for (outputs, membership) in batch.outputs.iter_mut().zip(&batch.membership) {
        outputs[0] = if membership[0] > 0.5 { 80.0 } else { -80.0 };
    }
    let value = batch.value(&*build(&named("kl")));
    assert!(value <= 2.0f64.ln());
    close("kl", value, 2.0f64.ln(), 1e-4);
}

/// Every backend that was compiled in gives the same values, in single precision.
#[test]
fn backends_agree() {
    for &task in TaskKind::ALL {
        let batch = PlainBatch::scattered(task, 9, 30, 3);
        for declared in every_loss() {
            if !declared.loss.tasks().contains(&task) {
                continue;
            }
            let (expected, slopes) = batch.gradient(&*declared.loss, DType::F32);
            for backend in equipoise_tensor::BACKENDS
                .iter()
                .filter(|backend| backend.count() > 0)
            {
                let (outputs, input) = batch.on(&backend.open(0).autodiff(), DType::F32).unwrap();
                let value = declared.loss.value(&input, &LossState::default()).unwrap();
                let gradient: Vec<f64> = outputs
                    .grad(&value.backward())
                    .unwrap()
                    .try_to_vec_as()
                    .unwrap();
                close(&declared.name, value.into_scalar(), expected, 1e-5);
                for (slope, expected) in gradient.into_iter().zip(&slopes) {
                    close(&declared.name, slope, *expected, 1e-5);
                }
            }
        }
    }
}

#[test]
fn the_cpu_computes_in_double_precision() {
    let (outputs, _) = four_rows().on(&cpu(), DType::F64).unwrap();
    assert_eq!(outputs.dtype(), DType::F64);
}
