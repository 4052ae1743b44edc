//! The sum of squares that an explicit L2 term charges.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor};

/// The sum of the squares of all weights, `[1]`, at least 0 and differentiable.
///
/// `sum over W of sum over i of W_i^2`, where `W` runs over the parameters named `weight` that
/// have two or more dimensions: the matrices of linear layers and the tables that embed features.
/// Biases, normalisations and single tokens are left out, since they set a level and do not make
/// a model more complex. The device is that of the result where a module has no such parameter
/// (then the sum is 0).
pub fn sum_of_squares<M: Module>(module: &M, device: &Device) -> Tensor<1> {
    let mut visitor = SquareSums::default();
    module.visit(&mut visitor);
    visitor
        .sums
        .into_iter()
        .reduce(|total, sum| total + sum)
        .unwrap_or_else(|| Tensor::zeros([1], device))
}

/// Collects the sum of squares of each weight.
#[derive(Default)]
struct SquareSums {
    path: Vec<String>,
    sums: Vec<Tensor<1>>,
}

impl ModuleVisitor for SquareSums {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if D >= 2 && self.path.last().is_some_and(|name| name == "weight") {
            self.sums.push(param.val().square().sum());
        }
    }
}
