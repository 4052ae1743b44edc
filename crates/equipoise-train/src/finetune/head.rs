//! Which parameters belong to the head.

use burn::{
    module::{ModuleVisitor, Param, ParamId},
    tensor::Tensor,
};
use equipoise_models::HeadedModel;

/// How the names of the parts of a head begin among the parameters of a model.
const HEAD: &str = "head";

/// The parameters of a model's head.
pub(super) fn head_parameters<N: HeadedModel>(model: &N) -> Vec<ParamId> {
    let mut visitor = HeadParameters::default();
    model.visit(&mut visitor);
    visitor.ids
}

#[derive(Default)]
struct HeadParameters {
    path: Vec<String>,
    ids: Vec<ParamId>,
}

impl ModuleVisitor for HeadParameters {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if self.path.iter().any(|name| name.starts_with(HEAD)) {
            self.ids.push(param.id);
        }
    }
}
