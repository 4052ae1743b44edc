//! Running means of weights (Polyak and Juditsky 1992, "Acceleration of stochastic approximation
//! by averaging"): the weights of single steps scatter around those that training tends to, and
//! their mean does not.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId},
    tensor::Tensor,
};

use crate::config::AverageConfig;

/// The averages of the weights of a model, off autodiff.
#[derive(Debug)]
pub(crate) struct Average<M> {
    config: AverageConfig,
    /// The model with the averages in place of its weights.
    pub(crate) model: M,
}

impl<M: Module> Average<M> {
    /// Averages that start from the weights of a model, or go on from those of a checkpoint.
    pub(crate) fn new(config: AverageConfig, model: M) -> Self {
        Self { config, model }
    }

    /// Takes in the weights after a step; `step` counts all steps from 0.
    pub(crate) fn take_in(&mut self, model: &M, step: usize) {
        let mut weights = Weights::default();
        model.visit(&mut weights);
        let mut mixed = Mix {
            weights: weights.0,
            keep: keep(self.config.decay, step),
        };
        self.model = self.model.clone().map(&mut mixed);
    }
}

/// The share of the averages that a step keeps. It starts low, so that the weights of the first
/// steps, which are far off, are forgotten within as many steps as there were.
fn keep(decay: f64, step: usize) -> f64 {
    let step = step as f64;
    decay.min((1.0 + step) / (10.0 + step))
}

/// The weights of a model that move, flat, by the numbers of their parameters. The mean of one
/// that stays would be off by a rounding.
#[derive(Default)]
struct Weights(BTreeMap<ParamId, Tensor<1>>);

impl ModuleVisitor for Weights {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if param.is_require_grad() {
            let weight = param.base().inner().flatten(0, D - 1);
            self.0.insert(param.id, weight);
        }
    }
}

/// `keep * average + (1 - keep) * weight`.
struct Mix {
    weights: BTreeMap<ParamId, Tensor<1>>,
    keep: f64,
}

impl ModuleMapper for Mix {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(weight) = self.weights.remove(&param.id) else {
            return param;
        };
        param.map(|average| {
            let weight = weight.reshape(average.dims());
            average.mul_scalar(self.keep) + weight.mul_scalar(1.0 - self.keep)
        })
    }
}

#[cfg(test)]
mod tests {
    use burn::{
        nn::{Linear, LinearConfig},
        tensor::Device,
    };

    use super::*;

    /// Makes all weights one number.
    struct Fill(f64);

    impl ModuleMapper for Fill {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            param.map(|weights| weights.zeros_like().add_scalar(self.0))
        }
    }

    fn weights(layer: &Linear) -> Vec<f32> {
        layer.weight.val().into_data().try_into_vec().unwrap()
    }

    #[test]
    fn a_constant_is_its_own_average_and_a_jump_is_followed() {
        let layer = LinearConfig::new(2, 3).init(&Device::default().autodiff());
        let filled = |value| layer.valid().map(&mut Fill(value)).train();
        let model = filled(1.0);
        let mut average = Average::new(AverageConfig { decay: 0.9 }, model.valid());
        let is_close = |layer: &Linear, value: f32| {
            weights(layer)
                .iter()
                .all(|weight| (weight - value).abs() < 1e-6)
        };
        for step in 0..50 {
            average.take_in(&model, step);
        }
        assert!(is_close(&average.model, 1.0));
        average.take_in(&filled(2.0), 1000);
        assert!(is_close(&average.model, 1.1));
    }

    #[test]
    fn the_first_steps_are_forgotten_soon() {
        assert!((keep(0.999, 0) - 0.1).abs() < 1e-12);
        assert!((keep(0.999, 89) - 90.0 / 99.0).abs() < 1e-12);
        assert!((keep(0.9, 100_000) - 0.9).abs() < 1e-12);
    }
}
