//! How many people each group has.

use super::canvas::{Axis, Mark, RowChart, Scale};
use super::{Figure, Place, PlotSpec, Subject};
use crate::number;
use crate::section::data::single_attribute_groups;

/// The registry's line.
pub(super) const SPEC: PlotSpec = PlotSpec {
    name: "group-counts",
    place: Place::Data,
    draw,
};

/// The most rows in one figure; the table has all.
const MOST_ROWS: usize = 16;

fn draw(subject: &Subject<'_>) -> Vec<Figure> {
    let Some(data) = &subject.input.data else {
        return Vec::new();
    };
    let groups = single_attribute_groups(data);
    let shown = &groups[..groups.len().min(MOST_ROWS)];
    if shown.is_empty() {
        return Vec::new();
    }
    let id = format!("{}-0", SPEC.name);
    let words: Vec<String> = shown
        .iter()
        .map(|(label, group)| format!("{label}: {}", number::count(group.count as u64)))
        .collect();
    let chart = RowChart {
        rows: shown.iter().map(|(label, _)| label.clone()).collect(),
        lanes: 1,
        axis: Axis::covering(
            "People",
            Scale::Count,
            shown.iter().map(|(_, group)| group.count as f64),
        ),
        marks: shown
            .iter()
            .enumerate()
            .map(|(row, (_, group))| Mark::Bar {
                row,
                value: group.count as f64,
            })
            .collect(),
    };
    vec![Figure {
        svg: chart.draw(&id, &format!("People by group. {}.", words.join("; "))),
        id,
        title: "People by group".to_owned(),
        part: String::new(),
        caption: rest_in_table(groups.len(), shown.len()),
        legend: Vec::new(),
    }]
}

/// What to say where a figure does not show all groups.
pub(super) fn rest_in_table(all: usize, shown: usize) -> String {
    if all > shown {
        format!("The first {shown} groups are drawn; the table has all {all}.")
    } else {
        String::new()
    }
}
