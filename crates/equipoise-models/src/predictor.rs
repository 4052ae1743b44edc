//! A model folder as a [`Predictor`].

use std::path::Path;

use burn::module::Module;
use burn::tensor::Device;
use equipoise_core::{EncodedFeatures, FeatureSpec, Predictor, Scores, Table, Task};

use crate::{Error, ModelFolder, ModelManifest, TabularModel, score};

/// A model that turns tables into scores.
#[derive(Debug, Clone)]
pub struct TabularPredictor {
    manifest: ModelManifest,
    model: TabularModel,
    device: Device,
}

impl TabularPredictor {
    /// A predictor from a model; `device` is the one that holds its weights.
    pub fn new(folder: ModelFolder, device: &Device) -> Self {
        Self {
            manifest: folder.manifest,
            model: folder.model.valid(),
            device: device.clone(),
        }
    }

    /// A predictor from a model folder.
    ///
    /// # Errors
    ///
    /// As [`ModelFolder::load`].
    pub fn load(folder: &Path, device: &Device) -> Result<Self, Error> {
        Ok(Self::new(ModelFolder::load(folder, device)?, device))
    }

    /// Everything about the model but its weights.
    pub fn manifest(&self) -> &ModelManifest {
        &self.manifest
    }

    /// The scores of rows that are encoded already.
    ///
    /// # Errors
    ///
    /// As [`score`].
    pub fn score(&self, features: &EncodedFeatures) -> Result<Scores, Error> {
        score(&self.model, &self.manifest.task, features, &self.device)
    }
}

impl Predictor for TabularPredictor {
    fn task(&self) -> &Task {
        &self.manifest.task
    }

    fn columns(&self) -> Vec<&str> {
        let features = self.manifest.encoder.features();
        features.iter().map(FeatureSpec::column).collect()
    }

    fn predict(&self, table: &Table) -> Result<Scores, Box<dyn std::error::Error + Send + Sync>> {
        let features = self.manifest.encoder.encode(table)?;
        Ok(self.score(&features)?)
    }
}
