//! What is sent of a run folder.

use std::path::Path;

use equipoise_core::{StageHistory, TrainingHistory};

use crate::{
    error::CliError,
    pipeline::{RunRecord, page::settings, record::read_json},
};

/// What is sent of a run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrackedRun {
    /// Its name.
    pub(crate) name: String,
    /// The configuration with every default, as pairs of dotted key and value.
    pub(crate) parameters: Vec<(String, String)>,
    /// What is known of it beside the configuration.
    pub(crate) tags: Vec<(String, String)>,
    /// All numbers, in order.
    pub(crate) metrics: Vec<TrackedMetric>,
}

/// One number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrackedMetric {
    /// `MODEL/STAGE/train/NAME`, `MODEL/STAGE/valid/NAME` or `MODEL/test/NAME`.
    pub(crate) name: String,
    /// The value.
    pub(crate) value: f64,
    /// The epoch from 1; 0 for the test part.
    pub(crate) step: usize,
}

impl TrackedRun {
    /// Of a finished run.
    ///
    /// # Errors
    ///
    /// When the folder holds no finished run, or a file is not as a run writes it.
    pub(crate) fn load(folder: &Path) -> Result<Self, CliError> {
        let record = RunRecord::load(folder)?;
        let config = fs_err::read_to_string(folder.join("config.toml"))
            .map_err(CliError::file("read a result"))?;
        let mut metrics = Vec::new();
        for model in &record.models {
            let name = &model.name;
            let history: TrainingHistory =
                read_json(&folder.join("models").join(name).join("history.json"))?;
            for stage in &history.stages {
                of_stage(&format!("{name}/{}", stage.stage), stage, &mut metrics);
            }
            let test = serde_json::to_value(model.test)
                .map_err(CliError::encode("the numbers of the test part"))?;
            for (metric, value) in test.as_object().into_iter().flatten() {
                // What could not be estimated is null.
                metrics.extend(value.as_f64().map(|value| TrackedMetric {
                    name: format!("{name}/test/{metric}"),
                    value,
                    step: 0,
                }));
            }
        }
        let tags = [
            ("equipoise.version", env!("CARGO_PKG_VERSION")),
            ("equipoise.device", record.device.as_str()),
            ("equipoise.data_sha256", record.data.sha256.as_str()),
        ];
        Ok(Self {
            name: format!("{}, seed {}", record.title, record.seed),
            parameters: settings(&config)?,
            tags: (tags.iter())
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
            metrics,
        })
    }
}

fn of_stage(path: &str, stage: &StageHistory, metrics: &mut Vec<TrackedMetric>) {
    for epoch in &stage.epochs {
        let mut tell = |name: String, value: f64| {
            metrics.push(TrackedMetric {
                name,
                value,
                step: epoch.epoch,
            });
        };
        tell(format!("{path}/learning_rate"), epoch.learning_rate);
        if let Some(lambda) = epoch.lambda {
            tell(format!("{path}/lambda"), lambda);
        }
        for (part, values) in [("train", &epoch.train), ("valid", &epoch.valid)] {
            for (name, value) in values {
                tell(format!("{path}/{part}/{name}"), *value);
            }
        }
    }
}
