//! Rates by group with their intervals: a forest plot for each rate, all models side by side.

use super::canvas::{Axis, Mark, RowChart, Scale};
use super::{Figure, Place, PlotSpec, Subject, legend_of_models};
use crate::evidence::{Estimate, Group, all_groups};
use crate::number::{self, NOT_ESTIMABLE, Unit};
use crate::vocabulary::{RATES, Rate};

/// The registry's line.
pub(super) const SPEC: PlotSpec = PlotSpec {
    name: "rates-by-group",
    place: Place::Rates,
    draw,
};

/// The most groups in one figure; the table has all.
const MOST_GROUPS: usize = 12;

fn draw(subject: &Subject<'_>) -> Vec<Figure> {
    if subject.evidence.is_empty() {
        return Vec::new();
    }
    let mut figures = Vec::new();
    for (part, by) in subject.partitions().iter().enumerate() {
        let (groups, left_out) = shown_groups(subject, by);
        if groups.is_empty() {
            continue;
        }
        for rate in RATES {
            figures.extend(figure(subject, part, by, &groups, left_out, rate));
        }
    }
    figures
}

/// The groups that fit, in the order of the audit, and how many do not. Where there are too
/// many, the largest are kept: their rates are known best.
fn shown_groups(subject: &Subject<'_>, by: &[&str]) -> (Vec<Group>, usize) {
    let mut groups = all_groups(&subject.evidence, by);
    let left_out = groups.len().saturating_sub(MOST_GROUPS);
    if left_out > 0 {
        let mut by_size: Vec<usize> = (0..groups.len()).collect();
        by_size.sort_by_key(|index| (std::cmp::Reverse(groups[*index].count), *index));
        by_size.truncate(MOST_GROUPS);
        let mut index = 0;
        groups.retain(|_| {
            index += 1;
            by_size.contains(&(index - 1))
        });
    }
    (groups, left_out)
}

/// The figure of one rate, or `None` where no audit has it.
fn figure(
    subject: &Subject<'_>,
    part: usize,
    by: &[&str],
    groups: &[Group],
    left_out: usize,
    rate: &Rate,
) -> Option<Figure> {
    let overall: Vec<Option<Estimate>> = subject
        .evidence
        .iter()
        .map(|evidence| evidence.overall(rate.metric))
        .collect();
    let by_group: Vec<_> = subject
        .evidence
        .iter()
        .map(|evidence| evidence.by_group(rate.metric, by))
        .collect();
    let of_groups: Vec<Vec<Option<Estimate>>> = groups
        .iter()
        .map(|group| {
            by_group
                .iter()
                .map(|estimates| estimates.get(&group.values).cloned())
                .collect()
        })
        .collect();
    if of_groups.iter().flatten().all(Option::is_none) {
        return None;
    }

    let mut rows = vec!["Everybody".to_owned()];
    rows.extend(groups.iter().map(Group::label));
    let mut marks = Vec::new();
    let mut reached = Vec::new();
    for (row, estimates) in std::iter::once(&overall).chain(&of_groups).enumerate() {
        for (lane, estimate) in estimates.iter().enumerate() {
            marks.push(match estimate.as_ref().and_then(|e| Some((e, e.value?))) {
                Some((estimate, value)) => {
                    reached.push(value);
                    reached.extend(
                        estimate
                            .interval
                            .iter()
                            .flat_map(|(low, high)| [*low, *high]),
                    );
                    Mark::Estimate {
                        row,
                        lane,
                        value,
                        interval: estimate.interval,
                    }
                }
                None => Mark::Words {
                    row,
                    lane,
                    text: NOT_ESTIMABLE.to_owned(),
                },
            });
        }
    }
    let id = format!("{}-{part}-{}", SPEC.name, rate.metric.replace('_', "-"));
    let chart = RowChart {
        rows,
        lanes: subject.evidence.len(),
        axis: Axis::covering(rate.label, Scale::Share, reached),
        marks,
    };
    let meaning = rate.meaning(&subject.input.label.positive);
    let caption = if left_out > 0 {
        format!(
            "{meaning} The {} largest groups are drawn; {left_out} more are in the table.",
            groups.len()
        )
    } else {
        meaning
    };
    Some(Figure {
        svg: chart.draw(&id, &alternative(subject, by, groups, rate, &of_groups)),
        id,
        title: rate.label.to_owned(),
        part: format!("By {}", by.join(" and ")),
        caption,
        legend: legend_of_models(subject),
    })
}

/// The figure in words: for each model the lowest and the highest group.
fn alternative(
    subject: &Subject<'_>,
    by: &[&str],
    groups: &[Group],
    rate: &Rate,
    of_groups: &[Vec<Option<Estimate>>],
) -> String {
    let mut sentences = vec![format!(
        "Forest plot of the {} by {} for {} groups.",
        rate.label.to_lowercase(),
        by.join(" and "),
        number::count(groups.len() as u64),
    )];
    for (index, model) in subject.input.models.iter().enumerate() {
        let name = &model.name;
        let mut known: Vec<(f64, String)> = groups
            .iter()
            .zip(of_groups)
            .filter_map(|(group, estimates)| {
                Some((estimates.get(index)?.as_ref()?.value?, group.label()))
            })
            .collect();
        known.sort_by(|a, b| a.0.total_cmp(&b.0));
        sentences.push(match known.as_slice() {
            [] => format!("Model {name}: no group estimable."),
            [(value, group)] => format!(
                "Model {name}: {} ({group}), no other group estimable.",
                Unit::Percent.value(*value),
            ),
            [(low, lowest), .., (high, highest)] => format!(
                "Model {name}: from {} ({lowest}) to {} ({highest}).",
                Unit::Percent.value(*low),
                Unit::Percent.value(*high),
            ),
        });
    }
    sentences.push("The table below has all values.".to_owned());
    sentences.join(" ")
}
