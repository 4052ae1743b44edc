//! The columns that give a group away.

use super::canvas::{Axis, Mark, RowChart, Scale};
use super::{Figure, Place, PlotSpec, Subject};
use crate::number::Unit;

/// The registry's line.
pub(super) const SPEC: PlotSpec = PlotSpec {
    name: "proxies",
    place: Place::Data,
    draw,
};

/// The most columns in one figure; the table has all.
const MOST_ROWS: usize = 8;

fn draw(subject: &Subject<'_>) -> Vec<Figure> {
    let Some(data) = &subject.input.data else {
        return Vec::new();
    };
    let shown = &data.proxies[..data.proxies.len().min(MOST_ROWS)];
    if shown.is_empty() {
        return Vec::new();
    }
    let id = format!("{}-0", SPEC.name);
    let rows: Vec<String> = shown
        .iter()
        .map(|proxy| format!("{} → {}", proxy.column, proxy.attribute))
        .collect();
    let words: Vec<String> = shown
        .iter()
        .map(|proxy| {
            format!(
                "{} gives away {} of {}",
                proxy.column,
                Unit::Percent.value(proxy.normalised_mutual_information),
                proxy.attribute
            )
        })
        .collect();
    let chart = RowChart {
        rows,
        lanes: 1,
        axis: Axis::covering(
            "Share of what there is to know about the group",
            Scale::Share,
            shown
                .iter()
                .map(|proxy| proxy.normalised_mutual_information)
                .chain([0.0]),
        ),
        marks: shown
            .iter()
            .enumerate()
            .filter(|(_, proxy)| proxy.normalised_mutual_information.is_finite())
            .map(|(row, proxy)| Mark::Bar {
                row,
                value: proxy.normalised_mutual_information,
            })
            .collect(),
    };
    let more = match data.proxies.len() - shown.len() {
        0 => String::new(),
        rest => format!(" {rest} weaker ones are in the table."),
    };
    let caption = format!(
        "A model that does not see the group can still infer it from these columns (normalised \
         mutual information).{more}"
    );
    vec![Figure {
        svg: chart.draw(
            &id,
            &format!("Columns that give a group away. {}.", words.join("; ")),
        ),
        id,
        title: "Columns that give a group away".to_owned(),
        part: String::new(),
        caption,
        legend: Vec::new(),
    }]
}
