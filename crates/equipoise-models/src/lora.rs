//! Low-rank adapters (Hu, Shen, Wallis, Allen-Zhu, Li, Wang, Wang and Chen 2022, "`LoRA`:
//! Low-Rank Adaptation of Large Language Models").
//!
//! An adapted matrix is `W + alpha / rank * A B`: `W`, `[from, to]`, stays as it was pretrained,
//! and only `A`, `[from, rank]`, and `B`, `[rank, to]`, are trained. `B` begins at 0, so an
//! adapted model first gives what it gave before. The head of a model is trained whole.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # #[cfg(feature = "flex")] {
//! use burn::module::Module;
//! use equipoise_models::bert::{BertConfig, Pooling, TextModel};
//! use equipoise_models::lora::{self, LoraConfig};
//! use equipoise_tensor::{open_device, parse_device};
//!
//! let device = open_device(&parse_device("cpu")?)?;
//! let config = BertConfig { vocabulary: 50, width: 16, ..BertConfig::default() };
//! let model = TextModel::new(&config, Pooling::Cls, 1, &device)?;
//! let adapted = lora::attach(model, &LoraConfig { rank: 2, ..LoraConfig::default() })?;
//! // After training: one model again, as large as before.
//! let merged = adapted.materialize();
//! # let _ = merged;
//! # }
//! # Ok(()) }
//! ```

use std::path::Path;

use burn::module::{Lora, Module, ParamGroup};
use burn_store::{ModuleStore, SafetensorsStore};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::file::write_whole;
use crate::parameters::{Parameter, Part, parameters};
use crate::weights::{tensor_error, unreadable};

/// The key under which the file of an adapter has its settings.
const SETTINGS: &str = "lora";

/// The settings of low-rank adapters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoraConfig {
    /// The rank of the adapters; 1 or more, and at most the smaller side of every matrix that is
    /// adapted.
    pub rank: usize,
    /// What adapters weigh, times their rank; above 0. With `alpha` fixed, another rank needs no
    /// other learning rate.
    pub alpha: f64,
    /// Which matrices are adapted.
    pub targets: LoraTargets,
}

impl Default for LoraConfig {
    fn default() -> Self {
        Self {
            rank: 8,
            alpha: 16.0,
            targets: LoraTargets::default(),
        }
    }
}

/// Which matrices are adapted; never those of the head, which is trained whole, nor embeddings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LoraTargets {
    /// The queries and the values of attention, as in the paper. A model without attention has
    /// none.
    #[default]
    QueryValue,
    /// The matrices of all linear layers.
    Linear,
}

impl LoraTargets {
    /// The name in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Self::QueryValue => "query-value",
            Self::Linear => "linear",
        }
    }

    fn include(self, parameter: &Parameter) -> bool {
        if !matches!(parameter.part, Part::Layer(_)) || parameter.shape.len() != 2 {
            return false;
        }
        let mut path = parameter.path.rsplit('.').skip(1);
        let (module, parent) = (path.next(), path.next());
        match self {
            // A gated feed-forward part has values too.
            Self::QueryValue => {
                matches!(module, Some("query" | "value")) && parent != Some("feed_forward")
            }
            Self::Linear => true,
        }
    }
}

impl LoraConfig {
    /// Whether all settings are legal for some model.
    ///
    /// # Errors
    ///
    /// When the rank is 0, or `alpha` is not above 0.
    pub fn check(&self) -> Result<(), Error> {
        let illegal = |key, found, legal: &str| Error::Adapter {
            key,
            found,
            legal: legal.to_owned(),
        };
        if self.rank == 0 {
            return Err(illegal("rank", "0".to_owned(), "1 or more"));
        }
        if !(self.alpha.is_finite() && self.alpha > 0.0) {
            let found = self.alpha.to_string();
            return Err(illegal("alpha", found, "finite and above 0"));
        }
        Ok(())
    }
}

/// The matrices of a model that adapters of these settings change. Weights that are not drawn yet
/// stay so.
///
/// # Errors
///
/// When a setting is not legal, when the model has no matrix to adapt, or when the rank is larger
/// than the smaller side of one.
pub fn targets<M: Module>(model: &M, config: &LoraConfig) -> Result<Vec<Parameter>, Error> {
    config.check()?;
    let mut targets = parameters(model);
    targets.retain(|parameter| config.targets.include(parameter));
    let sides = targets.iter().flat_map(|target| &target.shape);
    match sides.min() {
        None => Err(Error::NothingToAdapt {
            targets: config.targets.name(),
        }),
        Some(&most) if config.rank > most => Err(Error::Adapter {
            key: "rank",
            found: config.rank.to_string(),
            legal: format!("1 to {most}, the smallest side of the matrices it adapts"),
        }),
        Some(_) => Ok(targets),
    }
}

/// The model with adapters, whose first factors are drawn from the random generator of its device.
///
/// Of the model, the adapters and the head move in training; the base computes no gradients.
///
/// # Errors
///
/// As [`targets`].
pub fn attach<M: Module>(model: M, config: &LoraConfig) -> Result<M, Error> {
    let targets = targets(&model, config)?;
    let adapted = ParamGroup::from_ids(targets.into_iter().map(|it| it.id).collect());
    let mut head = parameters(&model);
    head.retain(|parameter| parameter.part == Part::Head);
    let head = ParamGroup::from_ids(head.into_iter().map(|it| it.id).collect());
    Ok(model
        .apply_lora(Lora::new(config.rank, config.alpha).set_param_group(adapted))
        .set_require_grad_group(head, true))
}

/// Writes what [`attach`] lets move, the adapters and the head, into a safetensors file, with the
/// settings beside them.
///
/// # Errors
///
/// When a tensor cannot be read from its device, or when the file cannot be written.
pub fn save<M: Module>(model: &M, config: &LoraConfig, path: &Path) -> Result<(), Error> {
    let place = || format!("`{}`", path.display());
    let settings = serde_json::to_string(config).map_err(|source| Error::Json {
        path: path.to_owned(),
        source,
    })?;
    // One key alone: the store writes several in random order.
    let mut store = SafetensorsStore::from_bytes(None)
        .clear_metadata()
        .metadata(SETTINGS, settings)
        .skip_enum_variants(true)
        .with_predicate(|path, _| moves(path));
    let bytes = store
        .collect_from(model)
        .and_then(|()| store.get_bytes())
        .map_err(|source| unreadable(&place(), source))?;
    write_whole(path, &bytes)
}

/// The base model with the adapters and the head that [`save`] wrote, of the same settings.
///
/// # Errors
///
/// When the model cannot be adapted as `config` says, when the file cannot be read, or when its
/// tensors are not those of the adapted model.
pub fn load<M: Module>(base: M, config: &LoraConfig, path: &Path) -> Result<M, Error> {
    let mut model = attach(base, config)?;
    let place = format!("`{}`", path.display());
    let bytes = fs_err::read(path)?;
    let mut store = SafetensorsStore::from_bytes(Some(bytes))
        .skip_enum_variants(true)
        .with_predicate(|path, _| moves(path))
        .validate(false)
        .allow_partial(true);
    let result = store
        .apply_to(&mut model)
        .map_err(|source| unreadable(&place, source))?;
    if let Some(error) = result.errors.into_iter().next() {
        return Err(tensor_error(place, error));
    }
    let missing: Vec<String> = result
        .missing
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| moves(name))
        .collect();
    if !missing.is_empty() {
        let names = missing;
        return Err(Error::MissingTensors { place, names });
    }
    if !result.unused.is_empty() {
        let names = result.unused;
        return Err(Error::UnusedTensors { place, names });
    }
    Ok(model)
}

/// Whether the parameter at a path moves in a model with adapters.
fn moves(path: &str) -> bool {
    let mut names = path.split('.');
    names.any(|name| name == SETTINGS || name.starts_with("head"))
}

#[cfg(test)]
#[cfg(feature = "flex")]
mod tests {
    use burn::module::{ModuleMapper, Param};
    use burn::tensor::{Device, Tensor};
    use equipoise_core::FeatureShape;
    use equipoise_tensor::TokenInputs;

    use super::*;
    use crate::bert::{BertConfig, Pooling, TextModel, token_inputs};
    use crate::{ModelConfig, TabularModel};

    fn text() -> TextModel {
        let config = BertConfig {
            vocabulary: 20,
            width: 8,
            layers: 2,
            heads: 2,
            feed_forward: 16,
            positions: 8,
            ..BertConfig::default()
        };
        TextModel::new(&config, Pooling::Cls, 1, &Device::flex()).unwrap()
    }

    fn table(kind: &str) -> TabularModel {
        let config = ModelConfig::default_of(kind).unwrap();
        TabularModel::new(&config, &FeatureShape::new(3, vec![4]), 1, &Device::flex()).unwrap()
    }

    fn adapted<M: Module>(model: M, targets: LoraTargets) -> Vec<String> {
        let config = LoraConfig {
            rank: 2,
            targets,
            ..LoraConfig::default()
        };
        let model = attach(model, &config).unwrap();
        let names = parameters(&model).into_iter().map(|it| it.path);
        names
            .filter_map(|path| path.strip_suffix(".lora.a").map(str::to_owned))
            .collect()
    }

    fn inputs() -> TokenInputs {
        token_inputs(&[&[2, 7, 9, 3], &[2, 5, 3]], 0, &Device::flex())
    }

    fn outputs(model: &TextModel) -> Vec<f32> {
        let values = model.valid().forward(inputs()).into_data();
        values.try_into_vec().unwrap()
    }

    /// Draws all factors anew, so that adapters do something.
    struct Stir;

    impl ModuleMapper for Stir {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            param.map(|values| {
                let noise = burn::tensor::Distribution::Normal(0.0, 0.1);
                values.clone() + values.random_like(noise)
            })
        }
    }

    #[test]
    fn what_is_adapted_is_what_the_targets_say() {
        let queries = adapted(text(), LoraTargets::QueryValue);
        assert_eq!(
            queries,
            [
                "encoder.layers.0.query.weight",
                "encoder.layers.0.value.weight",
                "encoder.layers.1.query.weight",
                "encoder.layers.1.value.weight",
            ]
        );
        assert_eq!(adapted(text(), LoraTargets::Linear).len(), 12);
        let transformer = adapted(table("tabular-transformer"), LoraTargets::QueryValue);
        assert_eq!(transformer.len(), 4);
        assert!(transformer.iter().all(|path| path.contains(".attention.")));
        // The queries, keys, values and outputs of attention, and three of the feed-forward part.
        let all = adapted(table("tabular-transformer"), LoraTargets::Linear);
        assert_eq!(all.len(), 14);
        assert_eq!(adapted(table("mlp"), LoraTargets::Linear).len(), 2);
    }

    #[test]
    fn adapters_and_head_move_and_the_base_does_not() {
        let config = LoraConfig {
            rank: 2,
            ..LoraConfig::default()
        };
        let model = attach(text(), &config).unwrap().train();
        for parameter in parameters(&model) {
            assert_eq!(
                parameter.is_tracked,
                moves(&parameter.path),
                "{parameter:?}"
            );
        }
    }

    #[test]
    fn a_fresh_adapter_changes_nothing_and_a_merged_one_is_the_same_model() {
        let model = text();
        let config = LoraConfig {
            rank: 2,
            ..LoraConfig::default()
        };
        let fresh = attach(model.clone(), &config).unwrap();
        assert_eq!(outputs(&fresh), outputs(&model));
        let stirred = fresh.map(&mut Stir);
        assert_ne!(outputs(&stirred), outputs(&model));
        let merged = stirred.clone().materialize();
        assert_eq!(outputs(&merged), outputs(&stirred));
        assert_eq!(parameters(&merged).len(), parameters(&model).len());
    }

    #[test]
    fn a_saved_adapter_is_small_and_gives_the_model_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("adapter.safetensors");
        let model = text();
        let config = LoraConfig {
            rank: 2,
            ..LoraConfig::default()
        };
        let trained = attach(model.clone(), &config).unwrap();
        // The base of an adapted model is that of the model.
        let trained = load(model.clone(), &config, &{
            save(&trained.map(&mut Stir), &config, &path).unwrap();
            path.clone()
        })
        .unwrap();
        assert_ne!(outputs(&trained), outputs(&model));
        save(&trained, &config, &path).unwrap();
        let again = load(model.clone(), &config, &path).unwrap();
        assert_eq!(outputs(&again), outputs(&trained));

        let wider = LoraConfig { rank: 3, ..config };
        let error = load(model, &wider, &path).unwrap_err();
        assert!(matches!(error, Error::TensorKind { .. }), "{error}");
    }

    #[test]
    fn what_is_not_legal_is_told() {
        let told = |model: TabularModel, config: LoraConfig| {
            attach(model, &config).unwrap_err().to_string()
        };
        let config = LoraConfig::default();
        let transformer = || table("tabular-transformer");
        assert_eq!(
            told(transformer(), LoraConfig { rank: 0, ..config }),
            "`rank` of low-rank adapters is 0; legal is 1 or more"
        );
        let alpha = f64::NAN;
        assert_eq!(
            told(transformer(), LoraConfig { alpha, ..config }),
            "`alpha` of low-rank adapters is NaN; legal is finite and above 0"
        );
        assert_eq!(
            told(transformer(), LoraConfig { rank: 33, ..config }),
            "`rank` of low-rank adapters is 33; legal is 1 to 32, the smallest side of the \
             matrices it adapts"
        );
        assert_eq!(
            told(table("mlp"), config),
            "low-rank adapters change matrices of `query-value`, and the model has none"
        );
    }
}
