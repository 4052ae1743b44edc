//! A front as sentences.

use super::input::{FrontMeasure, FrontReport, FrontTrial, Peer, PeerValue};
use super::standing::{Standing, standing};
use crate::vocabulary::{capitalised, in_a_sentence};

/// Where a front stands against a point of another system, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerVerdict {
    /// The name of the other system.
    pub peer: String,
    /// Where the front stands.
    pub standing: Standing,
    /// The name of the trial that says so, where there is one.
    pub trial: Option<String>,
    /// All of it in words.
    pub sentence: String,
}

/// Where the front stands against each point of another system, in order.
pub fn peer_verdicts(report: &FrontReport) -> Vec<PeerVerdict> {
    report
        .peers
        .iter()
        .map(|peer| {
            let (found, place) = standing(&report.measures, &report.trials, peer);
            let trial = place.map(|place| &report.trials[place]);
            PeerVerdict {
                peer: peer.name.clone(),
                standing: found,
                trial: trial.map(|trial| trial.name.clone()),
                sentence: sentence(report, peer, found, trial),
            }
        })
        .collect()
}

fn sentence(
    report: &FrontReport,
    peer: &Peer,
    standing: Standing,
    trial: Option<&FrontTrial>,
) -> String {
    let measures = &report.measures;
    let Some(point) = peer.point() else {
        let missing: Vec<String> = (measures.iter().zip(&peer.values))
            .filter(|(_, value)| value.is_none_or(|value| !value.value.is_finite()))
            .map(|(measure, _)| in_a_sentence(&measure.label))
            .collect();
        return format!(
            "{}: not comparable, since its {} is not known.",
            peer.name,
            missing.join(" and its ")
        );
    };
    let head = format!("{} ({})", peer.name, told(measures, point));
    let trial_point = trial.and_then(|trial| Some((trial, trial.point()?)));
    let Some((trial, values)) = trial_point else {
        return format!("{head}: not reached; {}.", nearest(report, point));
    };
    let verdict = match standing {
        Standing::AboveBeyondNoise => "the front lies above it, beyond the noise",
        Standing::Above => "the front lies above it, within the noise",
        _ => "not reached, but within the noise",
    };
    let differences: Vec<String> = (0..2)
        .map(|at| difference(&measures[at], values[at], point[at].value))
        .collect();
    format!(
        "{head}: {verdict}. Trial {}: {}.",
        trial.name,
        differences.join(", ")
    )
}

/// `accuracy 84.3%, demographic parity difference by sex 0.45 points`.
fn told(measures: &[FrontMeasure; 2], point: [PeerValue; 2]) -> String {
    let parts: Vec<String> = (measures.iter().zip(point))
        .map(|(measure, value)| {
            let label = in_a_sentence(&measure.label);
            format!("{label} {}", measure.written().value(value.value))
        })
        .collect();
    parts.join(", ")
}

/// `accuracy 1.20 points higher`, `the same accuracy`.
fn difference(measure: &FrontMeasure, value: f64, of: f64) -> String {
    let label = in_a_sentence(&measure.label);
    let by = value - of;
    if by == 0.0 {
        return format!("the same {label}");
    }
    let way = if by > 0.0 { "higher" } else { "lower" };
    let distance = measure
        .written()
        .distance(by)
        .replacen("below ", "less than ", 1);
    format!("{label} {distance} {way}")
}

/// What the front comes to where it does not reach a point.
fn nearest(report: &FrontReport, point: [PeerValue; 2]) -> String {
    let [first, second] = [0, 1].map(|at| {
        let (measure, other) = (&report.measures[at], &report.measures[1 - at]);
        let kept = report.trials.iter().filter_map(|trial| {
            let values = trial.point().filter(|_| trial.on_front)?;
            let is_kept = other.gain(values[1 - at]) >= other.gain(point[1 - at].value);
            is_kept.then_some((trial, values[at]))
        });
        let mut best: Option<(&FrontTrial, f64)> = None;
        for (trial, value) in kept {
            if best.is_none_or(|(_, known)| measure.gain(value) > measure.gain(known)) {
                best = Some((trial, value));
            }
        }
        let other = in_a_sentence(&other.label);
        match best {
            Some((trial, value)) => format!(
                "of the trials as good in {other}, {} comes closest: {}",
                trial.name,
                difference(measure, value, point[at].value)
            ),
            None => format!("no trial of the front is as good in {other}"),
        }
    });
    format!("{first}; {second}")
}

/// What the picture shows and what it does not.
pub(crate) fn caption(report: &FrontReport) -> String {
    let [up, across] = &report.measures;
    let way = |measure: &FrontMeasure, more: &str, less: &str| {
        let way = if measure.more_is_better { more } else { less };
        format!(
            "further {way} is a better {}",
            in_a_sentence(&measure.label)
        )
    };
    let seeds = match report.seeds {
        1 => "one seed".to_owned(),
        seeds => format!("the mean over {seeds} seeds, with the widest of their intervals"),
    };
    let mut caption = format!(
        "Each mark is a trial on the test part: {seeds}. {}, {}.",
        capitalised(&way(up, "up", "down")),
        way(across, "right", "left"),
    );
    if report.trials.iter().any(|trial| !trial.on_front) {
        caption.push_str(
            " Trials off the front are pale and have no intervals here; the table has them.",
        );
    }
    if !report.further.is_empty() {
        caption.push_str(" The front also takes into account what is not drawn: ");
        caption.push_str(&report.further.join(", "));
        caption.push('.');
    }
    if report.peers.iter().any(|peer| peer.point().is_some()) {
        caption.push_str(
            " Letters name other systems, with one standard deviation to both sides where it is \
             known.",
        );
    }
    caption
}

/// What to know about the front.
pub(crate) fn remarks(report: &FrontReport) -> Vec<String> {
    let mut remarks = Vec::new();
    let on_front = report.trials.iter().filter(|trial| trial.on_front).count();
    remarks.push(format!(
        "{on_front} of {} trials are on the front: on the validation part, no other trial is at \
         least as good in everything that is compared and better in something.",
        report.trials.len()
    ));
    remarks.push(
        "The front and the recommendation were chosen on the validation part, and what is drawn \
         is the test part. So the line may bend where the two parts differ, and a pale mark may \
         lie beyond it."
            .to_owned(),
    );
    let unknown: Vec<String> = report
        .trials
        .iter()
        .filter(|trial| trial.point().is_none())
        .map(|trial| {
            let reason = trial.test.iter().find_map(|value| value.reason.as_deref());
            format!("{} ({})", trial.name, reason.unwrap_or("no number"))
        })
        .collect();
    if !unknown.is_empty() {
        remarks.push(format!(
            "Not drawn, because a number could not be estimated: {}.",
            unknown.join(", ")
        ));
    }
    if !report.peers.is_empty() {
        remarks.push(
            "A front lies above a point if one of its trials is at least as good in both measures. \
             Which trial that is was looked up on the test part, which flatters the front a \
             little. Beyond the noise means that the intervals of trial and point lie apart in both \
             measures; where they do not, another sample may say otherwise."
                .to_owned(),
        );
    }
    remarks
}
