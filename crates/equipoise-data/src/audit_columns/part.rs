//! One column of some rows, in the narrowest type that holds it.

use polars::prelude::{ChunkedArray, DataType, PolarsNumericType, Series};

use super::binary::distinct;
use super::piece::options;
use crate::read::Frame;
use crate::read::texts::{MISSING, Texts};
use crate::read::values::{Decoded, decode};
use crate::{ColumnType, Error};

/// One column of some rows.
pub(super) enum Part {
    /// Zeros and ones, none missing.
    Bits {
        /// The values.
        bits: Vec<u8>,
        /// Whether the column holds booleans, which are the texts `false` and `true`.
        boolean: bool,
    },
    /// Finite numbers, none missing.
    Floats(Vec<f64>),
    /// Anything else.
    Decoded(Decoded),
}

/// A column before the rows of missing groups are left out.
pub(super) enum Values<T> {
    /// No value is missing.
    All(Vec<T>),
    /// Some are.
    Some(Vec<Option<T>>),
}

impl Part {
    /// A column of labels or decisions.
    pub(super) fn of_labels(
        frame: &Frame,
        column: &str,
        missing_values: &[String],
    ) -> Result<Self, Error> {
        let series = frame.column(column)?;
        if missing_values.is_empty()
            && let Some(bits) = zeros_and_ones(series)
        {
            let boolean = *series.dtype() == DataType::Boolean;
            return Ok(Self::Bits { bits, boolean });
        }
        let options = options(column, missing_values, None);
        Ok(Self::Decoded(decode(series, frame, &options)?))
    }

    /// A column of finite numbers.
    pub(super) fn of_numbers(
        frame: &Frame,
        column: &str,
        missing_values: &[String],
    ) -> Result<Self, Error> {
        let series = frame.column(column)?;
        if missing_values.is_empty()
            && let Some(floats) = finite_floats(series)
        {
            return Ok(Self::Floats(floats));
        }
        // Declared as numbers, so that the first value that is none is named with its row.
        let options = options(column, missing_values, Some(ColumnType::Number));
        Ok(Self::Decoded(decode(series, frame, &options)?))
    }

    /// A column of names: texts as they are, numbers in their shortest form.
    ///
    /// Whole numbers beyond 2^53, of which a float is not sure, are told apart as well.
    pub(super) fn of_names(
        frame: &Frame,
        column: &str,
        missing_values: &[String],
    ) -> Result<Self, Error> {
        let series = frame.column(column)?;
        // In files without types, a number is a text as well; such as a name with leading zeros.
        let kind = frame.untyped().then_some(ColumnType::Category);
        let options = options(column, missing_values, kind);
        let decoded = if exceeds_floats(series) {
            let texts = series
                .cast(&DataType::String)
                .map_err(|source| frame.decode_error(source))?;
            decode(&texts, frame, &options)?
        } else {
            decode(series, frame, &options)?
        };
        let (levels, codes) = distinct(decoded);
        let codes = codes.into_iter().map(|code| code.unwrap_or(MISSING));
        let codes = codes.collect();
        Ok(Self::Decoded(Decoded::Texts(Texts { levels, codes })))
    }

    /// The rows of several parts, one after the other.
    pub(super) fn concat(parts: Vec<Self>, column: &str) -> Result<Self, Error> {
        let bits = parts
            .iter()
            .all(|part| matches!(part, Self::Bits { boolean, .. } if !boolean));
        let booleans = parts
            .iter()
            .all(|part| matches!(part, Self::Bits { boolean: true, .. }));
        if bits || booleans {
            let parts = parts.into_iter().map(|part| match part {
                Self::Bits { bits, .. } => bits,
                Self::Floats(_) | Self::Decoded(_) => Vec::new(),
            });
            return Ok(Self::Bits {
                bits: join(parts.collect()),
                boolean: booleans,
            });
        }
        if parts.iter().all(|part| matches!(part, Self::Floats(_))) {
            let parts = parts.into_iter().map(|part| match part {
                Self::Floats(floats) => floats,
                Self::Bits { .. } | Self::Decoded(_) => Vec::new(),
            });
            return Ok(Self::Floats(join(parts.collect())));
        }
        let decoded = parts.into_iter().map(Self::into_decoded).collect();
        Ok(Self::Decoded(concat_decoded(decoded, column)?))
    }

    /// The same as plain numbers or texts.
    pub(super) fn into_decoded(self) -> Decoded {
        match self {
            Self::Bits {
                bits,
                boolean: true,
            } => Decoded::Texts(Texts {
                levels: vec!["false".to_owned(), "true".to_owned()],
                codes: bits.into_iter().map(u32::from).collect(),
            }),
            Self::Bits { bits, .. } => {
                Decoded::Numbers(bits.into_iter().map(|bit| Some(f64::from(bit))).collect())
            }
            Self::Floats(floats) => Decoded::Numbers(floats.into_iter().map(Some).collect()),
            Self::Decoded(decoded) => decoded,
        }
    }

    /// The values of a part that [`Self::of_names`] made.
    pub(super) fn into_texts(self) -> Texts {
        let (levels, codes) = distinct(self.into_decoded());
        let codes = codes.into_iter().map(|code| code.unwrap_or(MISSING));
        Texts {
            levels,
            codes: codes.collect(),
        }
    }

    /// The values of a part that [`Self::of_numbers`] made.
    pub(super) fn into_numbers(
        self,
        what: &'static str,
        column: &str,
    ) -> Result<Values<f64>, Error> {
        match self {
            Self::Floats(floats) => Ok(Values::All(floats)),
            part => match part.into_decoded() {
                Decoded::Numbers(values) => Ok(Values::Some(values)),
                Decoded::Texts(texts) => match texts.levels.first() {
                    None => Ok(Values::Some(vec![None; texts.codes.len()])),
                    Some(example) => Err(Error::NotNumbers {
                        what,
                        column: column.to_owned(),
                        example: example.clone(),
                    }),
                },
            },
        }
    }
}

/// Rows one after the other; those of a single part as they are.
fn join<T: Copy>(mut parts: Vec<Vec<T>>) -> Vec<T> {
    match parts.len() {
        1 => parts.remove(0),
        _ => parts.concat(),
    }
}

fn concat_decoded(mut parts: Vec<Decoded>, column: &str) -> Result<Decoded, Error> {
    if parts.len() == 1 {
        return Ok(parts.remove(0));
    }
    // A part without any value may be of either kind.
    let has_numbers = (parts.iter())
        .any(|part| matches!(part, Decoded::Numbers(n) if n.iter().any(Option::is_some)));
    let has_texts = (parts.iter())
        .any(|part| matches!(part, Decoded::Texts(texts) if !texts.levels.is_empty()));
    if has_numbers && has_texts {
        return Err(Error::KindsDiffer {
            column: column.to_owned(),
        });
    }
    if has_numbers {
        let parts = parts.into_iter().map(|part| match part {
            Decoded::Numbers(values) => values,
            Decoded::Texts(texts) => vec![None; texts.codes.len()],
        });
        return Ok(Decoded::Numbers(join(parts.collect())));
    }
    let parts = parts.into_iter().map(|part| match part {
        Decoded::Texts(texts) => texts,
        Decoded::Numbers(values) => Texts {
            levels: Vec::new(),
            codes: vec![MISSING; values.len()],
        },
    });
    let parts: Vec<Texts> = parts.collect();
    Ok(Decoded::Texts(Texts::concat(&parts, str::cmp)))
}

/// A column of finite numbers without missing ones; `None` for any other column.
fn finite_floats(series: &Series) -> Option<Vec<f64>> {
    if series.null_count() > 0 || !series.dtype().is_primitive_numeric() {
        return None;
    }
    let cast = series.cast(&DataType::Float64).ok()?;
    let floats = cast.f64().ok()?;
    let mut values = Vec::with_capacity(floats.len());
    for chunk in floats.downcast_iter() {
        values.extend_from_slice(chunk.values().as_slice());
    }
    values
        .iter()
        .all(|value| value.is_finite())
        .then_some(values)
}

/// Whether a column holds whole numbers that a float cannot tell from their neighbours.
fn exceeds_floats(series: &Series) -> bool {
    const LARGEST: u64 = 1 << f64::MANTISSA_DIGITS;
    match series.dtype() {
        DataType::Int64 => series
            .i64()
            .is_ok_and(|values| values.iter().flatten().any(|v| v.unsigned_abs() > LARGEST)),
        DataType::UInt64 => series
            .u64()
            .is_ok_and(|values| values.iter().flatten().any(|v| v > LARGEST)),
        _ => false,
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
