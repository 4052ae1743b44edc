//! Arithmetic on the gradients of a model.

use burn::{
    module::{Module, ModuleVisitor, Param},
    optim::GradientsParams,
    tensor::Tensor,
};

/// The sum over all parameters of the products of two gradients; a parameter that has none in
/// either counts as 0.
pub(crate) fn dot<M: Module>(model: &M, left: &GradientsParams, right: &GradientsParams) -> f64 {
    let mut products = Products {
        left,
        right,
        sums: Vec::new(),
    };
    model.visit(&mut products);
    let sums = products.sums;
    if sums.is_empty() {
        return 0.0;
    }
    f64::from(Tensor::cat(sums, 0).sum().into_scalar::<f32>())
}

/// The Euclidean norm of all gradients together.
pub(crate) fn norm<M: Module>(model: &M, gradients: &GradientsParams) -> f64 {
    dot(model, gradients, gradients).sqrt()
}

/// `sum + factor * other`, in place.
pub(crate) fn add<M: Module>(
    model: &M,
    sum: &mut GradientsParams,
    factor: f64,
    other: &GradientsParams,
) {
    model.visit(&mut Add { sum, factor, other });
}

/// Multiplies all gradients by a factor.
pub(crate) fn scale<M: Module>(model: &M, gradients: &mut GradientsParams, factor: f64) {
    model.visit(&mut Scale { gradients, factor });
}

/// Takes out of `gradients` what lies along `direction`: `g - (g . f) / (f . f) f`. A direction
/// of 0 takes nothing.
pub(crate) fn project_out<M: Module>(
    model: &M,
    gradients: &mut GradientsParams,
    direction: &GradientsParams,
) {
    let length = dot(model, direction, direction);
    if length > 0.0 {
        let along = dot(model, gradients, direction) / length;
        add(model, gradients, -along, direction);
    }
}

struct Products<'a> {
    left: &'a GradientsParams,
    right: &'a GradientsParams,
    sums: Vec<Tensor<1>>,
}

impl ModuleVisitor for Products<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let (Some(left), Some(right)) =
            (self.left.get::<D>(param.id), self.right.get::<D>(param.id))
        {
            self.sums.push(left.mul(right).sum());
        }
    }
}

struct Add<'a> {
    sum: &'a mut GradientsParams,
    factor: f64,
    other: &'a GradientsParams,
}

impl ModuleVisitor for Add<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let Some(other) = self.other.get::<D>(param.id) else {
            return;
        };
        let other = other.mul_scalar(self.factor);
        let sum = match self.sum.remove::<D>(param.id) {
            Some(sum) => sum.add(other),
            None => other,
        };
        self.sum.register(param.id, sum);
    }
}

struct Scale<'a> {
    gradients: &'a mut GradientsParams,
    factor: f64,
}

impl ModuleVisitor for Scale<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.remove::<D>(param.id) {
            self.gradients
                .register(param.id, gradient.mul_scalar(self.factor));
        }
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;
    use burn::{
        nn::{Linear, LinearConfig},
        tensor::{Device, Tensor},
    };

    use super::*;

    fn gradients(model: &Linear, inputs: [[f32; 2]; 2]) -> GradientsParams {
        let device = Device::default().autodiff();
        let inputs = Tensor::<2>::from_floats(inputs, &device);
        GradientsParams::from_grads(model.forward(inputs).square().sum().backward(), model)
    }

    #[test]
    fn what_is_left_of_a_projection_is_at_a_right_angle() {
        let model = LinearConfig::new(2, 3).init(&Device::default().autodiff());
        let mut task = gradients(&model, [[1.0, 2.0], [0.0, 1.0]]);
        let fairness = gradients(&model, [[-1.0, 0.5], [3.0, 1.0]]);
        let before = dot(&model, &task, &fairness);
        assert!(before.abs() > 1e-3);
        project_out(&model, &mut task, &fairness);
        assert_relative_eq!(dot(&model, &task, &fairness), 0.0, epsilon = 1e-4);
        add(&model, &mut task, 2.0, &fairness);
        assert_relative_eq!(
            dot(&model, &task, &fairness),
            2.0 * norm(&model, &fairness).powi(2),
            max_relative = 1e-4
        );
    }

    #[test]
    fn a_direction_of_zero_takes_nothing() {
        let model = LinearConfig::new(2, 3).init(&Device::default().autodiff());
        let mut task = gradients(&model, [[1.0, 2.0], [0.0, 1.0]]);
        let mut zero = gradients(&model, [[1.0, 2.0], [0.0, 1.0]]);
        scale(&model, &mut zero, 0.0);
        let before = norm(&model, &task);
        project_out(&model, &mut task, &zero);
        assert_relative_eq!(norm(&model, &task), before);
    }
}
