//! A model folder: weights, and what is needed to predict with them.
//!
//! | file | holds |
//! |---|---|
//! | `model.safetensors` | the weights |
//! | `model.json` | the [`ModelManifest`] |
//!
//! Both files are written beside their place and renamed, the manifest last, and both are the
//! same bytes for the same model.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use equipoise_core::{FeatureEncoder, FeatureShape, GroupSchema, Task};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::file::write_whole;
use crate::registry::check_shape;
use crate::{Error, ModelConfig, TabularModel, weights};

/// The name of the file with the weights.
const WEIGHTS: &str = "model.safetensors";
/// The name of the file with the manifest.
pub(crate) const MANIFEST: &str = "model.json";

/// Everything about a model but its weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelManifest {
    /// The format: [`ModelManifest::SCHEMA`].
    schema: String,
    /// The kind of model and its settings.
    pub config: ModelConfig,
    /// The widths of the inputs: those of `encoder`.
    shape: FeatureShape,
    /// What is predicted.
    pub task: Task,
    /// From the columns of a table to the inputs.
    pub encoder: FeatureEncoder,
    /// The group attributes that the model was trained to treat alike, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<GroupSchema>,
    /// The score from which a row counts as positive, in `[0, 1]`; read for two classes alone.
    pub threshold: f64,
    /// Where the model comes from: seed, loss, digest of the data, and whatever else is worth
    /// keeping.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub provenance: BTreeMap<String, String>,
}

impl ModelManifest {
    /// The format that this version writes and reads.
    pub const SCHEMA: &'static str = "equipoise.model/1";

    /// The manifest of a model without groups and provenance, with the threshold 0.5.
    pub fn new(config: ModelConfig, encoder: FeatureEncoder, task: Task) -> Self {
        Self {
            schema: Self::SCHEMA.to_owned(),
            config,
            shape: encoder.shape(),
            task,
            encoder,
            groups: None,
            threshold: 0.5,
            provenance: BTreeMap::new(),
        }
    }

    /// The widths of the inputs.
    pub fn shape(&self) -> &FeatureShape {
        &self.shape
    }

    /// Reads and checks the manifest of a model folder.
    ///
    /// # Errors
    ///
    /// When the folder or the file is not there, when the file is not a manifest of this version,
    /// or when a part of it is illegal or contradicts another.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let path = existing(folder, MANIFEST)?;
        let manifest: Self = read_manifest(&path, Self::SCHEMA)?;
        match manifest.fault() {
            Some(what) => Err(Error::Manifest { path, what }),
            None => Ok(manifest),
        }
    }

    /// What keeps the manifest from describing a model.
    fn fault(&self) -> Option<String> {
        if let Err(error) = self.config.check().and_then(|()| check_shape(&self.shape)) {
            return Some(error.to_string());
        }
        if self.task.outputs() == 0 {
            return Some("`task` has no classes".to_owned());
        }
        if self.shape != self.encoder.shape() {
            return Some("`shape` is not the shape of `encoder`".to_owned());
        }
        if !(0.0..=1.0).contains(&self.threshold) {
            return Some(format!(
                "`threshold` is {}; legal is 0 to 1",
                self.threshold
            ));
        }
        None
    }
}

/// Reads a manifest of some version.
pub(crate) fn read_manifest<M: DeserializeOwned>(
    path: &Path,
    expected: &'static str,
) -> Result<M, Error> {
    let bytes = fs_err::read(path)?;
    let json = |source| Error::Json {
        path: path.to_owned(),
        source,
    };
    // The version comes first: another one may well have other fields.
    let found = serde_json::from_slice::<Version>(&bytes)
        .map_err(json)?
        .schema;
    if found != expected {
        return Err(Error::Schema {
            path: path.to_owned(),
            found,
            expected,
        });
    }
    serde_json::from_slice(&bytes).map_err(json)
}

/// Writes a manifest, with a line break at its end.
pub(crate) fn write_manifest<M: Serialize>(path: &Path, manifest: &M) -> Result<(), Error> {
    let mut json = serde_json::to_vec_pretty(manifest).map_err(|source| Error::Json {
        path: path.to_owned(),
        source,
    })?;
    json.push(b'\n');
    write_whole(path, &json)
}

/// The one field that all versions of the manifest have.
#[derive(Deserialize)]
struct Version {
    schema: String,
}

/// A model with all that is needed to predict.
#[derive(Debug, Clone)]
pub struct ModelFolder {
    /// Everything but the weights.
    pub manifest: ModelManifest,
    /// The network.
    pub model: TabularModel,
}

impl ModelFolder {
    /// Writes the model into a folder, which is made where it is not there.
    ///
    /// # Errors
    ///
    /// When a part of the manifest is illegal or contradicts another, or when a file cannot be
    /// written.
    pub fn save(&self, folder: &Path) -> Result<(), Error> {
        let path = folder.join(MANIFEST);
        if let Some(what) = self.manifest.fault() {
            return Err(Error::Manifest { path, what });
        }
        fs_err::create_dir_all(folder)?;
        weights::save(&self.model, &folder.join(WEIGHTS))?;
        write_manifest(&path, &self.manifest)
    }

    /// Reads a model from a folder onto a device.
    ///
    /// # Errors
    ///
    /// As [`ModelManifest::load`], and when the weights are not those of the manifest's model.
    pub fn load(folder: &Path, device: &Device) -> Result<Self, Error> {
        let manifest = ModelManifest::load(folder)?;
        let path = existing(folder, WEIGHTS)?;
        let model = TabularModel::uninitialized(
            &manifest.config,
            &manifest.shape,
            manifest.task.outputs(),
            device,
        )?;
        Ok(Self {
            model: weights::load(model, &path)?,
            manifest,
        })
    }
}

/// The path of a file of a model folder.
pub(crate) fn existing(folder: &Path, file: &'static str) -> Result<PathBuf, Error> {
    if !folder.is_dir() {
        return Err(Error::FolderNotFound {
            path: folder.to_owned(),
        });
    }
    let path = folder.join(file);
    if !path.is_file() {
        return Err(Error::FileNotFound {
            path: folder.to_owned(),
            file,
        });
    }
    Ok(path)
}
