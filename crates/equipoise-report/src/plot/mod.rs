//! The plots: one file each, and one line in [`PLOTS`].
//!
//! Only this module knows the drawing library; what leaves it is an SVG element with the words
//! that go with it.

mod base_rates;
mod canvas;
mod front;
mod group_counts;
mod proxies;
mod rates_by_group;
mod tradeoff;
mod training_curves;

pub(crate) use canvas::standalone;
pub(crate) use front::letter;

use crate::evidence::Evidence;
use crate::front::FrontReport;
use crate::input::ReportInput;
use crate::vocabulary::{Measures, Rate, rates};

/// All plots, in the order of the page.
pub(crate) const PLOTS: &[&PlotSpec] = &[
    &rates_by_group::SPEC,
    &tradeoff::SPEC,
    &training_curves::SPEC,
    &group_counts::SPEC,
    &base_rates::SPEC,
    &proxies::SPEC,
    &front::SPEC,
];

/// Where in the page a plot belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Rates by group.
    Rates,
    /// Accuracy against unfairness.
    Tradeoff,
    /// Training.
    Training,
    /// Data by group.
    Data,
    /// The trials of a sweep, on a page of their own.
    Front,
}

/// A kind of plot.
#[derive(Debug)]
pub(crate) struct PlotSpec {
    /// The name, with which the ids of its figures begin.
    pub(crate) name: &'static str,
    /// Where it belongs.
    pub(crate) place: Place,
    /// Draws as many figures as there is something to draw; none is fine.
    pub(crate) draw: fn(&Subject<'_>) -> Vec<Figure>,
}

/// What there is to draw.
#[derive(Debug)]
pub(crate) struct Subject<'a> {
    /// The input of the report.
    pub(crate) input: &'a ReportInput,
    /// The audit of each model, in order.
    pub(crate) evidence: Vec<Evidence<'a>>,
    /// The rates by group that were audited, those that are preferred first.
    pub(crate) rates: Vec<Rate<'a>>,
    /// The measures of whole models that were audited.
    pub(crate) measures: Measures<'a>,
    /// The trials of a sweep, on their page alone.
    pub(crate) front: Option<&'a FrontReport>,
}

impl<'a> Subject<'a> {
    /// The subject of a report.
    pub(crate) fn new(input: &'a ReportInput) -> Self {
        let evidence: Vec<Evidence<'a>> = input
            .models
            .iter()
            .map(|model| Evidence::new(&model.audit))
            .collect();
        Self {
            rates: rates(&evidence, &input.label.positive),
            measures: Measures::audited(&evidence, &partitions(input)),
            input,
            evidence,
            front: None,
        }
    }

    /// The subject of the page of a sweep, which has nothing else to draw.
    pub(crate) fn of_front(nothing: &'a ReportInput, front: &'a FrontReport) -> Self {
        Self {
            front: Some(front),
            ..Self::new(nothing)
        }
    }

    /// Whether there is one model only, which needs no name then.
    pub(crate) fn is_of_one_model(&self) -> bool {
        self.input.models.len() == 1
    }

    /// The first attribute alone, which is that of the headline numbers; empty without one.
    pub(crate) fn first_attribute(&self) -> Vec<&'a str> {
        self.input
            .group_attributes
            .first()
            .map(String::as_str)
            .into_iter()
            .collect()
    }

    /// The sets of attributes by which people are told apart: each alone, then all together.
    pub(crate) fn partitions(&self) -> Vec<Vec<&'a str>> {
        partitions(self.input)
    }
}

fn partitions(input: &ReportInput) -> Vec<Vec<&str>> {
    let names: Vec<&str> = input.group_attributes.iter().map(String::as_str).collect();
    let mut partitions: Vec<Vec<&str>> = names.iter().map(|name| vec![*name]).collect();
    if names.len() > 1 {
        partitions.push(names);
    }
    partitions
}

/// A drawn figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    /// The id in the page: letters, digits and hyphens.
    pub(crate) id: String,
    /// The heading.
    pub(crate) title: String,
    /// A heading that several figures in a row share, if they do.
    pub(crate) part: String,
    /// What to know when reading it.
    pub(crate) caption: String,
    /// The SVG element, with the alternative text inside.
    pub(crate) svg: String,
    /// Who is who.
    pub(crate) legend: Vec<LegendEntry>,
}

/// One entry of a legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LegendEntry {
    /// What it stands for.
    pub(crate) text: String,
    /// The colour, as the style sheet names it.
    pub(crate) color: &'static str,
    /// The outline of the marker in a box of 16 by 16, if there is a marker.
    pub(crate) outline: Option<&'static str>,
    /// A line through the box: dashed, whole or none.
    pub(crate) line: Option<Dash>,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dash {
    /// In one piece.
    Whole,
    /// In pieces.
    Dashed,
}

impl Dash {
    /// The pieces as SVG has them.
    pub(crate) fn pieces(self) -> &'static str {
        match self {
            Self::Whole => "none",
            Self::Dashed => "4 3",
        }
    }
}

/// All figures of one place.
pub(crate) fn draw(subject: &Subject<'_>, place: Place) -> Vec<Figure> {
    PLOTS
        .iter()
        .filter(|spec| spec.place == place)
        .flat_map(|spec| (spec.draw)(subject))
        .collect()
}

/// The legend of the models of a subject, by marker; one model alone needs none.
fn legend_of_models(subject: &Subject<'_>) -> Vec<LegendEntry> {
    if subject.is_of_one_model() {
        return Vec::new();
    }
    subject
        .input
        .models
        .iter()
        .enumerate()
        .map(|(index, model)| {
            let series = canvas::theme::series(index);
            LegendEntry {
                text: model.name.clone(),
                color: series.color,
                outline: Some(series.outline),
                line: None,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_of_a_plot_is_registered() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/plot");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                name.strip_suffix(".rs").map(str::to_owned)
            })
            .filter(|name| name != "mod")
            .collect();
        let registered: BTreeSet<String> = PLOTS
            .iter()
            .map(|spec| spec.name.replace('-', "_"))
            .collect();
        assert_eq!(files, registered);
    }
}
