//! From a sweep to its page and its picture.

use askama::Template;

use super::input::{FrontMeasure, FrontReport, FrontTrial, FrontValue, Peer};
use super::words::{self, PeerVerdict};
use crate::Error;
use crate::input::ReportInput;
use crate::number::NOT_ESTIMABLE;
use crate::page::{GENERATOR, STYLE};
use crate::plot::{self, Figure, Place, Subject};
use crate::section::Cell;
use crate::vocabulary::in_a_sentence;

/// What is written of a sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontPage {
    /// The page, which needs no other file.
    pub html: String,
    /// The picture alone; a text in the place of the axes where nothing can be drawn.
    pub svg: String,
}

/// The page as its template sees it.
#[derive(Debug, Template)]
#[template(path = "front.html")]
struct Page<'a> {
    style: &'static str,
    generator: &'static str,
    report: &'a FrontReport,
    /// The second measure within a sentence.
    against: String,
    remarks: Vec<String>,
    figures: Vec<Figure>,
    verdicts: Vec<PeerVerdict>,
    trials: Vec<TrialRow>,
    peers: Vec<PeerRow>,
}

/// A trial as a row of the table: both measures on the validation part, then on the test part.
#[derive(Debug)]
struct TrialRow {
    name: String,
    mark: &'static str,
    cells: [Cell; 4],
    settings: String,
}

/// A point of another system as a row of the table.
#[derive(Debug)]
struct PeerRow {
    letter: String,
    name: String,
    cells: [Cell; 2],
    source: String,
    differs: String,
}

/// Writes the page and the picture of a sweep.
///
/// Neither needs the network, a script or another file. Texts are escaped. The same report gives
/// the same bytes.
///
/// # Errors
///
/// When two trials or two other systems share a name.
pub fn render_front(report: &FrontReport) -> Result<FrontPage, Error> {
    check(report)?;
    let input = ReportInput::default();
    let subject = Subject::of_front(&input, report);
    let figures = plot::draw(&subject, Place::Front);
    let svg = plot::standalone(&report.title, figures.first());
    let page = Page {
        style: STYLE,
        generator: GENERATOR,
        report,
        against: in_a_sentence(&report.measures[1].label),
        remarks: words::remarks(report),
        verdicts: words::peer_verdicts(report),
        trials: report
            .trials
            .iter()
            .map(|trial| row(report, trial))
            .collect(),
        peers: (report.peers.iter().enumerate())
            .map(|(place, peer)| peer_row(&report.measures, place, peer))
            .collect(),
        figures,
    };
    Ok(FrontPage {
        html: page.render()?,
        svg,
    })
}

fn check(report: &FrontReport) -> Result<(), Error> {
    let trials = report.trials.iter().map(|trial| trial.name.as_str());
    if let Some(name) = repeated(trials) {
        return Err(Error::DuplicateTrial { name });
    }
    let peers = report.peers.iter().map(|peer| peer.name.as_str());
    match repeated(peers) {
        Some(name) => Err(Error::DuplicatePeer { name }),
        None => Ok(()),
    }
}

fn repeated<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut known = std::collections::BTreeSet::new();
    names
        .filter(|name| !known.insert(*name))
        .map(str::to_owned)
        .next()
}

fn row(report: &FrontReport, trial: &FrontTrial) -> TrialRow {
    let [one, two] = &report.measures;
    TrialRow {
        name: trial.name.clone(),
        mark: match (trial.recommended, trial.on_front) {
            (true, _) => "recommended",
            (false, true) => "on the front",
            (false, false) => "",
        },
        cells: [
            cell(one, &trial.valid[0]),
            cell(two, &trial.valid[1]),
            cell(one, &trial.test[0]),
            cell(two, &trial.test[1]),
        ],
        settings: trial.settings.clone(),
    }
}

fn cell(measure: &FrontMeasure, value: &FrontValue) -> Cell {
    let unit = measure.written();
    match value.finite() {
        Some(number) => Cell {
            value: unit.value(number),
            detail: value
                .interval
                .map_or_else(String::new, |(low, high)| unit.interval(low, high)),
            known: true,
        },
        None => Cell {
            value: NOT_ESTIMABLE.to_owned(),
            detail: value.reason.clone().unwrap_or_default(),
            known: false,
        },
    }
}

fn peer_row(measures: &[FrontMeasure; 2], place: usize, peer: &Peer) -> PeerRow {
    let cells = [0, 1].map(|at| {
        let unit = measures[at].written();
        match peer.values[at] {
            Some(value) => Cell {
                value: unit.value(value.value),
                detail: match value.spread {
                    Some(spread) => format!("± {}", unit.distance(spread)),
                    None => String::new(),
                },
                known: true,
            },
            None => Cell {
                value: "not known".to_owned(),
                detail: String::new(),
                known: false,
            },
        }
    });
    PeerRow {
        letter: plot::letter(place),
        name: peer.name.clone(),
        cells,
        source: peer.source.clone(),
        differs: peer.differs.clone(),
    }
}
