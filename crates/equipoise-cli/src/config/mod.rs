//! The configuration of a run: read, put under what the command line says, and checked.
//!
//! * [`document`]: the text, and where in it each key and value stands
//! * [`assignment`]: `--set key.path=value`
//! * [`mod@file`]: the tables as a file has them
//! * [`fairness_tables`]: one fairness loss, or a list of them
//! * [`check`]: from the file to a [`Config`], the only type that trains
//! * [`language`]: the configuration of a model that learns from texts
//! * [`sweep`]: the configuration of a sweep over one of a run
//! * [`peers`]: the points of other systems, with which a sweep is compared
//! * [`explain`]: from the words of serde and TOML to an error that says what to do

mod assignment;
mod check;
mod document;
mod error;
mod explain;
mod fairness_tables;
mod file;
mod language;
mod peers;
mod sweep;

use equipoise_data::CheckedDataConfig;
use equipoise_losses::FairnessConfig;
use equipoise_metrics::AuditOptions;
use equipoise_models::ModelConfig;
use equipoise_tensor::DeviceName;
use equipoise_train::{FineTuneConfig, PretrainConfig, derive_seed};

pub(crate) use assignment::Assignment;
use document::{Document, Source};
pub(crate) use error::ConfigError;
pub(crate) use fairness_tables::FairnessTables;
pub(crate) use file::ConfigFile;
pub(crate) use language::LanguageConfig;
pub(crate) use peers::{PeerPoint, PeerPoints};
pub(crate) use sweep::SweepConfig;

use crate::{Registry, args::ConfigArgs, error::CliError};

/// A configuration that is known to make sense.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Config {
    file: ConfigFile,
    device: DeviceName,
    data: CheckedDataConfig,
}

impl Config {
    /// Reads a file, puts `--set`, `--seed` and `--device` over it, and checks the result.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or when anything in it is not legal.
    pub(crate) fn load(args: &ConfigArgs, registry: &Registry) -> Result<Self, CliError> {
        let text =
            fs_err::read_to_string(&args.path).map_err(CliError::file("read the configuration"))?;
        let mut config = Self::parse(&text, args, registry)?;
        if config.file.title.is_none() {
            config.file.title = args
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned());
        }
        Ok(config)
    }

    /// The same from the text of the file, which messages call by its path.
    pub(crate) fn parse(
        text: &str,
        args: &ConfigArgs,
        registry: &Registry,
    ) -> Result<Self, CliError> {
        let source = Source::new(&args.path.display().to_string(), text, &args.set);
        let document = Document::parse(&source)?;
        language::refuse(&document)?;
        let mut file: ConfigFile = document.deserialize()?;
        if let Some(seed) = args.seed {
            file.seed = seed;
        }
        if let Some(device) = &args.device {
            // What the command line says is not to be blamed on the file.
            equipoise_tensor::parse_device(device)?;
            file.device.clone_from(device);
        }
        Ok(file.check(&document, registry)?)
    }

    /// The heading of the report.
    pub(crate) fn title(&self) -> &str {
        self.file.title.as_deref().unwrap_or("Equipoise")
    }

    /// The seed of every random step that has none of its own.
    pub(crate) fn seed(&self) -> u64 {
        self.file.seed
    }

    /// Where tensors live.
    pub(crate) fn device(&self) -> &DeviceName {
        &self.device
    }

    /// Where the data are, what is predicted, and who is who.
    pub(crate) fn data(&self) -> &CheckedDataConfig {
        &self.data
    }

    /// The base model.
    pub(crate) fn model(&self) -> &ModelConfig {
        &self.file.model
    }

    /// Pretraining, where there is to be any.
    pub(crate) fn pretrain(&self) -> Option<&PretrainConfig> {
        self.file.pretrain.as_ref()
    }

    /// Fine-tuning.
    pub(crate) fn finetune(&self) -> &FineTuneConfig {
        &self.file.finetune
    }

    /// The fairness losses, in order; none where there is to be none.
    pub(crate) fn fairness(&self) -> &[FairnessConfig] {
        self.file
            .fairness
            .as_ref()
            .map_or(&[], FairnessTables::terms)
    }

    /// How the models are audited.
    pub(crate) fn audit(&self) -> AuditOptions {
        self.file
            .audit
            .options(derive_seed(self.file.seed, "audit", 0, "bootstrap"))
    }

    /// The whole configuration with every default written out, as the text of a TOML file that
    /// reads back as the same configuration.
    ///
    /// # Errors
    ///
    /// When a value has no form in TOML.
    pub(crate) fn to_toml(&self) -> Result<String, CliError> {
        toml::to_string(&self.file).map_err(CliError::encode("the configuration as TOML"))
    }
}

#[cfg(test)]
mod tests;
