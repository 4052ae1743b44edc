//! `sweep.json`: what came out of a sweep, without clock, host or path outside of its folder.

use std::collections::BTreeMap;

use equipoise_report::PeerVerdict;
use serde::Serialize;

use super::{
    objective::{Goal, Objective},
    recommendation::Recommendation,
    summary::{Summary, TrialSummary},
    trial::{Settings, trial_name},
};
use crate::error::CliError;

/// What came out of a sweep.
#[derive(Debug, Serialize)]
pub(crate) struct SweepRecord {
    schema: &'static str,
    seeds: Vec<u64>,
    objectives: Vec<ObjectiveRecord>,
    /// All trials, in order.
    trials: Vec<TrialRecord>,
    /// The names of the trials on the Pareto front of the validation means, in order.
    front: Vec<String>,
    recommendation: Recommendation,
    /// Where the front stands against each point of another system, by the test part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    peers: Vec<PeerRecord>,
}

#[derive(Debug, Serialize)]
struct PeerRecord {
    name: String,
    standing: &'static str,
    trial: Option<String>,
    words: String,
}

#[derive(Debug, Serialize)]
struct ObjectiveRecord {
    name: String,
    goal: Goal,
}

#[derive(Debug, Serialize)]
struct TrialRecord {
    name: String,
    settings: BTreeMap<String, toml::Value>,
    on_front: bool,
    valid: BTreeMap<String, Summary>,
    test: BTreeMap<String, Summary>,
}

impl SweepRecord {
    /// Of all trials of a sweep; `measures` are the objectives and, where it is none of them, what
    /// the recommendation limits.
    pub(crate) fn new(
        seeds: &[u64],
        objectives: &[Objective],
        measures: &[Objective],
        settings: &[Settings],
        trials: &[TrialSummary],
        front: &[usize],
        recommendation: Recommendation,
    ) -> Self {
        let named = |summaries: &[Summary]| {
            let names = measures.iter().map(ToString::to_string);
            names.zip(summaries.iter().cloned()).collect()
        };
        Self {
            schema: "equipoise.sweep/1",
            seeds: seeds.to_vec(),
            objectives: objectives
                .iter()
                .map(|objective| ObjectiveRecord {
                    name: objective.to_string(),
                    goal: objective.goal(),
                })
                .collect(),
            trials: trials
                .iter()
                .zip(settings)
                .map(|(trial, settings)| TrialRecord {
                    name: trial_name(trial.trial),
                    settings: settings.0.iter().cloned().collect(),
                    on_front: front.contains(&trial.trial),
                    valid: named(&trial.valid),
                    test: named(&trial.test),
                })
                .collect(),
            front: front.iter().copied().map(trial_name).collect(),
            recommendation,
            peers: Vec::new(),
        }
    }

    /// The same with where the front stands against other systems.
    #[must_use]
    pub(crate) fn with_peers(mut self, verdicts: &[PeerVerdict]) -> Self {
        self.peers = verdicts
            .iter()
            .map(|verdict| PeerRecord {
                name: verdict.peer.clone(),
                standing: verdict.standing.name(),
                trial: verdict.trial.clone(),
                words: verdict.sentence.clone(),
            })
            .collect();
        self
    }

    /// The text of the file.
    ///
    /// # Errors
    ///
    /// When a value has no form in JSON.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, CliError> {
        let mut bytes =
            serde_json::to_vec_pretty(self).map_err(CliError::encode("the record of the sweep"))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
