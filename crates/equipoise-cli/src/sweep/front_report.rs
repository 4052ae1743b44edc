//! A sweep as the page of its front: the first two objectives of all trials, and other systems.

use equipoise_metrics::Unit;
use equipoise_report::{
    FrontMeasure, FrontReport, FrontTrial, FrontUnit, FrontValue, Peer, PeerValue,
};

use super::{
    objective::{Goal, Objective},
    recommendation::Recommendation,
    summary::{Summary, TrialSummary},
    trial::trial_name,
};
use crate::config::{PeerPoint, SweepConfig};

/// What the page of a sweep is made of; `None` where fewer than two objectives are compared.
pub(crate) fn front_report(
    config: &SweepConfig,
    trials: &[TrialSummary],
    front: &[usize],
    recommendation: &Recommendation,
) -> Option<FrontReport> {
    let [first, second, further @ ..] = config.objectives() else {
        return None;
    };
    let peers = config.peers();
    Some(FrontReport {
        title: format!("{}: the front of a sweep", config.base().title()),
        measures: [measure(first), measure(second)],
        further: further
            .iter()
            .map(|further| measure(further).label)
            .collect(),
        seeds: config.seeds().len(),
        trials: trials
            .iter()
            .map(|trial| FrontTrial {
                name: trial_name(trial.trial),
                settings: config.trials()[trial.trial].to_string(),
                valid: both(&trial.valid),
                test: both(&trial.test),
                on_front: front.contains(&trial.trial),
                recommended: recommendation.index == Some(trial.trial),
            })
            .collect(),
        recommendation: recommendation.reason.replace('`', ""),
        protocol: peers.map_or_else(String::new, |peers| peers.protocol.clone()),
        peers: peers.map_or_else(Vec::new, |peers| {
            let points = peers.points.iter();
            points.map(|point| peer(point, [first, second])).collect()
        }),
        command: None,
    })
}

fn measure(objective: &Objective) -> FrontMeasure {
    FrontMeasure {
        label: objective.label(),
        more_is_better: objective.goal() == Goal::Up,
        unit: match objective.unit() {
            (Unit::Fraction, true) => FrontUnit::Difference,
            (Unit::Fraction, false) => FrontUnit::Share,
            _ => FrontUnit::Number,
        },
    }
}

fn both(summaries: &[Summary]) -> [FrontValue; 2] {
    [0, 1].map(|index| {
        summaries
            .get(index)
            .map_or_else(FrontValue::default, |summary| FrontValue {
                value: summary.mean,
                interval: summary.low.zip(summary.high),
                reason: summary.reason.clone(),
            })
    })
}

fn peer(point: &PeerPoint, measures: [&Objective; 2]) -> Peer {
    Peer {
        name: point.name.clone(),
        source: point.source.clone(),
        differs: point.differs.clone(),
        values: measures.map(|measure| {
            let (value, spread) = point.value(measure)?;
            Some(PeerValue { value, spread })
        }),
    }
}
