//! The data by group, as tables.

use equipoise_core::DataProfile;
use equipoise_core::profile::{ColumnKind, GroupProfile};

use crate::number::{self, NOT_ESTIMABLE, Unit};

/// The most rows of one table; `equipoise data describe` has all.
const MOST_ROWS: usize = 200;

/// The data in tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataTables {
    /// How many rows there are and what they lack, in a sentence.
    pub(crate) rows: String,
    /// The groups.
    pub(crate) groups: Vec<GroupRow>,
    /// How many groups are left out.
    pub(crate) groups_left_out: usize,
    /// The columns.
    pub(crate) columns: Vec<ColumnRow>,
    /// How many columns are left out.
    pub(crate) columns_left_out: usize,
    /// The columns that give a group away.
    pub(crate) proxies: Vec<ProxyRow>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupRow {
    /// The attributes.
    pub(crate) attributes: String,
    /// The group.
    pub(crate) label: String,
    /// How many people it has.
    pub(crate) count: String,
    /// The share of all people.
    pub(crate) share: String,
    /// How many have the positive label.
    pub(crate) positives: String,
    /// The share of those among the labelled.
    pub(crate) base_rate: String,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnRow {
    /// The name.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) kind: &'static str,
    /// How many values are missing.
    pub(crate) missing: String,
    /// How many values differ.
    pub(crate) distinct: String,
    /// Its range, or its most frequent value.
    pub(crate) summary: String,
}

/// A column that gives a group away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProxyRow {
    /// The column.
    pub(crate) column: String,
    /// The attribute.
    pub(crate) attribute: String,
    /// How much it gives away.
    pub(crate) share: String,
}

/// The tables of a profile.
pub(crate) fn tables(data: &DataProfile) -> DataTables {
    DataTables {
        rows: rows_in_words(data),
        groups: data
            .groups
            .iter()
            .take(MOST_ROWS)
            .map(|group| group_row(group, data.rows))
            .collect(),
        groups_left_out: data.groups.len().saturating_sub(MOST_ROWS),
        columns: data
            .columns
            .iter()
            .take(MOST_ROWS)
            .map(|column| ColumnRow {
                name: column.name.clone(),
                kind: match column.kind {
                    ColumnKind::Number => "numbers",
                    ColumnKind::Text => "texts",
                },
                missing: share_of(column.missing, data.rows),
                distinct: number::count(column.distinct as u64),
                summary: column_summary(column),
            })
            .collect(),
        columns_left_out: data.columns.len().saturating_sub(MOST_ROWS),
        proxies: data
            .proxies
            .iter()
            .map(|proxy| ProxyRow {
                column: proxy.column.clone(),
                attribute: proxy.attribute.clone(),
                share: Unit::Percent.value(proxy.normalised_mutual_information),
            })
            .collect(),
    }
}

/// The groups of one attribute each, named by what tells them apart: with several attributes the
/// attribute's name comes first.
pub(crate) fn single_attribute_groups(data: &DataProfile) -> Vec<(String, &GroupProfile)> {
    let single: Vec<&GroupProfile> = data
        .groups
        .iter()
        .filter(|group| group.attributes.len() == 1)
        .collect();
    let several = single
        .windows(2)
        .any(|pair| pair[0].attributes[0].0 != pair[1].attributes[0].0);
    single
        .into_iter()
        .map(|group| {
            let (attribute, value) = &group.attributes[0];
            let label = if several {
                format!("{attribute}: {value}")
            } else {
                value.clone()
            };
            (label, group)
        })
        .collect()
}

fn group_row(group: &GroupProfile, rows: usize) -> GroupRow {
    let names: Vec<&str> = group
        .attributes
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let values: Vec<&str> = group
        .attributes
        .iter()
        .map(|(_, value)| value.as_str())
        .collect();
    GroupRow {
        attributes: names.join(" and "),
        label: values.join(" · "),
        count: number::count(group.count as u64),
        share: if rows == 0 {
            "–".to_owned()
        } else {
            Unit::Percent.value(group.count as f64 / rows as f64)
        },
        positives: group.positives.map_or_else(
            || "–".to_owned(),
            |positives| number::count(positives as u64),
        ),
        base_rate: group.base_rate.map_or_else(
            || NOT_ESTIMABLE.to_owned(),
            |rate| Unit::Percent.value(rate),
        ),
    }
}

fn column_summary(column: &equipoise_core::profile::ColumnProfile) -> String {
    match (column.min, column.mean, column.max, &column.most_frequent) {
        (Some(min), Some(mean), Some(max), _) => format!(
            "{} to {}, mean {}",
            number::significant(min),
            number::significant(max),
            number::significant(mean)
        ),
        (.., Some(most)) => format!("most often “{most}”"),
        _ => "–".to_owned(),
    }
}

fn share_of(part: usize, all: usize) -> String {
    if part == 0 || all == 0 {
        number::count(part as u64)
    } else {
        format!(
            "{} ({})",
            number::count(part as u64),
            Unit::Percent.value(part as f64 / all as f64)
        )
    }
}

/// Only the rows that are used are in a profile, so it cannot tell what was left out before.
fn rows_in_words(data: &DataProfile) -> String {
    let rows = number::count(data.rows as u64);
    let with_gaps = data
        .columns
        .iter()
        .filter(|column| column.missing > 0)
        .count();
    let missing = match with_gaps {
        0 => "no missing values".to_owned(),
        1 => "missing values in one column".to_owned(),
        many => format!("missing values in {many} columns"),
    };
    format!("The {rows} rows that are used have {missing}.")
}
