//! Rates by group as a table: everything that the forest plots show, and the groups that do not
//! fit into them.

use super::{Cell, listed};
use crate::evidence::{Group, all_groups};
use crate::number;
use crate::plot::Subject;
use crate::vocabulary::{Rate, capitalised, in_a_sentence};

/// The most groups in one table; the audit's file has all.
const MOST_GROUPS: usize = 200;

/// The most rates side by side; further ones are in tables of their own.
pub(crate) const RATES_IN_A_ROW: usize = 4;

/// The rates of the groups of one set of attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RatePart {
    /// The heading that it shares with the figures.
    pub(crate) part: String,
    /// The table of the rates that come first.
    pub(crate) first: RateTable,
    /// The tables of all further rates.
    pub(crate) further: Vec<RateTable>,
    /// How many groups are left out.
    pub(crate) left_out: usize,
}

/// Some rates of the groups of one set of attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RateTable {
    /// What it is of.
    pub(crate) caption: String,
    /// The names of the rates.
    pub(crate) rates: Vec<String>,
    /// The groups.
    pub(crate) groups: Vec<GroupRows>,
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

/// The tables, for each set of attributes that an audit has.
pub(crate) fn parts(subject: &Subject<'_>) -> Vec<RatePart> {
    subject
        .partitions()
        .iter()
        .filter_map(|by| part(subject, by))
        .collect()
}

fn part(subject: &Subject<'_>, by: &[&str]) -> Option<RatePart> {
    let groups = all_groups(&subject.evidence, by);
    if groups.is_empty() {
        return None;
    }
    let shown = &groups[..groups.len().min(MOST_GROUPS)];
    let mut tables = subject
        .rates
        .chunks(RATES_IN_A_ROW)
        .map(|rates| table(subject, by, shown, rates));
    Some(RatePart {
        part: format!("By {}", by.join(" and ")),
        // Where nothing but people were counted, there is no rate.
        first: tables
            .next()
            .unwrap_or_else(|| table(subject, by, shown, &[])),
        further: tables.collect(),
        left_out: groups.len() - shown.len(),
    })
}

fn table(subject: &Subject<'_>, by: &[&str], groups: &[Group], rates: &[Rate<'_>]) -> RateTable {
    let found: Vec<Vec<_>> = subject
        .evidence
        .iter()
        .map(|evidence| {
            rates
                .iter()
                .map(|rate| (rate.unit, evidence.by_group(rate.metric, by)))
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
                    .map(|(unit, by_group)| Cell::of(by_group.get(&group.values), *unit))
                    .collect();
                (model.name.clone(), cells)
            })
            .collect(),
    };
    let names: Vec<String> = rates
        .iter()
        .map(|rate| in_a_sentence(&rate.label))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let by = by.join(" and ");
    RateTable {
        caption: if names.is_empty() {
            format!("People by {by}")
        } else {
            capitalised(&format!("{} by {by}, with intervals", listed(&names)))
        },
        rates: rates.iter().map(|rate| rate.label.clone()).collect(),
        groups: groups.iter().map(rows).collect(),
    }
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
