//! One training step on tensors by hand: a linear model, the binary cross-entropy and the gap of
//! positive rates between two groups.
//!
//! `cargo run -p equipoise-losses --example fair_step`

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use burn::tensor::Tensor;
use equipoise_core::{GroupAttribute, GroupSchema};
use equipoise_losses::{FairnessConfig, Registry, TaskKind, TotalLoss, TotalState};
use equipoise_tensor::{Batch, open_device, parse_device};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let device = open_device(&parse_device("auto")?)?.autodiff();
    let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
    let batch = Batch {
        ids: (0..6).collect(),
        inputs: Tensor::<2>::from_floats(
            [
                [1.0, 0.2],
                [0.8, 1.0],
                [0.9, 0.4],
                [-0.7, 0.9],
                [-1.0, 0.1],
                [-0.6, 0.5],
            ],
            &device,
        ),
        targets: Tensor::from_floats([1.0, 1.0, 0.0, 1.0, 0.0, 0.0], &device),
        groups: Tensor::from_ints([[0], [0], [0], [1], [1], [1]], &device),
        counterfactual: None,
        group_values: None,
        memberships: None,
        weights: Tensor::ones([6], &device),
    };

    let fairness =
        FairnessConfig::new("demographic-parity", 1.0, ["sex"]).with_penalty("squared-gap");
    let loss = TotalLoss::new(TaskKind::Binary)
        .with_term(Registry::default().term(&fairness, &schema)?)?
        .with_l2(1e-3)?;

    let mut weights = Tensor::<2>::from_floats([[1.5], [0.5]], &device).require_grad();
    let mut state = TotalState::default();
    for step in 0..2 {
        let logits = batch.inputs.clone().matmul(weights.clone());
        let squares = weights.clone().powi_scalar(2).sum();
        let rows = loss.rows(logits, &batch, Some(squares))?;
        let parts = loss.step(&rows, &mut state)?;
        let gradients = parts.total.backward();
        println!(
            "step {step}: task {:.4}, fairness {:.4}, l2 {:.4}, total {:.4}",
            parts.task.try_into_scalar::<f32>()?,
            parts.fairness.try_into_scalar::<f32>()?,
            parts.l2.try_into_scalar::<f32>()?,
            parts.total.try_into_scalar::<f32>()?,
        );
        let slope = weights
            .grad(&gradients)
            .ok_or("the weights have no gradient")?;
        weights = Tensor::from_inner(weights.inner().sub(slope.mul_scalar(0.5))).require_grad();
    }
    Ok(())
}
