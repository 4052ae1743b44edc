//! The parameters of a model, and where in it they stand.
//!
//! A fine-tuning that moves a part of a model, or moves its parts at different speeds, has to know
//! which part a parameter belongs to. The path of the parameter says so, by the names that all
//! models of this crate use:
//!
//! * a parameter is of the *head* where a name in its path begins with `head`;
//! * it is of a *layer* where its path goes through a list called `layers`, `blocks` or `hidden`;
//! * all others stand between the inputs and the first layer.

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;

/// How the names of the parts of a head begin.
const HEAD: &str = "head";
/// What the list of the layers of a model is called.
const LISTS: [&str; 3] = ["layers", "blocks", "hidden"];

/// Where in a model a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Between the inputs and the first layer.
    Inputs,
    /// In a layer, counted from 0 at the inputs.
    Layer(usize),
    /// In the head.
    Head,
}

impl Part {
    fn of(path: &[String]) -> Self {
        if path.iter().any(|name| name.starts_with(HEAD)) {
            return Self::Head;
        }
        path.windows(2)
            .find(|pair| LISTS.contains(&pair[0].as_str()))
            .and_then(|pair| pair[1].parse().ok())
            .map_or(Self::Inputs, Self::Layer)
    }
}

/// A parameter of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The number by which gradients and optimizers know it. A checkpoint brings its own.
    pub id: ParamId,
    /// Where it is in the module, such as `encoder.layers.0.query.weight`.
    pub path: String,
    /// Where it stands in the model.
    pub part: Part,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Whether gradients are computed for it now: never off autodiff.
    pub is_tracked: bool,
}

impl Parameter {
    /// The number of its values.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it has no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The parameters of a model, in the order of its fields. Those that are not drawn yet stay so.
pub fn parameters<M: Module>(model: &M) -> Vec<Parameter> {
    let mut visitor = Parameters::default();
    model.visit(&mut visitor);
    visitor.found
}

/// The number of layers of a model.
pub fn depth(parameters: &[Parameter]) -> usize {
    parameters
        .iter()
        .map(|parameter| match parameter.part {
            Part::Layer(layer) => layer + 1,
            Part::Inputs | Part::Head => 0,
        })
        .max()
        .unwrap_or(0)
}

#[derive(Default)]
struct Parameters {
    path: Vec<String>,
    found: Vec<Parameter>,
}

impl ModuleVisitor for Parameters {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.found.push(Parameter {
            id: param.id,
            path: self.path.join("."),
            part: Part::of(&self.path),
            shape: param.lazy_shape().to_vec(),
            is_tracked: param.is_initialized() && param.is_require_grad(),
        });
    }
}

#[cfg(test)]
#[cfg(feature = "flex")]
mod tests {
    use burn::tensor::Device;
    use equipoise_core::FeatureShape;

    use super::*;
    use crate::bert::{BertConfig, Pooling, TextModel};
    use crate::{ModelConfig, TabularModel};

    /// How many values each part has, from the inputs to the head.
    fn sizes<M: Module>(model: &M) -> Vec<(Part, usize)> {
        let mut sizes = std::collections::BTreeMap::new();
        for parameter in parameters(model) {
            *sizes.entry(parameter.part).or_default() += parameter.len();
        }
        sizes.into_iter().collect()
    }

    #[test]
    fn every_kind_of_model_has_its_parts_in_order() {
        let device = Device::flex();
        let shape = FeatureShape::new(3, vec![4]);
        let table = |text: &str| {
            let config: ModelConfig = serde_json::from_str(text).unwrap();
            TabularModel::new(&config, &shape, 1, &device).unwrap()
        };
        // 4 levels of 8 values; 11 inputs to 5, and 5 to 2; 2 to 1.
        let mlp = table(r#"{ "kind": "mlp", "hidden": [5, 2] }"#);
        assert_eq!(
            sizes(&mlp),
            [
                (Part::Inputs, 32),
                (Part::Layer(0), 60),
                (Part::Layer(1), 12),
                (Part::Head, 3)
            ]
        );
        let transformer = table(r#"{ "kind": "tabular-transformer", "layers": 3 }"#);
        assert_eq!(depth(&parameters(&transformer)), 3);
        // The normalisation before the head, with two values for each, is of the head.
        assert_eq!(sizes(&transformer).last(), Some(&(Part::Head, 97)));
        let config = BertConfig {
            vocabulary: 10,
            width: 8,
            layers: 2,
            ..BertConfig::default()
        };
        let text = TextModel::new(&config, Pooling::Cls, 1, &device).unwrap();
        let parts: Vec<Part> = sizes(&text).into_iter().map(|(part, _)| part).collect();
        let expected = [Part::Inputs, Part::Layer(0), Part::Layer(1), Part::Head];
        assert_eq!(parts, expected);
    }
}
