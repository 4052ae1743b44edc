//! Weights from and to a folder as the Hugging Face hub has it.

use std::collections::BTreeMap;
use std::path::Path;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{DType, Device, Tensor};
use burn_store::{
    ApplyError, BurnToPyTorchAdapter, FloatCastAdapter, ModuleAdapter, ModuleSnapshot, ModuleStore,
    PyTorchToBurnAdapter, SafetensorsStore,
};
use serde_json::{Map, Value};

use super::config::{Architecture, BertConfig};
use super::names::{Names, Purpose, ToHub};
use super::{MaskedLanguageModel, Pooling, TextModel};
use crate::Error;
use crate::file::write_whole;
use crate::folder::{existing, write_manifest};
use crate::registry::draw_weights;

/// The file with the shape.
pub const CONFIG: &str = "config.json";
/// The file with the weights.
pub const WEIGHTS: &str = "model.safetensors";
/// The file with the weights in older folders.
pub const PICKLED: &str = "pytorch_model.bin";

/// A model with weights from a folder.
#[derive(Debug, Clone)]
pub struct LoadedWeights<M> {
    /// The model.
    pub model: M,
    /// The parts of the head that the folder has no weights for, or only those of another number
    /// of outputs: they are drawn afresh. By the names that the folder would give them, sorted.
    pub fresh: Vec<String>,
    /// The tensors of the folder that the model has no place for: those of other heads, sorted.
    pub unused: Vec<String>,
}

/// The shape that the `config.json` of a folder describes.
///
/// # Errors
///
/// When the folder or the file is not there or not JSON, and as [`BertConfig::from_hub`].
pub fn hub_config(folder: &Path) -> Result<BertConfig, Error> {
    let path = existing(folder, CONFIG)?;
    let bytes = fs_err::read(&path)?;
    let place = format!("`{}`", path.display());
    let value: Value =
        serde_json::from_slice(&bytes).map_err(|source| Error::Json { path, source })?;
    BertConfig::from_hub(&value, &place)
}

impl TextModel {
    /// A model whose encoder, and whose head where it has one that fits, come from a folder. What
    /// the folder lacks of the head is drawn from the random generator of the device.
    ///
    /// # Errors
    ///
    /// When a file is missing or cannot be read, when a weight of the encoder is missing or of
    /// another shape than the configuration says, or when there is one that it has no place for.
    pub fn from_folder(
        folder: &Path,
        config: &BertConfig,
        pooling: Pooling,
        outputs: usize,
        device: &Device,
    ) -> Result<LoadedWeights<Self>, Error> {
        let model = Self::uninitialized(config, pooling, outputs, device)?;
        load(model, folder, names(config, Purpose::Classification))
    }

    /// Writes `config.json` and `model.safetensors`, as `transformers` reads them: with
    /// [`Pooling::Cls`] as the architecture's model for sequence classification, and else as its
    /// encoder, beside which the output layer stands.
    ///
    /// `labels` are the names of the outputs, in their order.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub fn save_to_folder(
        &self,
        folder: &Path,
        config: &BertConfig,
        pooling: Pooling,
        labels: &[String],
    ) -> Result<(), Error> {
        let mut table = config.to_hub();
        let class = match pooling {
            Pooling::Cls => "ForSequenceClassification",
            Pooling::Mean => "Model",
        };
        name_class(&mut table, config.architecture, class);
        let ids = labels.iter().enumerate();
        let id2label = ids
            .clone()
            .map(|(id, label)| (id.to_string(), label.clone().into()));
        table.insert("id2label".to_owned(), Value::Object(id2label.collect()));
        let label2id = ids.map(|(id, label)| (label.clone(), id.into()));
        table.insert("label2id".to_owned(), Value::Object(label2id.collect()));
        save(self, folder, &table, names(config, Purpose::Classification))
    }
}

impl MaskedLanguageModel {
    /// A model whose encoder, and whose head where it has one, come from a folder; see
    /// [`TextModel::from_folder`].
    ///
    /// # Errors
    ///
    /// As [`TextModel::from_folder`].
    pub fn from_folder(
        folder: &Path,
        config: &BertConfig,
        device: &Device,
    ) -> Result<LoadedWeights<Self>, Error> {
        let model = Self::uninitialized(config, device)?;
        load(model, folder, names(config, Purpose::MaskedLanguage))
    }

    /// Writes `config.json` and `model.safetensors`, as `transformers` reads them.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub fn save_to_folder(&self, folder: &Path, config: &BertConfig) -> Result<(), Error> {
        let mut table = config.to_hub();
        name_class(&mut table, config.architecture, "ForMaskedLM");
        save(self, folder, &table, names(config, Purpose::MaskedLanguage))
    }
}

fn names(config: &BertConfig, purpose: Purpose) -> Names {
    Names {
        architecture: config.architecture,
        purpose,
    }
}

/// Says of which class the saved model is.
fn name_class(table: &mut Map<String, Value>, architecture: Architecture, class: &str) {
    let class = format!("{}{class}", architecture.class());
    table.insert("architectures".to_owned(), Value::from(vec![class]));
}

fn save<M: Module>(
    model: &M,
    folder: &Path,
    table: &Map<String, Value>,
    names: Names,
) -> Result<(), Error> {
    // One key alone: the store writes several in random order. Readers want this one.
    let mut store = SafetensorsStore::from_bytes(None)
        .clear_metadata()
        .metadata("format", "pt")
        .skip_enum_variants(true)
        .with_to_adapter(BurnToPyTorchAdapter.chain(ToHub(names)));
    let bytes = store
        .collect_from(model)
        .and_then(|()| store.get_bytes())
        .map_err(|source| Error::Safetensors {
            place: "weights in memory".to_owned(),
            source,
        })?;
    fs_err::create_dir_all(folder)?;
    write_whole(&folder.join(WEIGHTS), &bytes)?;
    write_manifest(&folder.join(CONFIG), table)
}

fn load<M: Module>(mut model: M, folder: &Path, names: Names) -> Result<LoadedWeights<M>, Error> {
    const HEAD: &str = "head.";

    let (place, stored) = read(folder)?;
    let mut paths = Paths::default();
    model.visit(&mut paths);
    let mut here: BTreeMap<String, String> = paths
        .found
        .into_iter()
        .map(|path| (names.to_hub(&path), path))
        .collect();
    let (mut tensors, mut unused, mut strange) = (Vec::new(), Vec::new(), Vec::new());
    for (name, mut tensor) in stored {
        let known = names.normalise(&name);
        match here.remove(&known) {
            Some(path) => {
                tensor.name = as_stored(&path);
                tensors.push(tensor);
            }
            None if names.is_spare(&known) => unused.push(name),
            None => strange.push(name),
        }
    }
    let (mut fresh, missing): (Vec<_>, Vec<_>) = here
        .into_iter()
        .partition(|(_, path)| path.starts_with(HEAD));
    if !missing.is_empty() {
        let names = missing.into_iter().map(|(name, _)| name).collect();
        return Err(Error::MissingTensors { place, names });
    }
    if !strange.is_empty() {
        return Err(Error::UnusedTensors {
            place,
            names: strange,
        });
    }
    // Older files have half precision; the model computes in single.
    let adapter = PyTorchToBurnAdapter.chain(FloatCastAdapter::to(DType::F32));
    let result = model.apply(tensors, None, Some(Box::new(adapter)), true);
    for error in result.errors {
        match error {
            ApplyError::ShapeMismatch { path, .. } if path.starts_with(HEAD) => {
                fresh.push((names.to_hub(&path), path));
            }
            error => return Err(crate::weights::tensor_error(place, error)),
        }
    }
    draw_weights(&model);
    let mut fresh: Vec<String> = fresh.into_iter().map(|(name, _)| name).collect();
    fresh.sort_unstable();
    Ok(LoadedWeights {
        model,
        fresh,
        unused,
    })
}

/// Tensors by name, sorted.
type Stored = BTreeMap<String, burn_store::burn_pack::Tensor>;

/// The tensors of a folder, and where they come from.
fn read(folder: &Path) -> Result<(String, Stored), Error> {
    let pickled = folder.join(PICKLED);
    let path = match existing(folder, WEIGHTS) {
        Err(Error::FileNotFound { .. }) if pickled.is_file() => return read_pickled(&pickled),
        found => found?,
    };
    let place = format!("`{}`", path.display());
    let mut store = SafetensorsStore::from_file(&path);
    match store.get_all_tensors() {
        Ok(tensors) => Ok((place, tensors.clone())),
        Err(source) => Err(Error::Safetensors { place, source }),
    }
}

/// The tensors of a file of `PyTorch`.
#[cfg(feature = "pytorch")]
fn read_pickled(path: &Path) -> Result<(String, Stored), Error> {
    let place = format!("`{}`", path.display());
    let mut store = burn_store::PytorchStore::from_file(path);
    match store.get_all_tensors() {
        Ok(tensors) => Ok((place, tensors.clone())),
        Err(source) => Err(Error::Pickled { place, source }),
    }
}

/// Without the reader of such files, they are an error that says so.
#[cfg(not(feature = "pytorch"))]
fn read_pickled(path: &Path) -> Result<(String, Stored), Error> {
    Err(Error::NoPickles {
        path: path.to_owned(),
    })
}

/// A parameter's name as a file of `PyTorch` has it, at its path here.
fn as_stored(path: &str) -> String {
    match path.rsplit_once('.') {
        Some((module, "gamma")) => format!("{module}.weight"),
        Some((module, "beta")) => format!("{module}.bias"),
        _ => path.to_owned(),
    }
}

/// The paths of all parameters, whose weights are not drawn by looking at them.
#[derive(Default)]
struct Paths {
    stack: Vec<String>,
    found: Vec<String>,
}

impl ModuleVisitor for Paths {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.stack.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.stack.pop();
    }

    fn visit_float<const D: usize>(&mut self, _param: &Param<Tensor<D>>) {
        self.found.push(self.stack.join("."));
    }
}
