//! What all steps of a run share.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use equipoise_data::{Prepared, TabularBatcher, TabularDataset, catalogue::Checksum, file_sha256};
use equipoise_tensor::DeviceName;
use equipoise_train::{Run, TrainingData};

use super::{
    RunFolder,
    texts::Texts,
    timing::{Clock, Timing},
};
use crate::{
    args::RunArgs, config::Config, context::Context, error::CliError, interrupt,
    logging::LogFileGuard,
};

/// A run with its data in memory.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    pub(crate) config: Config,
    pub(crate) context: &'a Context<'a>,
    pub(crate) folder: RunFolder,
    pub(crate) data: Prepared,
    /// What there is beside the rows where the model sees texts.
    pub(crate) texts: Option<Texts>,
    pub(crate) device: equipoise_tensor::Device,
    /// The device, with `auto` resolved.
    pub(crate) device_name: DeviceName,
    interrupted: Arc<AtomicBool>,
    fingerprint: String,
    timing: Timing,
    _log: LogFileGuard,
}

/// What a command finds in its output folder.
#[derive(Debug)]
pub(crate) enum Found<'a> {
    /// There is work to do.
    Unfinished(Box<Job<'a>>),
    /// Everything was done before.
    Finished(RunFolder),
}

impl<'a> Job<'a> {
    /// Reads the configuration, opens the output folder and, unless the run is finished, the data
    /// and the device.
    ///
    /// # Errors
    ///
    /// When the configuration or the data are not legal, when the folder belongs to another run,
    /// or when the device is not there.
    pub(crate) fn open(args: &RunArgs, context: &'a Context<'a>) -> Result<Found<'a>, CliError> {
        let config = context.load(&args.config)?;
        let text = config.to_toml()?;
        let folder = RunFolder::open(&out_folder(args), &text)?;
        if folder.is_finished() {
            folder.clear_checkpoints()?;
            return Ok(Found::Finished(folder));
        }
        let log = context.logging().also_to(&folder.path("log.jsonl"))?;
        let device_name = config.device().clone().resolve()?;
        let device = equipoise_tensor::open_device(&device_name)?;
        let interrupted = interrupt::catch()?;
        let mut timing = Timing::default();
        let data = timing.measure("data", || read(&config))?;
        let texts = Texts::open(&config, &data)?;
        folder.write(
            "data.json",
            &serde_json::to_vec(&data.profile).map_err(CliError::encode("the data profile"))?,
        )?;
        let base = texts.as_ref().map(|texts| texts.digest.as_str());
        let lists = config.data().word_lists();
        let fingerprint = fingerprint(&text, &data.sha256, &device_name, base, &lists)?;
        let job = Self {
            config,
            context,
            folder,
            data,
            texts,
            device,
            device_name,
            interrupted,
            fingerprint,
            timing,
            _log: log,
        };
        job.check_strategy()?;
        Ok(Found::Unfinished(Box::new(job)))
    }

    /// What training must know of the run, for the model of a name.
    pub(crate) fn run(&self, model: &str) -> Run {
        Run {
            seed: self.config.seed(),
            device: self.device.clone(),
            checkpoints: self.folder.checkpoints(model),
            fingerprint: self.fingerprint.clone(),
            interrupted: Arc::clone(&self.interrupted),
            terminal: self.context.draws_training(),
            label: model.to_owned(),
            events: Some(self.folder.path("events")),
        }
    }

    /// The rows that models are trained on.
    pub(crate) fn training_data(&self) -> TrainingData {
        TrainingData {
            train: Arc::new(TabularDataset::new(self.data.train.clone())),
            valid: Arc::new(TabularDataset::new(self.data.valid.clone())),
            batcher: Arc::new(TabularBatcher),
            length: None,
        }
    }

    /// Takes the time of a training step, and keeps messages off the terminal while burn-train
    /// draws on it.
    ///
    /// # Errors
    ///
    /// Those of the step.
    pub(crate) fn measure_training<T>(
        &mut self,
        step: &str,
        work: impl FnOnce(&Self) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let context = self.context;
        let _pause = context
            .draws_training()
            .then(|| context.logging().pause_terminal());
        self.measure(step, work)
    }

    /// Takes the time of a step.
    ///
    /// # Errors
    ///
    /// Those of the step.
    pub(crate) fn measure<T>(
        &mut self,
        step: &str,
        work: impl FnOnce(&Self) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        if self.interrupted.load(Ordering::SeqCst) {
            return Err(CliError::Interrupted {
                step: step.to_owned(),
            });
        }
        let _span = tracing::info_span!("step", name = step).entered();
        let clock = Clock::start();
        let result = work(self);
        self.timing.note(step, clock);
        result
    }

    /// Writes the times of all steps of this process.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub(crate) fn write_timing(&self) -> Result<(), CliError> {
        self.folder.write("timing.json", &self.timing.to_json()?)
    }
}

/// Where a run is written: `--out`, or `runs/<name of the configuration file>`.
pub(super) fn out_folder(args: &RunArgs) -> PathBuf {
    args.out.clone().unwrap_or_else(|| {
        let stem = args.config.file_stem().unwrap_or_default();
        Path::new("runs").join(stem)
    })
}

fn read(config: &Config) -> Result<Prepared, CliError> {
    let _span = tracing::info_span!("data").entered();
    let data = equipoise_data::prepare(config.data(), config.seed())?;
    for warning in &data.warnings {
        tracing::warn!("{warning}");
    }
    for dropped in &data.dropped {
        tracing::warn!("{} rows are left out: {}", dropped.count, dropped.reason);
    }
    tracing::info!(
        "data: {} rows, of which {} to train on, {} to validate on and {} to test on",
        data.rows,
        data.train.len(),
        data.valid.len(),
        data.test.len()
    );
    tracing::debug!(sha256 = data.sha256, "the data file");
    Ok(data)
}

/// Everything that the weights depend on, in one text.
///
/// # Errors
///
/// When a list of words cannot be read.
pub(super) fn fingerprint(
    config: &str,
    data: &str,
    device: &DeviceName,
    base: Option<&str>,
    word_lists: &[&Path],
) -> Result<String, CliError> {
    let device = device.to_string();
    let lists = (word_lists.iter())
        .map(|list| file_sha256(list))
        .collect::<Result<Vec<_>, _>>()?;
    let mut parts = vec![env!("CARGO_PKG_VERSION"), config, data, &device];
    parts.extend(base);
    parts.extend(lists.iter().map(String::as_str));
    // No part has a NUL, so that two lists of parts are never one text.
    Ok(Checksum::of_bytes(parts.join("\0").as_bytes()).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_that_of_the_words_in_the_lists_too() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("pairs.toml");
        let device = equipoise_tensor::parse_device("cpu").unwrap();
        let print = |text: &str| {
            std::fs::write(&list, text).unwrap();
            fingerprint("config", "data", &device, None, &[&list]).unwrap()
        };
        let first = print("pairs = []");
        assert_ne!(first, print("names = []"));
        assert_eq!(first, print("pairs = []"));
        assert_ne!(
            first,
            fingerprint("config", "data", &device, None, &[]).unwrap()
        );
        let gone = folder.path().join("gone.toml");
        assert!(fingerprint("config", "data", &device, None, &[&gone]).is_err());
    }
}
