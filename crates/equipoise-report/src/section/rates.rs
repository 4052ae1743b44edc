//! Rates by group as a table: everything that the forest plots show, and the groups that do not
//! fit into them.

use super::Cell;
use crate::evidence::{Group, all_groups};
use crate::number::{self, Unit};
use crate::plot::Subject;
use crate::vocabulary::RATES;

/// The most groups in one table; the audit's file has all.
const MOST_GROUPS: usize = 200;

/// The rates of the groups of one set of attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RateTable {
    /// The heading that it shares with the figures.
    pub(crate) part: String,
    /// The names of the rates.
    pub(crate) rates: Vec<&'static str>,
    /// The groups.
    pub(crate) groups: Vec<GroupRows>,
    /// How many groups are left out.
    pub(crate) left_out: usize,
}

/// The rates of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupRows {
    /// The group.
    pub(crate) label: String,
    /// How many people it has.
    pub(crate) count: String,
    /// What to know about its size: that it is small, or that nobody is in it; or nothing.
    pub(crate) mark: &'static str,
    /// One row for each model: its name, and its rates.
    pub(crate) models: Vec<(String, Vec<Cell>)>,
}

/// The tables, one for each set of attributes that an audit has.
pub(crate) fn tables(subject: &Subject<'_>) -> Vec<RateTable> {
    subject
        .partitions()
        .iter()
        .filter_map(|by| table(subject, by))
        .collect()
}

fn table(subject: &Subject<'_>, by: &[&str]) -> Option<RateTable> {
    let groups = all_groups(&subject.evidence, by);
    if groups.is_empty() {
        return None;
    }
    let found: Vec<Vec<_>> = subject
        .evidence
        .iter()
        .map(|evidence| {
            RATES
                .iter()
                .map(|rate| evidence.by_group(rate.metric, by))
                .collect()
        })
        .collect();
    let least = min_count(subject);
    let rows = |group: &Group| GroupRows {
        label: group.label(),
        count: group.count.map_or_else(|| "–".to_owned(), number::count),
        mark: match group.count {
            Some(0) => "nobody",
            Some(count) if count < least => "small group",
            _ => "",
        },
        models: subject
            .input
            .models
            .iter()
            .zip(&found)
            .map(|(model, rates)| {
                let cells = rates
                    .iter()
                    .map(|by_group| Cell::of(by_group.get(&group.values), Unit::Percent))
                    .collect();
                (model.name.clone(), cells)
            })
            .collect(),
    };
    Some(RateTable {
        part: format!("By {}", by.join(" and ")),
        rates: RATES.iter().map(|rate| rate.label).collect(),
        groups: groups.iter().take(MOST_GROUPS).map(rows).collect(),
        left_out: groups.len().saturating_sub(MOST_GROUPS),
    })
}

/// The size below which a group is small: the largest that an audit asks for.
pub(crate) fn min_count(subject: &Subject<'_>) -> u64 {
    subject
        .evidence
        .iter()
        .map(|evidence| evidence.audit().min_count)
        .max()
        .unwrap_or_default()
}
