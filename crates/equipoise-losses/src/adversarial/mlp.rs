//! The adversary: a small network with gradients written out, so that it trains inside a loss
//! whatever the device.

use burn::tensor::{DType, Device, Tensor, TensorData, activation};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use crate::{Error, LossState};

/// `softmax(tanh(x W1 + b1) W2 + b2)` with the weights and the moments of Adam.
#[derive(Debug, Clone)]
pub(super) struct Mlp {
    weights: [Moving; 4],
    steps: f32,
}

/// One tensor of weights, and how Adam remembers its gradients.
#[derive(Debug, Clone)]
struct Moving {
    value: Tensor<2>,
    mean: Tensor<2>,
    square: Tensor<2>,
}

/// The names of the weights in a state.
const NAMES: [&str; 4] = ["hidden", "hidden_bias", "output", "output_bias"];

const STEPS: &str = "steps";

/// How Adam forgets gradients and their squares, and what keeps its divisor off 0.
const BETA: [f64; 2] = [0.9, 0.999];
const EPSILON: f64 = 1e-8;

impl Mlp {
    /// The network that a state remembers, or one that is drawn from a seed and predicts that
    /// all groups are as likely.
    pub(super) fn remembered(
        state: &LossState,
        [inputs, hidden, groups]: [usize; 3],
        seed: u64,
        device: &Device,
        dtype: DType,
    ) -> Result<Self, Error> {
        let shapes = [[inputs, hidden], [1, hidden], [hidden, groups], [1, groups]];
        let load = |name: &str, shape| state.tensor::<2>(name, shape, device, dtype);
        let mut weights = Vec::with_capacity(NAMES.len());
        for (name, shape) in NAMES.into_iter().zip(shapes) {
            let zeros = || Tensor::<2>::zeros(shape, device).cast(dtype);
            let value = match load(name, shape)? {
                Some(value) => value,
                None if name == NAMES[0] => drawn(shape, seed, device, dtype),
                None => zeros(),
            };
            weights.push(Moving {
                value,
                mean: load(&format!("{name}.mean"), shape)?.unwrap_or_else(zeros),
                square: load(&format!("{name}.square"), shape)?.unwrap_or_else(zeros),
            });
        }
        let steps = match state.get(STEPS) {
            Some([steps]) => *steps,
            _ => 0.0,
        };
        let weights = <[Moving; 4]>::try_from(weights).map_err(|_| Error::Empty {
            what: "weights of the adversary",
        })?;
        Ok(Self { weights, steps })
    }

    /// Puts the network into a state.
    pub(super) fn remember(self, state: &mut LossState) -> Result<(), Error> {
        state.insert(STEPS, vec![self.steps])?;
        for (name, moving) in NAMES.into_iter().zip(self.weights) {
            state.insert_tensor(name, moving.value)?;
            state.insert_tensor(&format!("{name}.mean"), moving.mean)?;
            state.insert_tensor(&format!("{name}.square"), moving.square)?;
        }
        Ok(())
    }

    /// The logarithm of the probability of each group, `[batch, groups]`; of 0 for those that
    /// `absent` says are not in the batch, `[1, groups]` with 0 and a very low number.
    pub(super) fn log_probabilities(&self, inputs: &Tensor<2>, absent: &Tensor<2>) -> Tensor<2> {
        self.forward(inputs, absent).1
    }

    fn forward(&self, inputs: &Tensor<2>, absent: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let [hidden, hidden_bias, output, output_bias] =
            self.weights.each_ref().map(|moving| moving.value.clone());
        let hidden = inputs.clone().matmul(hidden).add(hidden_bias).tanh();
        let logits = hidden
            .clone()
            .matmul(output)
            .add(output_bias)
            .add(absent.clone());
        (hidden, activation::log_softmax(logits, 1))
    }

    /// One step of Adam that makes the mean of `-sum_j shares_ij log p_ij` over the rows smaller;
    /// `shares`, `[batch, groups]`, sum to 1. `inputs` have no gradient.
    pub(super) fn learn(
        &mut self,
        inputs: &Tensor<2>,
        shares: &Tensor<2>,
        absent: &Tensor<2>,
        learning_rate: f64,
    ) {
        let (hidden, log_probabilities) = self.forward(inputs, absent);
        let rows = shares.clone().sum_dim(1).expand(shares.dims());
        let at_logits = log_probabilities.exp().mul(rows).sub(shares.clone());
        let at_hidden = at_logits
            .clone()
            .matmul(self.weights[2].value.clone().transpose())
            .mul(hidden.clone().mul(hidden.clone()).neg().add_scalar(1.0));
        let gradients = [
            inputs.clone().transpose().matmul(at_hidden.clone()),
            at_hidden.sum_dim(0),
            hidden.transpose().matmul(at_logits.clone()),
            at_logits.sum_dim(0),
        ];
        self.steps += 1.0;
        let [mean, square] = BETA.map(|beta| 1.0 - beta.powf(f64::from(self.steps)));
        for (moving, gradient) in self.weights.iter_mut().zip(gradients) {
            moving.follow(gradient, learning_rate, [mean, square]);
        }
    }
}

impl Moving {
    fn follow(&mut self, gradient: Tensor<2>, learning_rate: f64, correction: [f64; 2]) {
        let blend = |old: &Tensor<2>, new: Tensor<2>, beta: f64| {
            old.clone().mul_scalar(beta).add(new.mul_scalar(1.0 - beta))
        };
        self.mean = blend(&self.mean, gradient.clone(), BETA[0]);
        self.square = blend(&self.square, gradient.clone().mul(gradient), BETA[1]);
        let divisor = self
            .square
            .clone()
            .div_scalar(correction[1])
            .sqrt()
            .add_scalar(EPSILON);
        let step = self.mean.clone().div_scalar(correction[0]).div(divisor);
        self.value = self.value.clone().sub(step.mul_scalar(learning_rate));
    }
}

/// Normal numbers of variance `1 / inputs`.
fn drawn(shape: [usize; 2], seed: u64, device: &Device, dtype: DType) -> Tensor<2> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let scale = (shape[0].max(1) as f64).sqrt().recip();
    let values: Vec<f64> = StandardNormal
        .sample_iter(&mut random)
        .take(shape[0] * shape[1])
        .map(|value: f64| value * scale)
        .collect();
    Tensor::from_data(TensorData::new(values, shape), (device, dtype))
}
