//! Why the published formulas behind `kl` and `renyi` are not offered as they stand.
//!
//! A widely read article gives three formulas from the probabilities `P_p` and `P_q` of the two
//! decisions, overall and by group (`P_jp`, `P_jq`). They are tried here letter by letter; each
//! is constant, infinite or blind to groups.

use burn::tensor::{DType, Tensor, activation};

use crate::plain_batch::{cpu, matrix, vector};

fn value(tensor: &Tensor<1>) -> f64 {
    tensor.to_data().iter::<f64>().next().unwrap()
}

fn slopes<const D: usize>(leaf: &Tensor<D>, loss: &Tensor<1>) -> Vec<f64> {
    leaf.grad(&loss.backward())
        .unwrap()
        .try_to_vec_as()
        .unwrap()
}

/// The share of scores above 1/2 and the share of the others.
fn decisions(scores: &[f64]) -> (f64, f64) {
    let above = scores.iter().filter(|score| **score > 0.5).count() as f64;
    let size = scores.len() as f64;
    (above / size, (size - above) / size)
}

/// `L_DP = 1/N sum_i log[(P_p + P_q) / sum_j log(P_jp + P_jq)]`: the two shares of a group sum to
/// 1, so the denominator is a sum of `log 1 = 0`.
#[test]
fn the_demographic_parity_formula_is_infinite_for_fair_and_unfair_models() {
    let fair = [[0.9, 0.8, 0.2, 0.1], [0.7, 0.6, 0.3, 0.4]];
    let unfair = [[0.9, 0.8, 0.7, 0.6], [0.1, 0.2, 0.3, 0.4]];
    for groups in [fair, unfair] {
        let (p, q) = decisions(&groups.concat());
        let denominator: f64 = groups
            .iter()
            .map(|scores| decisions(scores))
            .map(|(p, q)| (p + q).ln())
            .sum();
        let loss = ((p + q) / denominator).ln();
        assert!(loss.is_infinite() && loss > 0.0, "{loss}");
    }
}

/// Rounding makes it worse: a sum just below 1 has a negative logarithm, and the outer logarithm
/// of a negative number is NaN.
#[test]
fn the_demographic_parity_formula_is_not_a_number_after_rounding() {
    let denominator = (1.0 - f64::EPSILON).ln();
    assert!((1.0 / denominator).ln().is_nan());
}

/// `L_EO = E[(1 - p) log(1 - p) + y log y] - E[log(P_p + P_q)]`, with the label as `y`:
/// `y log y` is 0 for every label, NaN in code for `y = 0`.
#[test]
fn the_equalized_odds_formula_is_not_a_number_for_a_negative_label() {
    let labels = vector(&[0.0, 1.0], &cpu(), DType::F64);
    assert!(value(&labels.clone().mul(labels.log()).sum()).is_nan());
}

/// What is left then is smallest where every score is `1 - 1/e`, whatever label and group: a
/// constant positive classifier.
#[test]
fn the_equalized_odds_formula_with_labels_wants_one_score_for_all() {
    let best = 1.0 - (-1.0f64).exp();
    let scores = vector(&[best; 4], &cpu(), DType::F64).require_grad();
    let rest = scores.clone().neg().add_scalar(1.0);
    let loss = rest.clone().mul(rest.log()).mean();
    assert!((value(&loss) + (-1.0f64).exp()).abs() < 1e-12);
    assert!(
        slopes(&scores, &loss)
            .iter()
            .all(|slope| slope.abs() < 1e-12)
    );
    let away = |score: f64| (1.0 - score) * (1.0 - score).ln();
    assert!(
        [0.1, 0.5, 0.9]
            .into_iter()
            .all(|score| away(score) > away(best))
    );
}

/// With the model's output as `y` and its sigmoid as `p`, it is smallest where every output is
/// about 0.377: a constant negative classifier.
#[test]
fn the_equalized_odds_formula_with_outputs_wants_one_output_for_all() {
    let outputs = vector(&[0.376_969_5; 4], &cpu(), DType::F64).require_grad();
    let rest = activation::sigmoid(outputs.clone().neg());
    let loss = rest
        .clone()
        .mul(rest.log())
        .add(outputs.clone().mul(outputs.clone().log()))
        .mean();
    assert!((value(&loss) + 0.734).abs() < 1e-3, "{}", value(&loss));
    assert!(
        slopes(&outputs, &loss)
            .iter()
            .all(|slope| slope.abs() < 1e-3)
    );
}

/// The only part in which groups could appear is `log(P_p + P_q) = log 1`.
#[test]
fn the_equalized_odds_formula_does_not_see_groups() {
    for scores in [
        [0.9, 0.8, 0.7, 0.6],
        [0.1, 0.2, 0.3, 0.4],
        [0.9, 0.1, 0.9, 0.1],
    ] {
        let (p, q) = decisions(&scores);
        assert_eq!((p + q).ln().abs().to_bits(), 0);
    }
}

/// `-log((p + q) / exp(alpha log(p + q))) = (alpha - 1) log(p + q)`: with a softmax the sum is 1,
/// and value and gradient are 0 for every `alpha`.
#[test]
fn the_alpha_formula_is_zero_with_zero_gradient() {
    for alpha in [0.0, 0.5, 1.0, 2.0] {
        let logits = matrix(
            &[vec![2.0, -1.0], vec![0.3, 0.1], vec![-5.0, 4.0]],
            &cpu(),
            DType::F64,
        )
        .require_grad();
        let sum = activation::softmax(logits.clone(), 1).sum_dim(1);
        let loss = sum
            .clone()
            .div(sum.log().mul_scalar(alpha).exp())
            .log()
            .neg()
            .mean();
        assert!(value(&loss).abs() < 1e-12);
        assert!(
            slopes(&logits, &loss)
                .iter()
                .all(|slope| slope.abs() < 1e-12)
        );
    }
}

/// With free rates it depends on their sum alone, never on their difference.
#[test]
fn the_alpha_formula_does_not_see_the_difference_of_rates() {
    let loss = |alpha: f64, p: f64, q: f64| -((p + q) / (alpha * (p + q).ln()).exp()).ln();
    for alpha in [0.0, 0.5, 2.0] {
        assert!((loss(alpha, 0.4, 0.4) - loss(alpha, 0.75, 0.05)).abs() < 1e-12);
        assert!((loss(alpha, 0.4, 0.4) - (alpha - 1.0) * 0.8f64.ln()).abs() < 1e-12);
    }
}
