//! The columns of an audit: labels, decisions, scores and groups, as plain vectors.
//!
//! A file of predictions may have many millions of rows. Columns of numbers and booleans are read
//! in their own type, columns of texts as codes into their distinct values; no row makes a
//! `String`.

use std::collections::BTreeMap;
use std::path::Path;

use equipoise_core::GroupColumns;
use polars::prelude::{ChunkedArray, DataType, PolarsNumericType, Series};

use crate::annotate::annotate_columns;
use crate::read::values::{Decoded, decode};
use crate::read::{Frame, read_frame};
use crate::target::require_all;
use crate::{ColumnType, DroppedRows, Error, GroupConfig, ReadOptions};

/// Which columns of a file to audit.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditColumns {
    /// The true labels: booleans, 0 and 1, or any values with [`Self::positive`].
    pub label: String,
    /// The decisions, written like the labels or as 0 and 1.
    pub prediction: Option<String>,
    /// The scores: finite numbers, the higher the more positive.
    pub score: Option<String>,
    /// The group attributes; rows that an attribute drops are left out of everything.
    pub groups: Vec<GroupConfig>,
    /// Row weights above 0.
    pub weight: Option<String>,
    /// The label that counts as 1.
    pub positive: Option<String>,
    /// Texts that stand for a missing value.
    pub missing_values: Vec<String>,
}

impl AuditColumns {
    /// The columns of a file that [`crate::write_predictions`] made.
    pub fn new(label: impl Into<String>, groups: Vec<GroupConfig>) -> Self {
        Self {
            label: label.into(),
            prediction: None,
            score: None,
            groups,
            weight: None,
            positive: None,
            missing_values: Vec::new(),
        }
    }
}

/// The columns of an audit; all vectors have one entry for each row that was kept.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AuditData {
    /// The number of rows in the file.
    pub rows: usize,
    /// The labels, 0 or 1.
    pub labels: Vec<u8>,
    /// The decisions, 0 or 1.
    pub predictions: Option<Vec<u8>>,
    /// The scores.
    pub scores: Option<Vec<f64>>,
    /// The weights.
    pub weights: Option<Vec<f64>>,
    /// The groups; the values of each attribute are sorted (see [`crate::Annotation`]).
    pub groups: GroupColumns,
    /// The rows that were left out.
    pub dropped: Vec<DroppedRows>,
}

/// Reads the columns of an audit from a file of any format.
///
/// Unlike training, an audit may have one class or one group only: what cannot be estimated from
/// them is for the metrics to say.
///
/// # Errors
///
/// When neither predictions nor scores are named; when a column is not there; when a label,
/// prediction, score or weight is missing; when labels or predictions cannot be read as 0 and 1;
/// when the positive value does not occur among the labels; or when groups cannot be made of
/// their columns.
pub fn read_audit_columns(path: &Path, columns: &AuditColumns) -> Result<AuditData, Error> {
    if columns.prediction.is_none() && columns.score.is_none() {
        return Err(Error::NothingToAudit);
    }
    let mut select: Vec<String> = Vec::new();
    let named = [Some(&columns.label), columns.prediction.as_ref()]
        .into_iter()
        .chain([columns.score.as_ref(), columns.weight.as_ref()])
        .flatten()
        .chain(columns.groups.iter().map(|group| &group.column));
    for name in named {
        if !select.contains(name) {
            select.push(name.clone());
        }
    }
    let frame = read_frame(path, Some(&select), "the audit")?;
    let reader = AuditReader {
        options: ReadOptions {
            missing_values: columns.missing_values.clone(),
            ..ReadOptions::default()
        },
        positive: columns.positive.as_deref(),
        frame: &frame,
    };

    let groups = columns
        .groups
        .iter()
        .map(|group| reader.decode(&group.column, None))
        .collect::<Result<_, _>>()?;
    let annotated = annotate_columns(frame.rows(), &columns.groups, groups)?;
    let kept = Kept(annotated.kept.as_deref());

    let (labels, label_values) = reader.indicator("label", &columns.label, None)?;
    let labels = kept.of(labels, "label", &columns.label)?;
    let predictions = match &columns.prediction {
        Some(column) => {
            let (values, _) = reader.indicator("prediction", column, label_values.as_ref())?;
            Some(kept.of(values, "prediction", column)?)
        }
        None => None,
    };
    let scores = match &columns.score {
        Some(column) => Some(kept.of(reader.numbers("score", column)?, "score", column)?),
        None => None,
    };
    let weights = match &columns.weight {
        Some(column) => {
            let weights = kept.of(reader.numbers("weight", column)?, "weight", column)?;
            if let Some(row) = weights.iter().position(|&weight| weight <= 0.0) {
                return Err(Error::Weight {
                    column: column.clone(),
                    row: kept.row_in_file(row) + 1,
                    value: weights[row],
                });
            }
            Some(weights)
        }
        None => None,
    };
    Ok(AuditData {
        rows: frame.rows(),
        labels,
        predictions,
        scores,
        weights,
        groups: annotated.groups,
        dropped: annotated.dropped,
    })
}

/// A column that was read, before the rows of missing groups are left out.
enum Values<T> {
    /// No value is missing.
    All(Vec<T>),
    /// Some are.
    Some(Vec<Option<T>>),
}

/// The rows that are audited; all where it is `None`.
#[derive(Clone, Copy)]
struct Kept<'a>(Option<&'a [usize]>);

impl Kept<'_> {
    fn row_in_file(self, row: usize) -> usize {
        self.0.map_or(row, |kept| kept[row])
    }

    /// The values of these rows, none of which may be missing.
    fn of<T: Copy>(
        self,
        values: Values<T>,
        what: &'static str,
        column: &str,
    ) -> Result<Vec<T>, Error> {
        match (values, self.0) {
            (Values::All(values), None) => Ok(values),
            (Values::All(values), Some(kept)) => Ok(kept.iter().map(|&row| values[row]).collect()),
            (Values::Some(values), None) => require_all(&values, |row| row, what, column),
            (Values::Some(values), Some(kept)) => {
                let values: Vec<Option<T>> = kept.iter().map(|&row| values[row]).collect();
                require_all(&values, |row| kept[row], what, column)
            }
        }
    }
}

struct AuditReader<'a> {
    options: ReadOptions,
    positive: Option<&'a str>,
    frame: &'a Frame,
}

impl AuditReader<'_> {
    fn decode(&self, column: &str, kind: Option<ColumnType>) -> Result<Decoded, Error> {
        let mut options = self.options.clone();
        options.columns = BTreeMap::from_iter(kind.map(|kind| (column.to_owned(), kind)));
        decode(self.frame.column(column)?, self.frame, &options)
    }

    /// A column of finite numbers.
    fn numbers(&self, what: &'static str, column: &str) -> Result<Values<f64>, Error> {
        let series = self.frame.column(column)?;
        // The straight way where no number needs to be looked at twice.
        if self.options.missing_values.is_empty()
            && series.null_count() == 0
            && let Ok(floats) = series.f64()
        {
            let mut values = Vec::with_capacity(floats.len());
            for chunk in floats.downcast_iter() {
                values.extend_from_slice(chunk.values().as_slice());
            }
            if values.iter().all(|value| value.is_finite()) {
                return Ok(Values::All(values));
            }
        }
        // Declared as numbers, so that the first value that is none is named with its row.
        match self.decode(column, Some(ColumnType::Number))? {
            Decoded::Numbers(values) => Ok(Values::Some(values)),
            Decoded::Texts(texts) => match texts.levels.first() {
                None => Ok(Values::Some(vec![None; texts.codes.len()])),
                Some(example) => Err(Error::NotNumbers {
                    what,
                    column: column.to_owned(),
                    example: example.clone(),
                }),
            },
        }
    }

    /// A column as 0 and 1, with its distinct values where they were looked at.
    ///
    /// `labels` are the distinct values of the label column, when this is the prediction column:
    /// predictions are written like the labels, or as 0 and 1.
    fn indicator(
        &self,
        what: &'static str,
        column: &str,
        labels: Option<&Vec<String>>,
    ) -> Result<(Values<u8>, Option<Vec<String>>), Error> {
        let series = self.frame.column(column)?;
        if self.options.missing_values.is_empty()
            && self.positive.is_none()
            && let Some(values) = zeros_and_ones(series)
        {
            return Ok((Values::All(values), None));
        }
        let decoded = self.decode(column, None)?;
        let (names, codes) = distinct(decoded);
        let ones = self
            .ones(&names, labels)
            .ok_or_else(|| match self.positive {
                Some(positive) if labels.is_none() => Error::UnknownPositive {
                    column: column.to_owned(),
                    positive: positive.to_owned(),
                    found: names.clone(),
                },
                _ => Error::NotZeroOne {
                    what,
                    column: column.to_owned(),
                    found: names.clone(),
                },
            })?;
        let values = codes
            .into_iter()
            .map(|code| code.map(|code| u8::from(ones[code as usize])))
            .collect();
        Ok((Values::Some(values), Some(names)))
    }

    /// Which of the distinct values count as 1.
    fn ones(&self, names: &[String], labels: Option<&Vec<String>>) -> Option<Vec<bool>> {
        let same = |a: &str, b: &str| {
            a == b
                || matches!(
                    (a.parse::<f64>(), b.parse::<f64>()),
                    (Ok(a), Ok(b)) if a.to_bits() == b.to_bits()
                )
        };
        if let Some(positive) = self.positive {
            let written_like_labels = match labels {
                Some(labels) => names
                    .iter()
                    .all(|name| labels.iter().any(|l| same(l, name))),
                None => names.iter().any(|name| same(name, positive)),
            };
            if written_like_labels {
                return Some(names.iter().map(|name| same(name, positive)).collect());
            }
            // A label column must have the positive value; predictions may be 0 and 1.
            labels?;
        }
        names
            .iter()
            .map(|name| match name.as_str() {
                "0" | "false" => Some(false),
                "1" | "true" => Some(true),
                _ => None,
            })
            .collect()
    }
}

/// The distinct values of a column as texts, and one index into them for each row.
fn distinct(decoded: Decoded) -> (Vec<String>, Vec<Option<u32>>) {
    match decoded {
        Decoded::Texts(texts) => {
            let codes = texts.codes.iter();
            let known = texts.levels.len();
            (
                texts.levels,
                codes
                    .map(|&code| ((code as usize) < known).then_some(code))
                    .collect(),
            )
        }
        Decoded::Numbers(values) => {
            let mut numbers: Vec<f64> = values.iter().copied().flatten().collect();
            numbers.sort_unstable_by(f64::total_cmp);
            numbers.dedup();
            let codes = values
                .iter()
                .map(|value| {
                    value.and_then(|value| {
                        u32::try_from(numbers.partition_point(|&known| known < value)).ok()
                    })
                })
                .collect();
            (numbers.iter().map(f64::to_string).collect(), codes)
        }
    }
}

/// A column of booleans, or of whole numbers that are all 0 or 1; `None` for any other column.
fn zeros_and_ones(series: &Series) -> Option<Vec<u8>> {
    if series.null_count() > 0 {
        return None;
    }
    match series.dtype() {
        DataType::Boolean => {
            let booleans = series.bool().ok()?;
            let mut values = Vec::with_capacity(booleans.len());
            for chunk in booleans.downcast_iter() {
                values.extend(chunk.values().iter().map(u8::from));
            }
            Some(values)
        }
        DataType::Int64 => narrow(series.i64().ok()?, |v| u8::try_from(v).unwrap_or(u8::MAX)),
        DataType::Int32 => narrow(series.i32().ok()?, |v| u8::try_from(v).unwrap_or(u8::MAX)),
        DataType::UInt32 => narrow(series.u32().ok()?, |v| u8::try_from(v).unwrap_or(u8::MAX)),
        DataType::UInt64 => narrow(series.u64().ok()?, |v| u8::try_from(v).unwrap_or(u8::MAX)),
        DataType::Int8 => narrow(series.i8().ok()?, |v| u8::try_from(v).unwrap_or(u8::MAX)),
        DataType::UInt8 => narrow(series.u8().ok()?, |v| v),
        _ => None,
    }
}

/// Numbers as bytes, or `None` where one is neither 0 nor 1.
fn narrow<T: PolarsNumericType>(
    column: &ChunkedArray<T>,
    byte: impl Fn(T::Native) -> u8,
) -> Option<Vec<u8>> {
    let mut values = Vec::with_capacity(column.len());
    for chunk in column.downcast_iter() {
        values.extend(chunk.values().iter().map(|&value| byte(value)));
    }
    // One number for all rows, so that the loop has no branch.
    let any_bits = values.iter().fold(0, |bits, value| bits | value);
    (any_bits <= 1).then_some(values)
}
