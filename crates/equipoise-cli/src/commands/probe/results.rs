//! What all models answered.

use equipoise_models::{Pooling, ProbedFolder};
use equipoise_text::{MeasureSpec, PROBES, ProbeOptions, ProbeRecord, ProbeSpec};
use serde::Serialize;
use serde_json::{Map, Value};

use super::data::Found;
use crate::error::CliError;

/// The answers of all models, as the JSON has them.
#[derive(Debug, Serialize)]
pub(super) struct ProbeResults {
    schema: &'static str,
    confidence: f64,
    resamples: usize,
    permutations: usize,
    seed: u64,
    pub(super) models: Vec<ModelEntry>,
    pub(super) measures: Vec<MeasureEntry>,
    pub(super) records: Vec<RecordEntry>,
    pub(super) not_asked: Vec<NotAsked>,
}

/// A model that was asked.
#[derive(Debug, Serialize)]
pub(super) struct ModelEntry {
    pub(super) name: String,
    architecture: &'static str,
    layers: usize,
    width: usize,
    vocabulary: usize,
    window: usize,
    /// Which vector stood for a sentence.
    pooling: Pooling,
    /// The class that its classifier finds, where it has one.
    positive: Option<String>,
    /// How many texts were longer than the window, and were cut.
    texts_cut: usize,
}

/// What a measure is.
#[derive(Debug, Serialize)]
pub(super) struct MeasureEntry {
    pub(super) probe: &'static str,
    pub(super) measure: &'static str,
    pub(super) summary: &'static str,
    pub(super) ideal: Option<f64>,
    pub(super) higher: &'static str,
}

/// A number of a model.
#[derive(Debug, Serialize)]
pub(super) struct RecordEntry {
    pub(super) model: String,
    pub(super) probe: String,
    pub(super) measure: String,
    pub(super) subset: Map<String, Value>,
    pub(super) count: usize,
    pub(super) value: Option<f64>,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    pub(super) p_value: Option<f64>,
    pub(super) reason: Option<String>,
}

/// A probe that did not ask a model, or any where none is named.
#[derive(Debug, Serialize)]
pub(super) struct NotAsked {
    pub(super) model: Option<String>,
    pub(super) probe: &'static str,
    pub(super) reason: String,
}

impl ProbeResults {
    /// No answers yet; probes without data are those that ask no model.
    pub(super) fn new(options: &ProbeOptions, data: &Found) -> Self {
        let measures = data.probes.iter().flat_map(|(spec, _)| {
            let entry = |measure: &'static MeasureSpec| MeasureEntry {
                probe: spec.name,
                measure: measure.name,
                summary: measure.summary,
                ideal: measure.ideal,
                higher: measure.higher,
            };
            spec.measures.iter().map(entry)
        });
        let mut results = Self {
            schema: "equipoise.probe/1",
            confidence: options.confidence,
            resamples: options.resamples,
            permutations: options.permutations,
            seed: options.seed,
            models: Vec::new(),
            measures: measures.collect(),
            records: Vec::new(),
            not_asked: Vec::new(),
        };
        for (spec, reason) in &data.missing {
            results.refuse(None, spec.name, reason);
        }
        results
    }

    /// A probe did not ask, and why.
    pub(super) fn refuse(&mut self, model: Option<&str>, probe: &'static str, reason: &str) {
        self.not_asked.push(NotAsked {
            model: model.map(str::to_owned),
            probe,
            reason: reason.to_owned(),
        });
    }

    /// What a model answered to a probe.
    pub(super) fn answer(&mut self, model: &str, records: Vec<ProbeRecord>) {
        self.records.extend(records.into_iter().map(|record| {
            RecordEntry {
                model: model.to_owned(),
                probe: record.probe,
                measure: record.measure,
                subset: (record.subset.into_iter())
                    .map(|(name, value)| (name, value.into()))
                    .collect(),
                count: record.count,
                value: record.value,
                low: record.low,
                high: record.high,
                p_value: record.p_value,
                reason: record.reason,
            }
        }));
    }

    /// What kind of model it was.
    pub(super) fn describe(&mut self, name: &str, pooling: Pooling, probed: &ProbedFolder) {
        let config = &probed.config;
        self.models.push(ModelEntry {
            name: name.to_owned(),
            architecture: config.architecture.name(),
            layers: config.layers,
            width: config.width,
            vocabulary: config.vocabulary,
            window: config.window(),
            pooling,
            positive: probed.positive().map(str::to_owned),
            texts_cut: probed.cut(),
        });
    }

    /// At least one model answered something.
    ///
    /// # Errors
    ///
    /// When none did, with the reasons.
    pub(super) fn expect_answers(&self) -> Result<(), CliError> {
        if !self.records.is_empty() {
            return Ok(());
        }
        let reasons = self.not_asked.iter().filter_map(|refused| {
            let model = refused.model.as_ref()?;
            Some(format!(
                "`{model}` by `{}`, as {}",
                refused.probe, refused.reason
            ))
        });
        Err(CliError::NothingAsked {
            reasons: reasons.collect(),
        })
    }

    /// The probes with answers or refusals, in the order of the registry.
    pub(super) fn probes(&self) -> impl Iterator<Item = &'static ProbeSpec> {
        (PROBES.iter()).filter(|spec| self.measures.iter().any(|entry| entry.probe == spec.name))
    }
}

impl RecordEntry {
    /// The values of the subset, or `all`.
    pub(super) fn examples(&self) -> String {
        if self.subset.is_empty() {
            return "all".to_owned();
        }
        let values: Vec<&str> = self.subset.values().filter_map(Value::as_str).collect();
        values.join(", ")
    }
}
