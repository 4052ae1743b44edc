//! Gradient clipping by the norm of all gradients together.
//!
//! burn's own `GradientClipping::Norm` clips each tensor alone, which changes the direction of
//! the step; the usual rule (Pascanu, Mikolov and Bengio, 2013) keeps it.

use burn::{
    module::{Module, ModuleVisitor, Param},
    optim::GradientsParams,
    tensor::Tensor,
};

use crate::gradients::scale;

/// Scales all gradients so that their common norm is at most `limit`; returns the norm before.
///
/// A norm that is not finite is returned as it is and nothing is scaled: the caller stops.
pub(crate) fn clip_gradients<M: Module>(
    model: &M,
    gradients: &mut GradientsParams,
    limit: f64,
) -> f64 {
    let mut squares = SquareSums {
        gradients,
        sums: Vec::new(),
    };
    model.visit(&mut squares);
    let sums = squares.sums;
    if sums.is_empty() {
        return 0.0;
    }
    let norm = f64::from(Tensor::cat(sums, 0).sum().sqrt().into_scalar::<f32>());
    if norm.is_finite() && norm > limit {
        scale(model, gradients, limit / norm);
    }
    norm
}

struct SquareSums<'a> {
    gradients: &'a GradientsParams,
    sums: Vec<Tensor<1>>,
}

impl ModuleVisitor for SquareSums<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            self.sums.push(gradient.square().sum());
        }
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use burn::{
        nn::LinearConfig,
        tensor::{Device, Distribution},
    };

    use super::*;

    fn gradients(limit: f64) -> (f64, f64) {
        let device = Device::default().autodiff();
        let model = LinearConfig::new(3, 2).init(&device);
        let inputs = Tensor::<2>::random([5, 3], Distribution::Default, &device);
        let loss = model.forward(inputs).sum();
        let mut gradients = GradientsParams::from_grads(loss.backward(), &model);
        let before = clip_gradients(&model, &mut gradients, limit);
        let after = clip_gradients(&model, &mut gradients, f64::MAX);
        (before, after)
    }

    #[test]
    fn a_large_norm_is_scaled_to_the_limit() {
        let (before, after) = gradients(0.5);
        assert!(before > 5.0);
        assert_relative_eq!(after, 0.5, max_relative = 1e-5);
    }

    #[test]
    fn a_small_norm_is_left_alone() {
        let (before, after) = gradients(1e6);
        assert_relative_eq!(before, after);
    }
}
