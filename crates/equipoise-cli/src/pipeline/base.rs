//! The base model: pretrained on the features of the training part, without their labels.

use equipoise_core::StageHistory;
use equipoise_models::{MaskedFeatureModel, weights};
use equipoise_train::{derive_seed, pretrain, pretrain::PRETRAIN};

use super::{Job, model::write_history};
use crate::error::CliError;

/// The name of the base model.
pub(crate) const BASE: &str = "base";

/// A pretrained model with its history.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) model: MaskedFeatureModel,
    pub(crate) history: StageHistory,
}

impl Job<'_> {
    /// Pretrains the base model, where the configuration says so, and keeps its weights.
    ///
    /// # Errors
    ///
    /// When training fails or is interrupted, or when the weights cannot be written.
    pub(crate) fn base(&mut self) -> Result<Option<Base>, CliError> {
        let Some(settings) = self.config.pretrain().cloned() else {
            return Ok(None);
        };
        self.measure_training(PRETRAIN, |job| {
            let config = &job.config;
            job.device
                .seed(derive_seed(config.seed(), PRETRAIN, 0, "weights"));
            let model = MaskedFeatureModel::new(config.model(), &job.data.shape, &job.device)?;
            let (model, history) =
                pretrain(model, &job.training_data(), &settings, &job.run(BASE))?;
            let folder = job.folder.model(BASE);
            fs_err::create_dir_all(&folder).map_err(CliError::file("make a folder"))?;
            weights::save(&model, &folder.join("model.safetensors"))?;
            write_history(job, BASE, vec![history.clone()])?;
            Ok(Some(Base { model, history }))
        })
    }
}
