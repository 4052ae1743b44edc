//! What a table holds, group by group: counts, base rates, missing values, and the columns that
//! give a group away.
//!
//! A column gives a group away when knowing it is knowing something of the group. The profile
//! measures this as the normalised mutual information `(I(column; group) - b) / (H(group) - b)`: 0
//! where the column says nothing, 1 where it says all. Numbers are put into 20 bins of equal count
//! first, and missing values are a level of their own. So that small samples do not look like
//! proxies, levels of fewer than 20 rows are counted as one and `b`, the first-order bias of the
//! estimate of `I` under independence, is subtracted; a column that is different in every row
//! scores 0.

use std::collections::BTreeMap;
use std::path::Path;

use equipoise_core::profile::{ColumnKind, ColumnProfile, GroupProfile, ProfileSchema, Proxy};
use equipoise_core::{Column, ColumnValues, DataProfile, GroupColumns, Table, Task};

use crate::information::{BINS, equal_count_levels, normalised_mutual_information};
use crate::{
    Annotation, ColumnType, Error, GroupConfig, LabelConfig, ReadOptions, Targets, annotate,
    column_names, read, read_table, targets,
};

/// What to describe of a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DescribeOptions {
    /// The label, where base rates are wanted.
    pub label: Option<LabelConfig>,
    /// The group attributes; rows that an attribute drops are counted in no group, but in the
    /// columns.
    pub groups: Vec<GroupConfig>,
    /// Columns that are taken for something else than they look like.
    pub columns: BTreeMap<String, ColumnType>,
    /// Texts that stand for a missing value.
    pub missing_values: Vec<String>,
}

/// Describes a file.
///
/// # Errors
///
/// When the file cannot be read, or when a label or group cannot be made of its column.
pub fn describe_file(path: &Path, options: &DescribeOptions) -> Result<DataProfile, Error> {
    let names = column_names(path)?;
    if let Some(label) = &options.label {
        read::require(path, &names, &label.column, "the label")?;
    }
    for group in &options.groups {
        for column in group.columns() {
            read::require(path, &names, column, "a group attribute")?;
        }
    }
    let table = read_table(
        path,
        &ReadOptions {
            select: None,
            columns: options.columns.clone(),
            missing_values: options.missing_values.clone(),
        },
    )?;
    let annotation = annotate(&table, &options.groups)?;
    let label = match &options.label {
        Some(label) => {
            let targets = targets(&table, label)?;
            for warning in &targets.warnings {
                tracing::warn!("{warning}");
            }
            Some((label.column.as_str(), targets))
        }
        None => None,
    };
    Ok(describe(
        &table,
        label.as_ref().map(|(column, targets)| (*column, targets)),
        &annotation,
    ))
}

/// Describes a table.
///
/// `label` is the label column with its targets, one for each row; `annotation` holds the groups.
/// Base rates are given for two classes only. Proxies are listed from the strongest to the
/// weakest, those of 0 left out; neither the label nor the column that an attribute was made from
/// is a proxy for it.
pub fn describe(
    table: &Table,
    label: Option<(&str, &Targets)>,
    annotation: &Annotation,
) -> DataProfile {
    DataProfile {
        schema: ProfileSchema::default(),
        rows: table.rows(),
        columns: table.columns().iter().map(column_profile).collect(),
        groups: group_profiles(label.map(|(_, targets)| targets), annotation),
        proxies: proxies(table, label.map(|(column, _)| column), annotation),
    }
}

fn column_profile(column: &Column) -> ColumnProfile {
    let mut profile = ColumnProfile {
        name: column.name.clone(),
        kind: ColumnKind::Text,
        missing: column.values.missing(),
        distinct: 0,
        min: None,
        mean: None,
        max: None,
        most_frequent: None,
    };
    match &column.values {
        ColumnValues::Number(values) => {
            let mut sorted: Vec<f64> = values.iter().copied().flatten().collect();
            let sum: f64 = sorted.iter().sum();
            sorted.sort_unstable_by(f64::total_cmp);
            profile.kind = ColumnKind::Number;
            profile.min = sorted.first().copied();
            profile.max = sorted.last().copied();
            profile.mean = (!sorted.is_empty()).then(|| sum / sorted.len() as f64);
            sorted.dedup();
            profile.distinct = sorted.len();
        }
        ColumnValues::Text { levels, codes } => {
            let mut counts = vec![0usize; levels.len()];
            for &code in codes.iter().flatten() {
                counts[code as usize] += 1;
            }
            profile.distinct = counts.iter().filter(|&&count| count > 0).count();
            // Of several most frequent values the first.
            profile.most_frequent = levels
                .iter()
                .zip(&counts)
                .rev()
                .max_by_key(|(_, count)| **count)
                .filter(|(_, count)| **count > 0)
                .map(|(level, _)| level.clone());
        }
        _ => {}
    }
    profile
}

fn group_profiles(targets: Option<&Targets>, annotation: &Annotation) -> Vec<GroupProfile> {
    let attributes = annotation.groups.schema().attributes().len();
    let mut selections: Vec<Vec<usize>> =
        (0..attributes).map(|attribute| vec![attribute]).collect();
    if attributes > 1 {
        selections.push((0..attributes).collect());
    }
    selections
        .iter()
        .flat_map(|selection| {
            cell_profiles(
                &annotation.groups.select(selection),
                &annotation.kept,
                targets,
            )
        })
        .collect()
}

fn cell_profiles(
    groups: &GroupColumns,
    kept: &[usize],
    targets: Option<&Targets>,
) -> Vec<GroupProfile> {
    let cells = groups.schema().cell_count();
    let (mut counts, mut labelled, mut positives) =
        (vec![0; cells], vec![0usize; cells], vec![0usize; cells]);
    for (cell, &row) in groups.cells().into_iter().zip(kept) {
        let cell = cell as usize;
        counts[cell] += 1;
        if let Some(target) = targets.and_then(|targets| targets.values[row]) {
            labelled[cell] += 1;
            positives[cell] += usize::from(target > 0.5);
        }
    }
    let is_binary = targets.is_some_and(|targets| matches!(targets.task, Task::Binary { .. }));
    (0..cells)
        .map(|cell| GroupProfile {
            attributes: groups
                .schema()
                .describe(cell)
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            count: counts[cell],
            labelled: targets.map(|_| labelled[cell]),
            positives: is_binary.then_some(positives[cell]),
            base_rate: (is_binary && labelled[cell] > 0)
                .then(|| positives[cell] as f64 / labelled[cell] as f64),
        })
        .collect()
}

fn proxies(table: &Table, label: Option<&str>, annotation: &Annotation) -> Vec<Proxy> {
    let mut proxies = Vec::new();
    for column in table.columns() {
        if Some(column.name.as_str()) == label {
            continue;
        }
        let levels = levels(&column.values.take(&annotation.kept));
        for (position, attribute) in annotation.groups.schema().attributes().iter().enumerate() {
            if annotation.sources[position].contains(&column.name) {
                continue;
            }
            let share = normalised_mutual_information(&levels, annotation.groups.codes(position));
            if share > 0.0 {
                proxies.push(Proxy {
                    column: column.name.clone(),
                    attribute: attribute.name().to_owned(),
                    normalised_mutual_information: share,
                });
            }
        }
    }
    proxies.sort_by(|a, b| {
        b.normalised_mutual_information
            .total_cmp(&a.normalised_mutual_information)
    });
    proxies
}

/// The level of each row, missing values being one of their own.
fn levels(values: &ColumnValues) -> Vec<usize> {
    match values {
        ColumnValues::Number(numbers) => equal_count_levels(numbers, BINS),
        ColumnValues::Text { levels, codes } => codes
            .iter()
            .map(|code| code.map_or(levels.len(), |code| code as usize))
            .collect(),
        _ => vec![0; values.rows()],
    }
}
