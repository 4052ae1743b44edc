//! Two measures of the trials of a sweep, their front, and other systems beside them.

use super::canvas::{Axis, FieldChart, FieldLook, FieldMark, Scale};
use super::{Dash, Figure, LegendEntry, Place, PlotSpec, Subject};
use crate::front::{FrontMeasure, FrontReport, FrontTrial, FrontUnit, caption, peer_verdicts};

use crate::number::Unit;
use crate::vocabulary::in_a_sentence;

/// The registry's line.
pub(super) const SPEC: PlotSpec = PlotSpec {
    name: "front",
    place: Place::Front,
    draw,
};

/// How many trials of a front have their names beside their marks; more would cover each other.
const MOST_NAMES: usize = 12;

/// The letters of the first other systems.
const LETTERS: [char; 26] = [
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S',
    'T', 'U', 'V', 'W', 'X', 'Y', 'Z',
];

/// What stands beside the mark of another system: `A`, and `A2` where there are more than letters.
pub(crate) fn letter(place: usize) -> String {
    let letter = LETTERS[place % LETTERS.len()];
    match place / LETTERS.len() {
        0 => letter.to_string(),
        round => format!("{letter}{}", round + 1),
    }
}

fn draw(subject: &Subject<'_>) -> Vec<Figure> {
    let Some(report) = subject.front else {
        return Vec::new();
    };
    let marks = marks(report);
    if marks.is_empty() {
        return Vec::new();
    }
    let mut line: Vec<(f64, f64)> = (report.trials.iter())
        .filter(|trial| trial.on_front)
        .filter_map(|trial| trial.point().map(|[up, across]| (across, up)))
        .collect();
    line.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.total_cmp(&two.1)));
    let [up, across] = &report.measures;
    let ends = |ends: Option<(f64, f64)>| {
        let (low, high) = ends.unwrap_or((f64::NAN, f64::NAN));
        [low, high]
    };
    let x = marks
        .iter()
        .flat_map(|mark| ends(mark.across).into_iter().chain([mark.at.0]));
    let y = marks
        .iter()
        .flat_map(|mark| ends(mark.upright).into_iter().chain([mark.at.1]));
    let id = format!("{}-0", SPEC.name);
    let chart = FieldChart {
        x: axis(across, x),
        y: axis(up, y),
        line,
        marks: marks.clone(),
    };
    vec![Figure {
        svg: chart.draw(&id, &alternative(report)),
        id,
        title: format!("{} against {}", up.label, in_a_sentence(&across.label)),
        part: String::new(),
        caption: caption(report),
        legend: legend(report),
    }]
}

fn axis(measure: &FrontMeasure, values: impl Iterator<Item = f64>) -> Axis {
    match measure.unit {
        FrontUnit::Share => Axis::covering(measure.label.clone(), Scale::Share, values),
        FrontUnit::Difference => {
            let label = format!("{}, in points", measure.label);
            Axis::covering(label, Scale::Points, values)
        }
        FrontUnit::Number => Axis::covering(measure.label.clone(), Scale::Number, values),
    }
}

/// Pale ones first, so that they lie below; then other systems, the front, and the recommended.
fn marks(report: &FrontReport) -> Vec<FieldMark> {
    let mut marks = Vec::new();
    let trials = |keep: fn(&FrontTrial) -> bool| {
        report
            .trials
            .iter()
            .filter(move |trial| keep(trial))
            .filter_map(|trial| Some((trial, trial.point()?)))
    };
    for (_, [up, across]) in trials(|trial| !trial.on_front && !trial.recommended) {
        marks.push(FieldMark::bare((across, up), FieldLook::Pale));
    }
    for (place, peer) in report.peers.iter().enumerate() {
        if let Some([up, across]) = peer.point() {
            marks.push(FieldMark {
                at: (across.value, up.value),
                across: across.spread.map(|_| across.ends()),
                upright: up.spread.map(|_| up.ends()),
                look: FieldLook::Other,
                name: letter(place),
            });
        }
    }
    let names = report.trials.iter().filter(|t| t.on_front).count() <= MOST_NAMES;
    let own = |trial: &FrontTrial, [up, across]: [f64; 2], look| FieldMark {
        at: (across, up),
        across: trial.test[1].ends().filter(|(low, high)| low < high),
        upright: trial.test[0].ends().filter(|(low, high)| low < high),
        look,
        name: if names {
            trial.name.clone()
        } else {
            String::new()
        },
    };
    for (trial, point) in trials(|trial| trial.on_front && !trial.recommended) {
        marks.push(own(trial, point, FieldLook::Front));
    }
    for (trial, point) in trials(|trial| trial.recommended) {
        marks.push(own(trial, point, FieldLook::Chosen));
    }
    marks
}

fn legend(report: &FrontReport) -> Vec<LegendEntry> {
    let entry = |text: &str, look: FieldLook, line| LegendEntry {
        text: text.to_owned(),
        color: look.color(),
        outline: Some(look.outline()),
        line,
    };
    let any = |keep: fn(&FrontTrial) -> bool| {
        (report.trials.iter()).any(|trial| keep(trial) && trial.point().is_some())
    };
    let mut legend = Vec::new();
    if any(|trial| trial.on_front) {
        legend.push(entry("on the front", FieldLook::Front, Some(Dash::Whole)));
    }
    if any(|trial| trial.recommended) {
        legend.push(entry("recommended", FieldLook::Chosen, None));
    }
    if any(|trial| !trial.on_front && !trial.recommended) {
        legend.push(entry("off the front", FieldLook::Pale, None));
    }
    for (place, peer) in report.peers.iter().enumerate() {
        if peer.point().is_some() {
            let text = format!("{} {}", letter(place), peer.name);
            legend.push(entry(&text, FieldLook::Other, None));
        }
    }
    legend
}

fn alternative(report: &FrontReport) -> String {
    let [up, across] = &report.measures;
    let units: [Unit; 2] = [up.written(), across.written()];
    let mut words: Vec<String> = report
        .trials
        .iter()
        .filter_map(|trial| {
            let [one, two] = trial.point()?;
            let mark = match (trial.recommended, trial.on_front) {
                (true, _) => ", recommended",
                (_, true) => ", on the front",
                _ => "",
            };
            Some(format!(
                "Trial {}{mark}: {} and {}.",
                trial.name,
                units[0].value(one),
                units[1].value(two)
            ))
        })
        .collect();
    words.extend(
        peer_verdicts(report)
            .into_iter()
            .map(|verdict| verdict.sentence),
    );
    format!(
        "{} against {}. {}",
        up.label,
        in_a_sentence(&across.label),
        words.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_the_last() {
        let all: Vec<String> = [0, 25, 26, 53].map(letter).into();
        assert_eq!(all, ["A", "Z", "A2", "B3"]);
    }
}
