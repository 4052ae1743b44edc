//! From the input to the page.

use askama::Template;

use crate::Error;
use crate::input::ReportInput;
use crate::plot::{self, Figure, Place, Subject};
use crate::section::comparison::{self, Comparison};
use crate::section::data::{self, DataTables};
use crate::section::limits::{self, Limits};
use crate::section::rates::{self, RateTable};
use crate::section::summary::{self, Summary};
use crate::section::training::{self, EpochTable, StageRow};

/// The style sheet, which stands in the page.
const STYLE: &str = include_str!("../templates/report.css");

/// The page as its template sees it.
#[derive(Debug, Template)]
#[template(path = "report.html")]
struct Page<'a> {
    style: &'static str,
    generator: &'static str,
    input: &'a ReportInput,
    conventions: Vec<&'static str>,
    summary: Summary,
    headlines: Comparison,
    further_gaps: Comparison,
    rates: Vec<PartOfRates>,
    tradeoff: Vec<Figure>,
    training: Vec<Figure>,
    stages: Vec<StageRow>,
    epochs: Vec<EpochTable>,
    data: Option<DataTables>,
    data_figures: Vec<Figure>,
    limits: Limits,
}

/// The figures and the table of one set of group attributes.
#[derive(Debug)]
struct PartOfRates {
    figures: Vec<Figure>,
    table: RateTable,
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
    let figures = plot::draw(&subject, Place::Rates);
    let mut conventions: Vec<&'static str> = Vec::new();
    for evidence in &subject.evidence {
        let name = evidence.audit().convention.name();
        if !conventions.contains(&name) {
            conventions.push(name);
        }
    }
    let page = Page {
        style: STYLE,
        generator: concat!("equipoise-report ", env!("CARGO_PKG_VERSION")),
        input,
        conventions,
        summary: summary::summary(&subject),
        headlines: comparison::headlines(&subject),
        further_gaps: comparison::further_gaps(&subject),
        rates: rates::tables(&subject)
            .into_iter()
            .map(|table| PartOfRates {
                figures: figures
                    .iter()
                    .filter(|figure| figure.part == table.part)
                    .cloned()
                    .collect(),
                table,
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
    Ok(page.render()?)
}
