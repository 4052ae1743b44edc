//! Rates by group with their intervals: a forest plot for each rate, all models side by side.

use super::canvas::{Axis, Mark, RowChart, Scale};
use super::{Figure, Place, PlotSpec, Subject, legend_of_models};
use crate::evidence::{Estimate, Group, all_groups};
use crate::number::{self, NOT_ESTIMABLE, Unit};
use crate::section::rates::RATES_IN_A_ROW;
use crate::vocabulary::{Rate, in_a_sentence};

/// The registry's line.
pub(super) const SPEC: PlotSpec = PlotSpec {
    name: "rates-by-group",
    place: Place::Rates,
    draw,
};

/// The most groups in one figure; the table has all.
const MOST_GROUPS: usize = 12;

/// The rates of one set of group attributes, as far as they are drawn.
struct Part<'a> {
    /// Its number in the report.
    number: usize,
    /// The attributes.
    by: Vec<&'a str>,
    /// The groups that are drawn.
    groups: Vec<Group>,
    /// How many are not.
    left_out: usize,
}

/// The first rates, those of the first table, for each set of group attributes. All figures of a
/// rate have one axis, so that they can be compared.
fn draw(subject: &Subject<'_>) -> Vec<Figure> {
    let parts: Vec<Part<'_>> = subject
        .partitions()
        .into_iter()
        .enumerate()
        .map(|(number, by)| {
            let (groups, left_out) = shown_groups(subject, &by);
            Part {
                number,
                by,
                groups,
                left_out,
            }
        })
        .filter(|part| !part.groups.is_empty())
        .collect();
    let rates = &subject.rates[..subject.rates.len().min(RATES_IN_A_ROW)];
    let axes: Vec<Axis> = rates
        .iter()
        .map(|rate| shared_axis(subject, &parts, rate))
        .collect();
    parts
        .iter()
        .flat_map(|part| {
            rates
                .iter()
                .zip(&axes)
                .filter_map(|(rate, axis)| figure(subject, part, rate, axis))
        })
        .collect()
}

/// The axis that covers a rate of everybody and of all groups that are drawn.
fn shared_axis(subject: &Subject<'_>, parts: &[Part<'_>], rate: &Rate<'_>) -> Axis {
    let mut reached = Vec::new();
    let mut reach = |estimate: &Estimate| {
        reached.extend(estimate.value);
        reached.extend(
            estimate
                .interval
                .iter()
                .flat_map(|(low, high)| [*low, *high]),
        );
    };
    for evidence in &subject.evidence {
        if let Some(estimate) = evidence.overall(rate.metric) {
            reach(&estimate);
        }
        for part in parts {
            let estimates = evidence.by_group(rate.metric, &part.by);
            for group in &part.groups {
                if let Some(estimate) = estimates.get(&group.values) {
                    reach(estimate);
                }
            }
        }
    }
    let scale = match rate.unit {
        Unit::Percent => Scale::Share,
        Unit::Plain | Unit::Points => Scale::Number,
    };
    Axis::covering(rate.label.as_str(), scale, reached)
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
fn figure(subject: &Subject<'_>, part: &Part<'_>, rate: &Rate<'_>, axis: &Axis) -> Option<Figure> {
    let Part {
        number,
        by,
        groups,
        left_out,
    } = part;
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
    for (row, estimates) in std::iter::once(&overall).chain(&of_groups).enumerate() {
        for (lane, estimate) in estimates.iter().enumerate() {
            marks.push(match estimate.as_ref().and_then(|e| Some((e, e.value?))) {
                Some((estimate, value)) => Mark::Estimate {
                    row,
                    lane,
                    value,
                    interval: estimate.interval,
                },
                None => Mark::Words {
                    row,
                    lane,
                    text: NOT_ESTIMABLE.to_owned(),
                },
            });
        }
    }
    let id = format!("{}-{number}-{}", SPEC.name, rate.metric.replace('_', "-"));
    let chart = RowChart {
        rows,
        lanes: subject.evidence.len(),
        axis: axis.clone(),
        marks,
    };
    let meaning = &rate.meaning;
    let caption = if *left_out > 0 {
        format!(
            "{meaning} The {} largest groups are drawn; {left_out} more are in the table.",
            groups.len()
        )
    } else {
        meaning.clone()
    };
    Some(Figure {
        svg: chart.draw(&id, &alternative(subject, by, groups, rate, &of_groups)),
        id,
        title: rate.label.clone(),
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
    rate: &Rate<'_>,
    of_groups: &[Vec<Option<Estimate>>],
) -> String {
    let mut sentences = vec![format!(
        "Forest plot of the {} by {} for {} groups.",
        in_a_sentence(&rate.label),
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
                rate.unit.value(*value),
            ),
            [(low, lowest), .., (high, highest)] => format!(
                "Model {name}: from {} ({lowest}) to {} ({highest}).",
                rate.unit.value(*low),
                rate.unit.value(*high),
            ),
        });
    }
    sentences.push("The table below has all values.".to_owned());
    sentences.join(" ")
}
