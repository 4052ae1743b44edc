//! Columns of a file as plain numbers or texts.

use equipoise_core::ColumnValues;
use polars::prelude::{DataType, Series, StringChunked};

use super::texts::{MISSING, Texts, code_of_index};
use super::{Frame, ReadOptions};
use crate::{ColumnType, Error};

/// A decoded column.
pub(crate) enum Decoded {
    /// Finite numbers.
    Numbers(Vec<Option<f64>>),
    /// Texts with sorted levels.
    Texts(Texts),
}

impl Decoded {
    pub(crate) fn into_column(self) -> ColumnValues {
        match self {
            Self::Numbers(values) => ColumnValues::Number(values),
            Self::Texts(texts) => texts.into_column(),
        }
    }
}

/// Decodes one column.
pub(crate) fn decode(
    series: &Series,
    frame: &Frame,
    options: &ReadOptions,
) -> Result<Decoded, Error> {
    let decoder = Decoder {
        frame,
        column: series.name().as_str(),
        missing: MissingValues::new(&options.missing_values),
        declared: options.columns.get(series.name().as_str()).copied(),
    };
    decoder.decode(series)
}

struct Decoder<'a> {
    frame: &'a Frame,
    column: &'a str,
    missing: MissingValues<'a>,
    declared: Option<ColumnType>,
}

impl Decoder<'_> {
    fn decode(&self, series: &Series) -> Result<Decoded, Error> {
        match series.dtype() {
            DataType::String => self.strings(series),
            DataType::Categorical(..)
            | DataType::Enum(..)
            | DataType::Date
            | DataType::Datetime(..) => self.strings(&self.cast(series, &DataType::String)?),
            DataType::Boolean if self.declared == Some(ColumnType::Number) => self.numbers(series),
            DataType::Boolean => self.booleans(series),
            DataType::Null => Ok(Decoded::Texts(Texts {
                levels: Vec::new(),
                codes: vec![MISSING; series.len()],
            })),
            number if number.is_primitive_numeric() => {
                if self.declared != Some(ColumnType::Category) {
                    self.numbers(series)
                } else if number.is_integer() {
                    // Not by way of f64, which would merge large identifiers.
                    self.strings(&self.cast(series, &DataType::String)?)
                } else {
                    let Decoded::Numbers(values) = self.numbers(series)? else {
                        return Err(self.unsupported(series));
                    };
                    Ok(Decoded::Texts(texts_of_numbers(&values)))
                }
            }
            _ => Err(self.unsupported(series)),
        }
    }

    fn unsupported(&self, series: &Series) -> Error {
        Error::UnsupportedType {
            path: self.frame.path().to_owned(),
            column: self.column.to_owned(),
            found: series.dtype().to_string(),
        }
    }

    fn cast(&self, series: &Series, to: &DataType) -> Result<Series, Error> {
        series
            .strict_cast(to)
            .map_err(|source| self.frame.decode_error(source))
    }

    fn booleans(&self, series: &Series) -> Result<Decoded, Error> {
        let values = series
            .bool()
            .map_err(|source| self.frame.decode_error(source))?;
        let codes = values
            .iter()
            .map(|value| value.map_or(MISSING, u32::from))
            .collect();
        let texts = Texts {
            levels: vec!["false".to_owned(), "true".to_owned()],
            codes,
        };
        let counts = texts.counts();
        let absent: Vec<String> = (texts.levels.iter().zip(&counts))
            .filter(|(_, count)| **count == 0)
            .map(|(level, _)| level.clone())
            .collect();
        Ok(Decoded::Texts(texts.without(|level| {
            self.missing.is_text(level) || absent.iter().any(|absent| absent == level)
        })))
    }

    fn numbers(&self, series: &Series) -> Result<Decoded, Error> {
        let floats = self.cast(series, &DataType::Float64)?;
        let floats = floats
            .f64()
            .map_err(|source| self.frame.decode_error(source))?;
        let mut values = Vec::with_capacity(floats.len());
        for value in floats.iter() {
            let value = value.filter(|&value| !self.missing.is_number(value));
            if let Some(value) = value
                && !value.is_finite()
            {
                return Err(self.not_finite(values.len(), value.to_string()));
            }
            values.push(value);
        }
        Ok(Decoded::Numbers(values))
    }

    fn strings(&self, series: &Series) -> Result<Decoded, Error> {
        let strings = series
            .str()
            .map_err(|source| self.frame.decode_error(source))?;
        let untyped = self.frame.untyped();
        if self.declared == Some(ColumnType::Number) {
            return self.parsed(strings).map(Decoded::Numbers);
        }
        let texts = Texts::code(strings, untyped)?.without(|level| {
            self.missing.is_text(level)
                || (untyped
                    && (level.is_empty()
                        || level
                            .parse()
                            .is_ok_and(|number| self.missing.is_number(number))))
        });
        let numbers: Vec<Option<f64>> = texts
            .levels
            .iter()
            .map(|level| level.parse().ok())
            .collect();
        let are_numbers = match self.declared {
            None if untyped => mostly_numbers(&numbers, &texts.counts()),
            // JSON numbers become texts where some line has a text in their place.
            None if self.frame.mixes_kinds() => {
                numbers.contains(&None) && mostly_numbers(&numbers, &texts.counts())
            }
            _ => false,
        };
        if !are_numbers {
            return Ok(Decoded::Texts(texts.sorted()));
        }
        let mut values = Vec::with_capacity(texts.codes.len());
        for (row, &code) in texts.codes.iter().enumerate() {
            if code == MISSING {
                values.push(None);
                continue;
            }
            let level = &texts.levels[code as usize];
            match numbers[code as usize] {
                Some(value) if value.is_finite() => values.push(Some(value)),
                Some(_) => return Err(self.not_finite(row, level.clone())),
                None => {
                    return Err(Error::TextInNumbers {
                        path: self.frame.path().to_owned(),
                        column: self.column.to_owned(),
                        row: self.frame.row_in_file(row),
                        value: level.clone(),
                    });
                }
            }
        }
        Ok(Decoded::Numbers(values))
    }

    /// Texts that are numbers, row by row: scores are too many to be coded.
    fn parsed(&self, strings: &StringChunked) -> Result<Vec<Option<f64>>, Error> {
        let untyped = self.frame.untyped();
        let parse = |(row, text): (usize, Option<&str>)| {
            let text = text.map(|text| if untyped { text.trim() } else { text });
            let Some(text) = text.filter(|text| !self.missing.is_text(text)) else {
                return Ok(None);
            };
            match text.parse::<f64>() {
                Ok(number) if untyped && self.missing.is_number(number) => Ok(None),
                Ok(number) if number.is_finite() => Ok(Some(number)),
                Ok(_) => Err(self.not_finite(row, text.to_owned())),
                Err(_) if untyped && text.is_empty() => Ok(None),
                Err(_) => Err(Error::TextInNumbers {
                    path: self.frame.path().to_owned(),
                    column: self.column.to_owned(),
                    row: self.frame.row_in_file(row),
                    value: text.to_owned(),
                }),
            }
        };
        strings.iter().enumerate().map(parse).collect()
    }

    fn not_finite(&self, row: usize, value: String) -> Error {
        Error::NotFinite {
            path: self.frame.path().to_owned(),
            column: self.column.to_owned(),
            row: self.frame.row_in_file(row),
            value,
        }
    }
}

/// Whether the rows of a column of texts hold more numbers than words.
fn mostly_numbers(numbers: &[Option<f64>], counts: &[usize]) -> bool {
    let mut kinds = KindCounts::default();
    for (number, count) in numbers.iter().zip(counts) {
        kinds.add(*number, *count);
    }
    kinds.are_numbers()
}

/// How many of the texts of a column are numbers, and how many are words.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct KindCounts {
    finite: usize,
    not_finite: usize,
    words: usize,
}

impl KindCounts {
    /// Adds rows with the same text, which is this number, or a word.
    pub(crate) fn add(&mut self, number: Option<f64>, rows: usize) {
        match number {
            Some(number) if number.is_finite() => self.finite += rows,
            Some(_) => self.not_finite += rows,
            None => self.words += rows,
        }
    }

    /// Whether no text was added.
    pub(crate) fn is_empty(self) -> bool {
        self.finite + self.not_finite + self.words == 0
    }

    /// Whether the column holds more numbers than words.
    ///
    /// NaN and infinity count for neither: they make numbers of a column without words only.
    pub(crate) fn are_numbers(self) -> bool {
        self.finite > self.words || (self.words == 0 && self.not_finite > 0)
    }
}

/// Numbers as categories, each written in its shortest form.
fn texts_of_numbers(values: &[Option<f64>]) -> Texts {
    let mut distinct: Vec<f64> = values.iter().copied().flatten().collect();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    let codes = values
        .iter()
        .map(|value| {
            value.map_or(MISSING, |value| {
                code_of_index(distinct.partition_point(|&known| known < value))
            })
        })
        .collect();
    Texts {
        levels: distinct.iter().map(f64::to_string).collect(),
        codes,
    }
    .sorted()
}

/// What stands for a missing value.
struct MissingValues<'a> {
    texts: &'a [String],
    numbers: Vec<f64>,
}

impl<'a> MissingValues<'a> {
    fn new(texts: &'a [String]) -> Self {
        Self {
            texts,
            numbers: texts.iter().filter_map(|text| text.parse().ok()).collect(),
        }
    }

    fn is_text(&self, text: &str) -> bool {
        self.texts.iter().any(|missing| missing == text)
    }

    #[expect(
        clippy::float_cmp,
        reason = "a declared number is missing where it is met exactly"
    )]
    fn is_number(&self, value: f64) -> bool {
        self.numbers
            .iter()
            .any(|missing| *missing == value || (missing.is_nan() && value.is_nan()))
    }
}
