//! The kinds of model, their configuration, and the one type that holds any of them.
//!
//! A kind of model is one file, which has its configuration, its [`ModelSpec`] and its network,
//! and one line in the list at the end of this file.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Int, Tensor};
use equipoise_core::FeatureShape;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::bert::TextModelConfig;
use crate::mlp::{Mlp, MlpConfig};
use crate::tabular_transformer::{TabularTransformer, TabularTransformerConfig};

/// What there is to know about a kind of model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModelSpec {
    /// The name that `model.kind` of a configuration has.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub summary: &'static str,
    /// Where it was described: authors, year, title.
    pub paper: &'static str,
    /// What it sees of a row.
    pub inputs: ModelInputs,
    /// Whether a [`MaskedFeatureModel`](crate::MaskedFeatureModel) can pretrain it.
    pub supports_pretraining: bool,
}

/// What a model sees of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelInputs {
    /// The features of a table.
    Table,
    /// A text.
    Text,
}

/// The settings of a kind of model, and how its network is made.
pub(crate) trait NetworkConfig {
    /// The network.
    type Network: Network;

    /// What there is to know about the kind.
    const SPEC: ModelSpec;

    /// Whether all settings are legal.
    fn check(&self) -> Result<(), Error>;

    /// The network for checked settings and inputs. Its weights are drawn when they are first
    /// used, so that weights which are loaded are never drawn.
    fn init(&self, shape: &FeatureShape, outputs: usize, device: &Device) -> Self::Network;
}

/// A network over the rows of a table.
pub(crate) trait Network: Module {
    /// The inputs that it was built for.
    fn shape(&self) -> &FeatureShape;

    /// What the head sees, `[batch, width]`, from numeric inputs, `[batch, numeric]`, and category
    /// inputs, `[batch, columns]`.
    fn represent(&self, numeric: Tensor<2>, categorical: Tensor<2, Int>) -> Tensor<2>;

    /// Raw outputs, `[batch, outputs]`, from what the head sees.
    fn decide(&self, representation: Tensor<2>) -> Tensor<2>;
}

macro_rules! models {
    ($($(#[$doc:meta])* $name:ident($config:ident),)+) => {
        /// All kinds of model.
        pub const MODELS: &[&ModelSpec] =
            &[$(&<$config as NetworkConfig>::SPEC,)+ &TextModelConfig::SPEC];

        /// The configuration of a model: `kind` names an entry of [`MODELS`], and the other keys
        /// are the settings of that kind.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        #[non_exhaustive]
        #[expect(
            clippy::large_enum_variant,
            reason = "a program holds few configurations, and a box would show in all of them"
        )]
        pub enum ModelConfig {
            $($(#[$doc])* $name($config),)+
            /// An encoder of texts in the shape of BERT.
            Bert(TextModelConfig),
        }

        impl ModelConfig {
            /// What there is to know about this kind of model.
            pub fn spec(&self) -> &'static ModelSpec {
                match self {
                    $(Self::$name(_) => &<$config as NetworkConfig>::SPEC,)+
                    Self::Bert(_) => &TextModelConfig::SPEC,
                }
            }

            /// Whether all settings are legal.
            ///
            /// # Errors
            ///
            /// When a setting lies outside its range; the error names the range.
            pub fn check(&self) -> Result<(), Error> {
                match self {
                    $(Self::$name(config) => config.check(),)+
                    Self::Bert(config) => config.check(),
                }
            }

            fn init(
                &self,
                shape: &FeatureShape,
                outputs: usize,
                device: &Device,
            ) -> Result<TabularModel, Error> {
                match self {
                    $(Self::$name(config) => {
                        Ok(TabularModel::$name(config.init(shape, outputs, device)))
                    })+
                    Self::Bert(_) => Err(Error::NoTable { kind: TextModelConfig::SPEC.name }),
                }
            }
        }

        /// A network of any kind over the rows of a table, with its head.
        #[derive(Module, Debug)]
        #[non_exhaustive]
        #[expect(
            clippy::large_enum_variant,
            reason = "a program holds few models, and burn has no boxed modules"
        )]
        pub enum TabularModel {
            $($(#[$doc])* $name($name),)+
        }

        impl TabularModel {
            /// The inputs that the model was built for.
            pub fn shape(&self) -> &FeatureShape {
                match self {
                    $(Self::$name(network) => network.shape(),)+
                }
            }

            /// The raw outputs of a batch, `[batch, outputs]`: a logit for two classes, a logit
            /// for each of several, or a number (see
            /// [`Task::outputs`](equipoise_core::Task::outputs)).
            ///
            /// * `numeric`: encoded numbers, `[batch, numeric]`; `numeric` may be 0
            /// * `categorical`: category inputs, `[batch, columns]`, each below the cardinality
            ///   of its column; `columns` may be 0
            ///
            /// Dropout acts where the inputs are on an autodiff device and the model is in
            /// training mode.
            ///
            /// # Panics
            ///
            /// When the widths are not those of [`Self::shape`]. [`score`](crate::score) checks
            /// widths and inputs first.
            pub fn forward(&self, numeric: Tensor<2>, categorical: Tensor<2, Int>) -> Tensor<2> {
                self.forward_with_representation(numeric, categorical).0
            }

            /// The raw outputs of a batch as [`Self::forward`] has them, and what the head saw of
            /// each row, `[batch, width]`.
            ///
            /// # Panics
            ///
            /// As [`Self::forward`].
            pub fn forward_with_representation(
                &self,
                numeric: Tensor<2>,
                categorical: Tensor<2, Int>,
            ) -> (Tensor<2>, Tensor<2>) {
                match self {
                    $(Self::$name(network) => {
                        let representation = network.represent(numeric, categorical);
                        (network.decide(representation.clone()), representation)
                    })+
                }
            }
        }
    };
}

models! {
    /// A multi-layer perceptron.
    Mlp(MlpConfig),
    /// A transformer whose tokens are the features of a row.
    TabularTransformer(TabularTransformerConfig),
}

impl ModelConfig {
    /// The settings that a kind of model has when a configuration names nothing but the kind, or
    /// `None` for a name that is not in [`MODELS`].
    pub fn default_of(kind: &str) -> Option<Self> {
        serde_json::from_value(serde_json::json!({ "kind": kind })).ok()
    }
}

impl TabularModel {
    /// A model with fresh weights.
    ///
    /// The weights are drawn here, in a fixed order, from the random generator of the device: the
    /// same `device.seed(..)` just before gives the same weights. `outputs` is what
    /// [`Task::outputs`](equipoise_core::Task::outputs) says.
    ///
    /// # Errors
    ///
    /// When a setting lies outside its range, or when there are no inputs or no outputs.
    pub fn new(
        config: &ModelConfig,
        shape: &FeatureShape,
        outputs: usize,
        device: &Device,
    ) -> Result<Self, Error> {
        let model = Self::uninitialized(config, shape, outputs, device)?;
        draw_weights(&model);
        Ok(model)
    }

    /// A model whose weights are yet to be loaded. Nothing is drawn from the random generator, so
    /// that loading a model between two epochs does not change the second.
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    pub fn uninitialized(
        config: &ModelConfig,
        shape: &FeatureShape,
        outputs: usize,
        device: &Device,
    ) -> Result<Self, Error> {
        config.check()?;
        check_shape(shape)?;
        if outputs == 0 {
            return Err(Error::NoOutputs);
        }
        config.init(shape, outputs, device)
    }
}

/// Whether a model can be built over these inputs.
pub(crate) fn check_shape(shape: &FeatureShape) -> Result<(), Error> {
    if shape.numeric == 0 && shape.cardinalities.is_empty() {
        return Err(Error::NoInputs);
    }
    let widths = &shape.number_widths;
    if !widths.is_empty() && (widths.contains(&0) || widths.iter().sum::<usize>() != shape.numeric)
    {
        return Err(Error::NumberWidths {
            numeric: shape.numeric,
        });
    }
    match shape.cardinalities.iter().position(|&c| c == 0) {
        Some(column) => Err(Error::EmptyCategory { column }),
        None => Ok(()),
    }
}

/// Draws all weights that are not drawn yet, in the order of the module's fields. Burn draws a
/// weight when it is first used; the order of first use would be a hidden part of the seed.
pub(crate) fn draw_weights<M: Module>(module: &M) {
    struct Draw;
    impl ModuleVisitor for Draw {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let _ = param.val();
        }
    }
    module.visit(&mut Draw);
}

/// The names of the kinds that can be pretrained, for messages.
pub(crate) fn pretrainable() -> String {
    MODELS
        .iter()
        .filter(|spec| spec.supports_pretraining)
        .map(|spec| spec.name)
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_spec_is_the_kind_of_its_config() {
        for spec in MODELS {
            let config = ModelConfig::default_of(spec.name).unwrap();
            assert_eq!(config.spec(), *spec);
            let value = serde_json::to_value(&config).unwrap();
            assert_eq!(value["kind"], spec.name);
            assert_eq!(
                serde_json::from_value::<ModelConfig>(value).unwrap(),
                config
            );
        }
    }

    #[test]
    fn defaults_are_legal() {
        for spec in MODELS {
            ModelConfig::default_of(spec.name).unwrap().check().unwrap();
        }
    }
}
