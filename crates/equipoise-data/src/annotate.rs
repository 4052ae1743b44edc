//! Group attributes from columns: values as they are, bins, value maps, and missing values.

use std::collections::BTreeMap;

use equipoise_core::{
    ColumnValues, GroupAttribute, GroupColumns, GroupSchema, MissingPolicy, Table,
};

use crate::error::LISTED;
use crate::group_probabilities::GroupProbabilities;
use crate::identity_terms::IdentityTerms;
use crate::read::texts::{MISSING, Texts, code_of_index, recode};
use crate::read::values::Decoded;
use crate::{Error, GroupConfig};

/// Rows that were left out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DroppedRows {
    /// Why, as a phrase: "group `race` is missing".
    pub reason: String,
    /// How many.
    pub count: usize,
}

impl DroppedRows {
    /// Rows in which a group attribute is missing.
    pub(crate) fn of_group(attribute: &str, count: usize) -> Self {
        Self {
            reason: format!("group `{attribute}` is missing"),
            count,
        }
    }
}

/// The groups of the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The group of every row that was kept.
    ///
    /// The values of an attribute are sorted: texts by their letters, whole numbers and bins by
    /// size, and [`MissingPolicy::OWN_GROUP`] last. A value that no kept row has is not listed.
    pub groups: GroupColumns,
    /// The columns that each attribute was made from.
    pub sources: Vec<Vec<String>>,
    /// The rows that were kept, from 0, ascending.
    pub kept: Vec<usize>,
    /// The rows that were left out. A row in which two attributes are missing counts for the
    /// first.
    pub dropped: Vec<DroppedRows>,
}

/// Finds the groups of the rows of a table.
///
/// # Errors
///
/// When a column is not there; when group values are missing and the policy is `error`; when a
/// column holds numbers that are not whole and no bins are declared; when a value map leaves a
/// value out or names one that the column does not hold; when all rows are dropped; or when there
/// are too many intersections.
///
/// ```
/// use equipoise_core::{Column, ColumnValues, MissingPolicy, Table};
/// use equipoise_data::{GroupConfig, annotate};
///
/// let table = Table::new(vec![Column {
///     name: "sex".into(),
///     values: ColumnValues::from_texts(&[Some("Male"), None, Some("Female")]),
/// }])?;
/// let keep = GroupConfig::column("sex").with_missing(MissingPolicy::OwnGroup);
/// let annotation = annotate(&table, &[keep])?;
/// let schema = annotation.groups.schema();
/// assert_eq!(schema.attributes()[0].values(), ["Female", "Male", "(missing)"]);
/// assert_eq!(annotation.groups.codes(0), [1, 2, 0]);
/// # Ok::<(), equipoise_data::Error>(())
/// ```
pub fn annotate(table: &Table, groups: &[GroupConfig]) -> Result<Annotation, Error> {
    let columns = groups
        .iter()
        .map(|group| {
            if let Some(soft) = GroupProbabilities::of(table, group)? {
                return Ok(soft.most_probable());
            }
            let decoded = match &table.column(&group.column)?.values {
                ColumnValues::Text { levels, codes } => Decoded::Texts(Texts {
                    levels: levels.clone(),
                    codes: codes.iter().map(|code| code.unwrap_or(MISSING)).collect(),
                }),
                ColumnValues::Number(values) => Decoded::Numbers(values.clone()),
                _ => {
                    return Err(equipoise_core::Error::ColumnKind {
                        column: group.column.clone(),
                        found: "neither texts nor numbers",
                        expected: "texts or numbers",
                    }
                    .into());
                }
            };
            Ok(group_values(group, decoded)?.texts)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let annotated = annotate_columns(table.rows(), groups, columns)?;
    Ok(Annotation {
        groups: annotated.groups,
        sources: (groups.iter())
            .map(|group| group.columns().into_iter().map(str::to_owned).collect())
            .collect(),
        kept: (annotated.kept).unwrap_or_else(|| (0..table.rows()).collect()),
        dropped: annotated.dropped,
    })
}

/// The groups of the rows that were kept.
pub(crate) struct Annotated {
    pub(crate) groups: GroupColumns,
    /// The rows that were kept; all where it is `None`.
    pub(crate) kept: Option<Vec<usize>>,
    pub(crate) dropped: Vec<DroppedRows>,
}

/// The values of one attribute as its column has them: before a map, and before the rule for
/// missing ones.
pub(crate) struct GroupValues {
    pub(crate) texts: Texts,
    pub(crate) order: ValueOrder,
}

/// How the values of an attribute are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueOrder {
    /// Texts, by their letters.
    Letters,
    /// Whole numbers, by size.
    Size,
    /// Bins, all of which are listed.
    Bins,
}

/// The values of an attribute in some rows.
pub(crate) fn group_values(group: &GroupConfig, column: Decoded) -> Result<GroupValues, Error> {
    if group.probabilities.is_some() {
        return Err(Error::InvalidValue {
            key: format!("{}.probabilities", group.name),
            found: "an attribute of an audit".to_owned(),
            legal: "an attribute of `data.groups`",
            hint: "an audit takes them as `AuditColumns::memberships`, on the command line `--soft`",
        });
    }
    let identity = IdentityTerms::of(group)?;
    let (texts, order) = match (column, &group.bins) {
        (Decoded::Texts(texts), _) if let Some(identity) = &identity => {
            (identity.groups(&texts), ValueOrder::Letters)
        }
        (Decoded::Numbers(_), _) if identity.is_some() => {
            return Err(equipoise_core::Error::ColumnKind {
                column: group.column.clone(),
                found: "numbers",
                expected: "texts",
            }
            .into());
        }
        // A column without any value is a text to its reader.
        (Decoded::Texts(texts), Some(bins)) if texts.levels.is_empty() => {
            (bin(&vec![None; texts.codes.len()], bins), ValueOrder::Bins)
        }
        (Decoded::Texts(_), Some(_)) => {
            return Err(Error::TextBins {
                attribute: group.name.clone(),
                column: group.column.clone(),
            });
        }
        (Decoded::Numbers(values), Some(bins)) => (bin(&values, bins), ValueOrder::Bins),
        (Decoded::Texts(texts), None) => (texts, ValueOrder::Letters),
        (Decoded::Numbers(values), None) => {
            let texts = whole_numbers(&values).map_err(|example| Error::FloatGroup {
                attribute: group.name.clone(),
                column: group.column.clone(),
                example,
                bins: quartiles(&values),
            })?;
            (texts, ValueOrder::Size)
        }
    };
    Ok(GroupValues { texts, order })
}

/// Finds the groups of rows, from the values of each attribute.
pub(crate) fn annotate_columns(
    rows: usize,
    groups: &[GroupConfig],
    columns: Vec<Texts>,
) -> Result<Annotated, Error> {
    let mut attributes = Vec::with_capacity(groups.len());
    for (group, column) in groups.iter().zip(columns) {
        attributes.push(attribute(group, column)?);
    }

    // Which rows stay, and for which attribute the others went.
    let mut dropped = Vec::new();
    let mut keep: Option<Vec<bool>> = None;
    for (group, texts) in groups.iter().zip(&attributes) {
        if group.missing != MissingPolicy::Drop || !texts.codes.contains(&MISSING) {
            continue;
        }
        let keep = keep.get_or_insert_with(|| vec![true; rows]);
        let mut count = 0;
        for (keep, &code) in keep.iter_mut().zip(&texts.codes) {
            if code == MISSING && *keep {
                *keep = false;
                count += 1;
            }
        }
        dropped.push(DroppedRows::of_group(&group.name, count));
    }
    let kept: Option<Vec<usize>> = keep.map(|keep| (0..rows).filter(|&row| keep[row]).collect());
    if kept.as_ref().is_some_and(Vec::is_empty) {
        return Err(Error::AllDropped { rows });
    }

    let mut schema = Vec::with_capacity(groups.len());
    let mut codes = Vec::with_capacity(groups.len());
    for (group, mut texts) in groups.iter().zip(attributes) {
        if let Some(kept) = &kept {
            texts.codes = kept.iter().map(|&row| texts.codes[row]).collect();
        }
        // A soft group may be the most probable of no row, and still has its probabilities.
        let is_soft = group.probabilities.is_some();
        let texts = if is_soft {
            texts
        } else {
            present_levels(texts)
        };
        let attribute = GroupAttribute::new(&group.name, texts.levels)?;
        schema.push(match (group.continuous, is_soft) {
            (true, _) => attribute.of_numbers(),
            (_, true) => attribute.of_probabilities(),
            _ => attribute,
        });
        codes.push(texts.codes);
    }
    Ok(Annotated {
        groups: GroupColumns::new(GroupSchema::new(schema)?, codes)?,
        kept,
        dropped,
    })
}

/// The values of one attribute; rows to be dropped keep the code [`MISSING`].
fn attribute(group: &GroupConfig, texts: Texts) -> Result<Texts, Error> {
    let mut texts = mapped_values(group, texts)?;
    match group.missing {
        MissingPolicy::Drop => {}
        MissingPolicy::OwnGroup => {
            if texts.codes.contains(&MISSING) {
                let own = code_of_index(texts.levels.len());
                texts.levels.push(MissingPolicy::OWN_GROUP.to_owned());
                for code in &mut texts.codes {
                    if *code == MISSING {
                        *code = own;
                    }
                }
            }
        }
        // `Error`, and every policy that this crate does not know how to follow.
        _ => {
            let missing = |(row, &code): (usize, &u32)| (code == MISSING).then_some(row + 1);
            let count = texts.missing();
            if count > 0 {
                return Err(Error::MissingGroup {
                    attribute: group.name.clone(),
                    column: group.column.clone(),
                    rows: (texts.codes.iter().enumerate())
                        .filter_map(missing)
                        .take(LISTED)
                        .collect(),
                    count,
                });
            }
        }
    }
    Ok(texts)
}

/// The values as the map of the attribute has them, if there is one.
pub(crate) fn mapped_values(group: &GroupConfig, texts: Texts) -> Result<Texts, Error> {
    match &group.values {
        Some(values) => map_values(texts, group, values),
        None => Ok(texts),
    }
}

/// The names of the bins between some edges, ascending.
pub(crate) fn bin_names(edges: &[f64]) -> Vec<String> {
    let mut levels = Vec::with_capacity(edges.len() + 1);
    if let (Some(first), Some(last)) = (edges.first(), edges.last()) {
        levels.push(format!("<{first}"));
        for pair in edges.windows(2) {
            levels.push(format!("{}-{}", pair[0], pair[1]));
        }
        levels.push(format!(">={last}"));
    }
    levels
}

/// Puts numbers into bins that hold their lower edge.
fn bin(values: &[Option<f64>], edges: &[f64]) -> Texts {
    let codes = values
        .iter()
        .map(|value| {
            value.map_or(MISSING, |value| {
                code_of_index(edges.partition_point(|&edge| edge <= value))
            })
        })
        .collect();
    Texts {
        levels: bin_names(edges),
        codes,
    }
}

/// The distinct whole numbers as values, ascending, or the first number that is not whole.
fn whole_numbers(values: &[Option<f64>]) -> Result<Texts, f64> {
    /// The widest range of numbers that is looked up in a table.
    const TABLE: f64 = 65_536.0;

    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for &value in values.iter().flatten() {
        if value.fract() != 0.0 {
            return Err(value);
        }
        low = low.min(value);
        high = high.max(value);
    }
    if high - low < TABLE {
        return Ok(whole_numbers_by_table(values, low));
    }
    let mut codes: BTreeMap<i128, u32> = BTreeMap::new();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number beyond the range of i128 becomes its nearest bound"
    )]
    let key = |value: f64| value as i128;
    for &value in values.iter().flatten() {
        codes.insert(key(value), 0);
    }
    for (index, code) in codes.values_mut().enumerate() {
        *code = code_of_index(index);
    }
    Ok(Texts {
        levels: codes.keys().map(i128::to_string).collect(),
        codes: values
            .iter()
            .map(|value| {
                value
                    .and_then(|value| codes.get(&key(value)).copied())
                    .unwrap_or(MISSING)
            })
            .collect(),
    })
}

fn whole_numbers_by_table(values: &[Option<f64>], low: f64) -> Texts {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number from 0 to the size of the table"
    )]
    let mut codes: Vec<u32> = values
        .iter()
        .map(|value| value.map_or(MISSING, |value| (value - low) as u32))
        .collect();
    let width = codes
        .iter()
        .filter(|&&code| code != MISSING)
        .max()
        .map_or(0, |&code| code as usize + 1);
    let mut seen = vec![false; width];
    for &code in &codes {
        if let Some(seen) = seen.get_mut(code as usize) {
            *seen = true;
        }
    }
    let mut levels = Vec::new();
    let mut remap = vec![MISSING; width];
    for (offset, _) in seen.iter().enumerate().filter(|(_, seen)| **seen) {
        remap[offset] = code_of_index(levels.len());
        levels.push((low + offset as f64).to_string());
    }
    recode(&mut codes, &remap);
    Texts { levels, codes }
}

/// The quartiles that differ, as edges to offer.
fn quartiles(values: &[Option<f64>]) -> Vec<f64> {
    let mut edges = crate::information::equal_count_edges(values, 4);
    edges.dedup();
    edges
}

/// Maps the values of an attribute; the new ones are sorted.
fn map_values(
    texts: Texts,
    group: &GroupConfig,
    map: &BTreeMap<String, String>,
) -> Result<Texts, Error> {
    // Where a key is misspelt, its value goes elsewhere: better said than done.
    let is_known = |key: &String| key == GroupConfig::EVERYTHING_ELSE || texts.levels.contains(key);
    if let Some(value) = map.keys().find(|key| !is_known(key)) {
        return Err(Error::UnknownGroupValue {
            attribute: group.name.clone(),
            column: group.column.clone(),
            value: value.clone(),
            known: texts.levels,
        });
    }
    let everything_else = map.get(GroupConfig::EVERYTHING_ELSE);
    let mut targets: Vec<&String> = Vec::with_capacity(texts.levels.len());
    for level in &texts.levels {
        let target = map.get(level).or(everything_else);
        targets.push(target.ok_or_else(|| Error::UnmappedGroup {
            attribute: group.name.clone(),
            column: group.column.clone(),
            value: level.clone(),
        })?);
    }
    let mut levels: Vec<String> = targets.iter().copied().cloned().collect();
    levels.sort_unstable();
    levels.dedup();
    let remap: Vec<u32> = targets
        .iter()
        .map(|target| code_of_index(levels.partition_point(|level| level < *target)))
        .collect();
    let mut codes = texts.codes;
    recode(&mut codes, &remap);
    Ok(Texts { levels, codes })
}

/// The same values without those that no row has.
pub(crate) fn present_levels(texts: Texts) -> Texts {
    let counts = texts.counts();
    if !counts.contains(&0) {
        return texts;
    }
    let mut absent = counts.iter().map(|&count| count == 0);
    let mut remap = Vec::with_capacity(counts.len());
    let mut levels = Vec::with_capacity(counts.len());
    for level in texts.levels {
        if absent.next() == Some(false) {
            remap.push(code_of_index(levels.len()));
            levels.push(level);
        } else {
            remap.push(MISSING);
        }
    }
    let mut codes = texts.codes;
    recode(&mut codes, &remap);
    Texts { levels, codes }
}

#[cfg(test)]
mod tests {
    use equipoise_core::Column;
    use rstest::rstest;

    use super::*;

    fn table(values: ColumnValues) -> Table {
        Table::new(vec![Column {
            name: "x".to_owned(),
            values,
        }])
        .unwrap()
    }

    fn values(annotation: &Annotation) -> Vec<Vec<&str>> {
        annotation
            .groups
            .schema()
            .attributes()
            .iter()
            .map(|attribute| attribute.values().iter().map(String::as_str).collect())
            .collect()
    }

    #[test]
    fn a_bin_holds_its_lower_edge() {
        let numbers = [24.9, 25.0, 44.0, 45.0, 65.0].map(Some).to_vec();
        let config = GroupConfig {
            bins: Some(vec![25.0, 45.0, 65.0]),
            ..GroupConfig::column("x")
        };
        let annotation = annotate(&table(ColumnValues::Number(numbers)), &[config]).unwrap();
        assert_eq!(values(&annotation), [["<25", "25-45", "45-65", ">=65"]]);
        assert_eq!(annotation.groups.codes(0), [0, 1, 1, 2, 3]);
    }

    #[test]
    fn an_empty_bin_is_no_group() {
        let config = GroupConfig {
            bins: Some(vec![25.0, 45.0]),
            ..GroupConfig::column("x")
        };
        let numbers = ColumnValues::Number(vec![Some(10.0), Some(50.0)]);
        let annotation = annotate(&table(numbers), &[config]).unwrap();
        assert_eq!(values(&annotation), [["<25", ">=45"]]);
        assert_eq!(annotation.groups.codes(0), [0, 1]);
    }

    #[rstest]
    #[case::near(&[10.0, 2.0, -1.0, 2.0], &["-1", "2", "10"], &[2, 1, 0, 1])]
    #[case::far(&[1e9, 2.0, 1e9, -3.0], &["-3", "2", "1000000000"], &[2, 1, 2, 0])]
    fn whole_numbers_are_groups_in_order_of_size(
        #[case] numbers: &[f64],
        #[case] expected: &[&str],
        #[case] codes: &[u32],
    ) {
        let numbers = numbers.iter().copied().map(Some).collect();
        let annotation = annotate(
            &table(ColumnValues::Number(numbers)),
            &[GroupConfig::column("x")],
        )
        .unwrap();
        assert_eq!(values(&annotation), [expected]);
        assert_eq!(annotation.groups.codes(0), codes);
    }

    #[test]
    fn a_map_puts_values_together() {
        let config = GroupConfig {
            values: Some(BTreeMap::from([
                ("White".to_owned(), "White".to_owned()),
                ("*".to_owned(), "Other".to_owned()),
            ])),
            ..GroupConfig::column("x")
        };
        let texts = ColumnValues::from_texts(&[Some("White"), Some("Black"), Some("Asian")]);
        let annotation = annotate(&table(texts), &[config]).unwrap();
        assert_eq!(values(&annotation), [["Other", "White"]]);
        assert_eq!(annotation.groups.codes(0), [1, 0, 0]);
    }

    #[test]
    fn dropped_rows_are_counted_and_take_their_values_along() {
        let first = ColumnValues::from_texts(&[Some("a"), None, Some("b"), Some("a"), None]);
        let second = ColumnValues::from_texts(&[Some("p"), None, None, Some("q"), Some("q")]);
        let table = Table::new(vec![
            Column {
                name: "first".to_owned(),
                values: first,
            },
            Column {
                name: "second".to_owned(),
                values: second,
            },
        ])
        .unwrap();
        let annotation = annotate(
            &table,
            &[
                GroupConfig::column("first").with_missing(MissingPolicy::Drop),
                GroupConfig::column("second").with_missing(MissingPolicy::Drop),
            ],
        )
        .unwrap();
        assert_eq!(annotation.kept, [0, 3]);
        assert_eq!(values(&annotation), [vec!["a"], vec!["p", "q"]]);
        let counts: Vec<usize> = annotation.dropped.iter().map(|d| d.count).collect();
        assert_eq!(counts, [2, 1]);
    }
}
