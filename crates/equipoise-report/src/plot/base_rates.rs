//! How frequent the positive label is in each group of the data.

use super::canvas::{Axis, Mark, RowChart, Scale};
use super::group_counts::rest_in_table;
use super::{Figure, Place, PlotSpec, Subject};
use crate::number::{NOT_ESTIMABLE, Unit};
use crate::section::data::single_attribute_groups;

/// The registry's line.
pub(super) const SPEC: PlotSpec = PlotSpec {
    name: "base-rates",
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
    if shown.iter().all(|(_, group)| group.base_rate.is_none()) {
        return Vec::new();
    }
    let told = |rate: Option<f64>| {
        rate.map_or_else(
            || NOT_ESTIMABLE.to_owned(),
            |rate| Unit::Percent.value(rate),
        )
    };
    let words: Vec<String> = shown
        .iter()
        .map(|(label, group)| format!("{label}: {}", told(group.base_rate)))
        .collect();
    let label = &subject.input.label;
    let id = format!("{}-0", SPEC.name);
    let chart = RowChart {
        rows: shown.iter().map(|(label, _)| label.clone()).collect(),
        lanes: 1,
        axis: Axis::covering(
            "Base rate",
            Scale::Share,
            shown
                .iter()
                .filter_map(|(_, group)| group.base_rate)
                .chain([0.0]),
        ),
        marks: shown
            .iter()
            .enumerate()
            .map(|(row, (_, group))| match group.base_rate {
                Some(value) if value.is_finite() => Mark::Dot { row, value },
                _ => Mark::Words {
                    row,
                    lane: 0,
                    text: NOT_ESTIMABLE.to_owned(),
                },
            })
            .collect(),
    };
    let rest = rest_in_table(groups.len(), shown.len());
    vec![Figure {
        svg: chart.draw(&id, &format!("Base rate by group. {}.", words.join("; "))),
        id,
        title: "Base rate by group".to_owned(),
        part: String::new(),
        caption: format!(
            "The share whose “{}” is “{}” in the data, before any model. {rest}",
            label.column, label.positive
        )
        .trim_end()
        .to_owned(),
        legend: Vec::new(),
    }]
}
