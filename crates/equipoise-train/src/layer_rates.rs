//! A learning rate for each layer (Howard and Ruder 2018, "Universal Language Model Fine-tuning
//! for Text Classification"): what lies near the inputs is the most general, and moves the least.

use std::collections::BTreeMap;

use burn::{
    lr_scheduler::module_lr_scheduler::{ModuleLearningRate, ModuleLrScheduler},
    module::{Module, ParamGroup},
};
use equipoise_models::{
    Part,
    parameters::{depth, parameters},
};

/// What is left of the learning rate in the parts of a model.
#[derive(Debug)]
pub(crate) struct LayerRates {
    /// Parameters by their paths, and the factor of their rate, where it is not 1.
    groups: Vec<(ParamGroup, f64)>,
}

impl LayerRates {
    /// `decay` to the power of a part's distance from the head; 1 everywhere without a decay.
    pub(crate) fn new<M: Module>(model: &M, decay: Option<f64>) -> Self {
        let Some(decay) = decay else {
            return Self { groups: Vec::new() };
        };
        let parameters = parameters(model);
        let depth = depth(&parameters);
        let mut paths: BTreeMap<Part, Vec<String>> = BTreeMap::new();
        for parameter in parameters {
            paths
                .entry(parameter.part)
                .or_default()
                .push(parameter.path);
        }
        let groups = paths
            .into_iter()
            .map(|(part, paths)| {
                let distance = match part {
                    Part::Inputs => depth + 1,
                    Part::Layer(layer) => depth - layer,
                    Part::Head => 0,
                };
                let power = i32::try_from(distance).unwrap_or(i32::MAX);
                (ParamGroup::from_paths(paths), decay.powi(power))
            })
            .collect();
        Self { groups }
    }

    /// The rates of a step whose highest rate is `rate`.
    pub(crate) fn at(&self, rate: f64) -> ModuleLearningRate {
        if self.groups.is_empty() {
            return rate.into();
        }
        // burn has no other way to rates by group than a scheduler that makes one step.
        self.groups
            .iter()
            .fold(ModuleLrScheduler::new(rate), |rates, (group, factor)| {
                rates.with_group(group.clone(), rate * factor)
            })
            .step()
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use equipoise_core::FeatureShape;
    use equipoise_models::{ModelConfig, TabularModel};

    use super::*;

    #[test]
    fn the_rate_falls_from_the_head_to_the_inputs() {
        let config = serde_json::from_str(r#"{ "kind": "mlp", "hidden": [4, 2] }"#);
        let config: ModelConfig = config.unwrap();
        let shape = FeatureShape::new(3, vec![5]);
        let model = TabularModel::new(&config, &shape, 1, &Device::default()).unwrap();
        let rates = |decay| {
            let rates = LayerRates::new(&model, decay).at(0.1);
            let mut found = BTreeMap::new();
            for parameter in parameters(&model) {
                let rate = rates.lr_from_param(parameter.id, Some(&parameter.path));
                found.insert(parameter.part, rate);
            }
            found.into_values().collect::<Vec<f64>>()
        };
        assert_eq!(rates(None), [0.1; 4]);
        assert_eq!(rates(Some(0.5)), [0.0125, 0.025, 0.05, 0.1]);
    }
}
