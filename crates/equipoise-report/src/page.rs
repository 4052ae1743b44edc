//! From the input to the page.

use askama::Template;

use crate::Error;
use crate::input::ReportInput;
use crate::plot::{self, Figure, Place, Subject};
use crate::section::classes::{self, Classes};
use crate::section::comparison::{self, Comparison};
use crate::section::contents::Contents;
use crate::section::data::{self, DataTables};
use crate::section::limits::{self, Limits};
use crate::section::rates::{self, RatePart};
use crate::section::repeat;
use crate::section::summary::{self, Summary};
use crate::section::training::{self, EpochTable, StageRow};
use crate::vocabulary::capitalised;

/// The style sheet, which stands in the page.
pub(crate) const STYLE: &str = include_str!("../templates/report.css");

/// Who writes pages.
pub(crate) const GENERATOR: &str = concat!("equipoise-report ", env!("CARGO_PKG_VERSION"));

/// The page as its template sees it.
#[derive(Debug, Template)]
#[template(path = "report.html")]
struct Page<'a> {
    style: &'static str,
    generator: &'static str,
    input: &'a ReportInput,
    /// What the numbers of the first table are of.
    measured: String,
    contents: Contents,
    settings: Vec<(String, String)>,
    summary: Summary,
    headlines: Comparison,
    further_measures: Comparison,
    further_gaps: Comparison,
    rates: Vec<PartOfRates>,
    classes: Classes,
    tradeoff: Vec<Figure>,
    training: Vec<Figure>,
    stages: Vec<StageRow>,
    epochs: Vec<EpochTable>,
    data: Option<DataTables>,
    data_figures: Vec<Figure>,
    limits: Limits,
}

impl Page<'_> {
    /// The chapters that have something to say.
    fn chapters(&self) -> Contents {
        let side_by_side = if self.input.models.len() > 1 {
            "Models side by side"
        } else {
            "Overall values and gaps"
        };
        let compared = !(self.headlines.rows.is_empty() && self.further_gaps.rows.is_empty());
        let trained = !(self.stages.is_empty() && self.training.is_empty());
        let repeatable = !self.settings.is_empty() || self.input.command.is_some();
        Contents::of([
            ("summary", "Summary", true),
            ("comparison", side_by_side, compared),
            ("rates", "Rates by group", !self.rates.is_empty()),
            ("classes", "Class by class", !self.classes.parts.is_empty()),
            (
                "tradeoff",
                "Accuracy against unfairness",
                !self.tradeoff.is_empty(),
            ),
            ("training", "Training", trained),
            ("data", "Data by group", self.data.is_some()),
            ("limits", "Limits of what was measured", true),
            ("repeat", "How to repeat", repeatable),
        ])
    }
}

/// What the numbers of the comparison are of, as the caption of its table.
fn measured(input: &ReportInput) -> String {
    let part = capitalised(input.measured_part());
    match input.group_attributes.first() {
        Some(attribute) => format!("{part}; gaps by {attribute}, with intervals where known"),
        None => format!("{part}, with intervals where known"),
    }
}

/// The figures and the tables of one set of group attributes.
#[derive(Debug)]
struct PartOfRates {
    figures: Vec<Figure>,
    tables: RatePart,
}

/// Writes the page.
///
/// The page needs no network, no script and no other file. Texts of the input are escaped, in
/// the figures as well. Numbers that could not be estimated are named with their reason; none is
/// written as zero or "NaN".
///
/// # Errors
///
/// When two models share a name, or when there are more than
/// [`MOST_MODELS`](crate::input::MOST_MODELS).
pub fn render(input: &ReportInput) -> Result<String, Error> {
    input.check()?;
    let subject = Subject::new(input);
    let classes = classes::inputs(input);
    let classes: Vec<(String, Subject<'_>)> = (classes.iter())
        .map(|(name, input)| (name.clone(), Subject::new(input)))
        .collect();
    let figures = plot::draw(&subject, Place::Rates);
    let mut page = Page {
        style: STYLE,
        generator: GENERATOR,
        input,
        measured: measured(input),
        contents: Contents::default(),
        settings: repeat::settings(&subject),
        summary: summary::summary(&subject, &classes),
        classes: classes::classes(&classes),
        headlines: comparison::headlines(&subject),
        further_measures: comparison::further_measures(&subject),
        further_gaps: comparison::further_gaps(&subject),
        rates: rates::parts(&subject)
            .into_iter()
            .map(|tables| PartOfRates {
                figures: figures
                    .iter()
                    .filter(|figure| figure.part == tables.part)
                    .cloned()
                    .collect(),
                tables,
            })
            .collect(),
        tradeoff: plot::draw(&subject, Place::Tradeoff),
        training: plot::draw(&subject, Place::Training),
        stages: training::stages(input),
        epochs: training::epochs(input),
        data: input.data.as_ref().map(data::tables),
        data_figures: plot::draw(&subject, Place::Data),
        limits: limits::limits(&subject),
    };
    page.contents = page.chapters();
    Ok(page.render()?)
}
