//! What a strategy lets move.

use burn::module::{Module, ParamGroup};
use equipoise_models::{
    HeadedModel, Parameter, Part, lora,
    parameters::{depth, parameters},
};

use crate::{
    Error,
    config::{LastLayersConfig, Strategy},
};

/// How many of a model's values are trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrainedShare {
    /// The values that move.
    pub trained: usize,
    /// All values, those of adapters included.
    pub all: usize,
}

impl TrainedShare {
    /// How much of a model moves in training.
    pub fn of<M: Module>(model: &M) -> Self {
        let parameters = parameters(&model.clone().train());
        let moving = parameters.iter().filter(|parameter| parameter.is_tracked);
        Self {
            trained: moving.map(Parameter::len).sum(),
            all: parameters.iter().map(Parameter::len).sum(),
        }
    }

    /// The share that moves, in `[0, 1]`; 0 for a model without parameters.
    pub fn share(&self) -> f64 {
        self.trained as f64 / self.all.max(1) as f64
    }
}

/// A model off autodiff, of which training will move what a strategy says: no gradients are
/// computed for the rest.
///
/// Adapters are drawn from the random generator of the model's device.
pub(super) fn prepare<N: HeadedModel>(model: N, strategy: Strategy) -> Result<N, Error> {
    match strategy {
        Strategy::Full => Ok(model),
        Strategy::Head => Ok(keep_all_but(model, |part| part == Part::Head)),
        Strategy::Lora(config) => Ok(lora::attach(model, &config)?),
        Strategy::LastLayers(last) => {
            let first = first_that_moves(&model, last)?;
            Ok(keep_all_but(model, |part| match part {
                Part::Inputs => false,
                Part::Layer(layer) => layer >= first,
                Part::Head => true,
            }))
        }
    }
}

/// Whether a model has what a strategy moves. Weights that are not drawn yet stay so, and nothing
/// is trained: a run can ask before it begins.
///
/// # Errors
///
/// When there are too few layers, no matrix to adapt, or one that is smaller than the rank.
pub fn check_fit<N: HeadedModel>(model: &N, strategy: Strategy) -> Result<(), Error> {
    match strategy {
        Strategy::Full | Strategy::Head => Ok(()),
        Strategy::Lora(config) => Ok(lora::targets(model, &config).map(drop)?),
        Strategy::LastLayers(last) => first_that_moves(model, last).map(drop),
    }
}

/// The number of the first layer that moves.
fn first_that_moves<N: HeadedModel>(model: &N, last: LastLayersConfig) -> Result<usize, Error> {
    let depth = depth(&parameters(model));
    depth.checked_sub(last.layers).ok_or(Error::TooFewLayers {
        layers: last.layers,
        depth,
    })
}

/// The model with gradients for some parts alone.
fn keep_all_but<N: HeadedModel>(model: N, moves: impl Fn(Part) -> bool) -> N {
    let moving = parameters(&model)
        .into_iter()
        .filter(|parameter| moves(parameter.part))
        .map(|parameter| parameter.id)
        .collect();
    model
        .no_grad()
        .set_require_grad_group(ParamGroup::from_ids(moving), true)
}

/// One model again, with adapters merged into the weights they change, all of which could be
/// trained again.
pub(super) fn merge<N: HeadedModel>(model: N) -> N {
    model.materialize().set_require_grad(true)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use equipoise_core::FeatureShape;
    use equipoise_models::{LoraConfig, LoraTargets, ModelConfig, TabularModel};

    use super::*;

    fn model() -> TabularModel {
        // 3 to 4, 4 to 2, 2 to 1: 16, 10 and 3 values.
        let config: ModelConfig =
            serde_json::from_str(r#"{ "kind": "mlp", "hidden": [4, 2] }"#).unwrap();
        TabularModel::new(
            &config,
            &FeatureShape::new(3, vec![]),
            1,
            &Device::default(),
        )
        .unwrap()
    }

    fn moved(strategy: Strategy) -> TrainedShare {
        TrainedShare::of(&prepare(model(), strategy).unwrap())
    }

    #[test]
    fn what_moves_is_what_the_strategy_says() {
        let share = |trained, all| TrainedShare { trained, all };
        assert_eq!(moved(Strategy::Full), share(29, 29));
        assert_eq!(moved(Strategy::Head), share(3, 29));
        let last = |layers| Strategy::LastLayers(LastLayersConfig { layers });
        assert_eq!(moved(last(1)), share(13, 29));
        assert_eq!(moved(last(2)), share(29, 29));
        let lora = LoraConfig {
            rank: 1,
            targets: LoraTargets::Linear,
            ..LoraConfig::default()
        };
        // 3 + 4 and 4 + 2 values of factors, and the head.
        assert_eq!(moved(Strategy::Lora(lora)), share(16, 42));
    }

    #[test]
    fn what_is_merged_can_be_trained_again() {
        let lora = LoraConfig {
            rank: 1,
            targets: LoraTargets::Linear,
            ..LoraConfig::default()
        };
        let merged = merge(prepare(model(), Strategy::Lora(lora)).unwrap());
        assert_eq!(
            TrainedShare::of(&merged),
            TrainedShare {
                trained: 29,
                all: 29
            }
        );
    }

    #[test]
    fn more_layers_than_there_are_is_told() {
        let error = prepare(
            model(),
            Strategy::LastLayers(LastLayersConfig { layers: 3 }),
        )
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`finetune.strategy.layers` is 3; legal is 1 to 2, the layers of the model"
        );
    }
}
