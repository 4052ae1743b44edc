//! Features as numbers, fitted on the training part alone.

use serde::{Deserialize, Serialize};

use crate::table::check_level_order;
use crate::{Column, ColumnValues, Error, Table};

/// How one column becomes model input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FeatureSpec {
    /// A number, standardised to `(value - mean) / deviation`; a missing value becomes 0 (the
    /// mean).
    Number {
        /// The column.
        column: String,
        /// The mean of the training part; 0 where all its values are missing.
        mean: f64,
        /// The standard deviation of the training part (population form), above 0; 1 where the
        /// values are the same but for rounding, which is when it is at most `1e-9 * |mean|`.
        deviation: f64,
        /// Whether a second input says 1 where the value is missing: so where the training part
        /// had missing values.
        missing_indicator: bool,
    },
    /// A category: input 0 is a level never seen in training, 1 a missing value, and
    /// `2 + index` the levels.
    Category {
        /// The column.
        column: String,
        /// The levels of the training part, sorted.
        levels: Vec<String>,
    },
}

impl FeatureSpec {
    /// The input of a category that training never saw.
    pub const UNKNOWN: u32 = 0;
    /// The input of a missing category.
    pub const MISSING: u32 = 1;
    /// The input of the first level.
    pub const FIRST_LEVEL: u32 = 2;

    /// The column that is read.
    pub fn column(&self) -> &str {
        match self {
            Self::Number { column, .. } | Self::Category { column, .. } => column,
        }
    }
}

/// The widths of encoded features: what a model must know to be built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureShape {
    /// The number of numeric inputs, missing indicators included.
    pub numeric: usize,
    /// The number of distinct inputs of each category column (levels, unknown, and missing).
    pub cardinalities: Vec<usize>,
}

/// Encoded rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EncodedFeatures {
    /// The number of rows.
    pub rows: usize,
    /// The numeric inputs of a row.
    pub numeric_width: usize,
    /// Numeric inputs, `[rows, numeric_width]`, row after row.
    pub numeric: Vec<f32>,
    /// The category inputs of a row.
    pub categorical_width: usize,
    /// Category inputs, `[rows, categorical_width]`, row after row.
    pub categorical: Vec<u32>,
    /// Columns in which missing numbers were replaced by the training mean without an indicator,
    /// since the training part had none missing, with how many. Tell your user.
    pub imputed: Vec<(String, usize)>,
}

impl EncodedFeatures {
    /// The numeric inputs of one row.
    pub fn numeric_row(&self, row: usize) -> &[f32] {
        &self.numeric[row * self.numeric_width..(row + 1) * self.numeric_width]
    }

    /// The category inputs of one row.
    pub fn categorical_row(&self, row: usize) -> &[u32] {
        &self.categorical[row * self.categorical_width..(row + 1) * self.categorical_width]
    }
}

/// A fitted encoding of the feature columns of a table.
///
/// ```
/// use equipoise_core::{Column, ColumnValues, FeatureEncoder, Table};
///
/// let table = Table::new(vec![
///     Column { name: "age".into(), values: ColumnValues::Number(vec![Some(20.0), Some(40.0), None]) },
///     Column { name: "work".into(), values: ColumnValues::from_texts(&[Some("State"), None, Some("Private")]) },
/// ])?;
/// // Fitted on the first two rows: "Private" is not known to it.
/// let encoder = FeatureEncoder::fit(&table, &[0, 1], &["age", "work"])?;
/// let encoded = encoder.encode(&table)?;
/// assert_eq!(encoded.numeric, [-1.0, 1.0, 0.0]);
/// assert_eq!(encoded.categorical, [2, 1, 0]);
/// assert_eq!(encoded.imputed, [("age".to_owned(), 1)]);
/// # Ok::<(), equipoise_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedEncoder")]
pub struct FeatureEncoder {
    features: Vec<FeatureSpec>,
}

/// An encoding as a file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UncheckedEncoder {
    features: Vec<FeatureSpec>,
}

impl TryFrom<UncheckedEncoder> for FeatureEncoder {
    type Error = Error;

    fn try_from(unchecked: UncheckedEncoder) -> Result<Self, Error> {
        let features = unchecked.features;
        if features.is_empty() {
            return Err(Error::NoFeatures);
        }
        features.iter().try_for_each(check_feature)?;
        Ok(Self { features })
    }
}

/// What [`FeatureEncoder::encode`] relies on and [`FeatureEncoder::fit`] keeps.
fn check_feature(feature: &FeatureSpec) -> Result<(), Error> {
    match feature {
        FeatureSpec::Number {
            column,
            mean,
            deviation,
            ..
        } => {
            if mean.is_finite() && deviation.is_finite() && *deviation > 0.0 {
                Ok(())
            } else {
                Err(Error::Standardisation {
                    column: column.clone(),
                    mean: *mean,
                    deviation: *deviation,
                })
            }
        }
        FeatureSpec::Category { column, levels } => check_level_order(column, levels),
    }
}

impl FeatureEncoder {
    /// Fits the encoding of `columns` on some rows of a table.
    ///
    /// # Errors
    ///
    /// When a column is not there, when no column or no row is given, or when a number is not
    /// finite.
    pub fn fit(table: &Table, rows: &[usize], columns: &[&str]) -> Result<Self, Error> {
        if columns.is_empty() {
            return Err(Error::NoFeatures);
        }
        if rows.is_empty() {
            return Err(Error::NoRows {
                what: "the training part",
            });
        }
        let features = columns
            .iter()
            .map(|name| fit_column(table.column(name)?, rows))
            .collect::<Result<_, _>>()?;
        Ok(Self { features })
    }

    /// The features, in the order of the inputs.
    pub fn features(&self) -> &[FeatureSpec] {
        &self.features
    }

    /// The widths of what [`Self::encode`] returns.
    pub fn shape(&self) -> FeatureShape {
        let mut shape = FeatureShape {
            numeric: 0,
            cardinalities: Vec::new(),
        };
        for feature in &self.features {
            match feature {
                FeatureSpec::Number {
                    missing_indicator, ..
                } => shape.numeric += 1 + usize::from(*missing_indicator),
                FeatureSpec::Category { levels, .. } => shape
                    .cardinalities
                    .push(levels.len() + FeatureSpec::FIRST_LEVEL as usize),
            }
        }
        shape
    }

    /// Encodes all rows of a table that has the columns of the fitted one (others are ignored).
    ///
    /// # Errors
    ///
    /// When a column is not there, when it holds texts instead of numbers or the reverse, when a
    /// number is not finite, or when it lies so far from the training mean that no finite `f32`
    /// says how far.
    pub fn encode(&self, table: &Table) -> Result<EncodedFeatures, Error> {
        let shape = self.shape();
        let rows = table.rows();
        let mut encoded = EncodedFeatures {
            rows,
            numeric_width: shape.numeric,
            numeric: vec![0.0; rows * shape.numeric],
            categorical_width: shape.cardinalities.len(),
            categorical: vec![FeatureSpec::UNKNOWN; rows * shape.cardinalities.len()],
            imputed: Vec::new(),
        };
        let (mut number, mut category) = (0, 0);
        for feature in &self.features {
            let column = table.column(feature.column())?;
            match feature {
                FeatureSpec::Number {
                    mean,
                    deviation,
                    missing_indicator,
                    ..
                } => {
                    encode_numbers(
                        column,
                        (*mean, *deviation),
                        *missing_indicator,
                        number,
                        &mut encoded,
                    )?;
                    number += 1 + usize::from(*missing_indicator);
                }
                FeatureSpec::Category { levels, .. } => {
                    encode_categories(column, levels, category, &mut encoded)?;
                    category += 1;
                }
            }
        }
        Ok(encoded)
    }
}

fn fit_column(column: &Column, rows: &[usize]) -> Result<FeatureSpec, Error> {
    match &column.values {
        ColumnValues::Number(values) => {
            let mut present = Vec::with_capacity(rows.len());
            for &row in rows {
                if let Some(value) = values[row] {
                    if !value.is_finite() {
                        return Err(Error::NotFinite {
                            column: column.name.clone(),
                            row,
                            value,
                        });
                    }
                    present.push(value);
                }
            }
            let (mean, deviation) = standardisation(&present);
            Ok(FeatureSpec::Number {
                column: column.name.clone(),
                mean,
                deviation,
                missing_indicator: present.len() < rows.len(),
            })
        }
        ColumnValues::Text { levels, codes } => {
            let mut seen = vec![false; levels.len()];
            for &row in rows {
                if let Some(code) = codes[row] {
                    seen[code as usize] = true;
                }
            }
            Ok(FeatureSpec::Category {
                column: column.name.clone(),
                levels: levels
                    .iter()
                    .zip(seen)
                    .filter(|(_, seen)| *seen)
                    .map(|(level, _)| level.clone())
                    .collect(),
            })
        }
    }
}

/// The mean of finite numbers and the deviation to divide by.
fn standardisation(values: &[f64]) -> (f64, f64) {
    /// The deviation, in terms of the mean, up to which values differ by rounding alone.
    const ROUNDING: f64 = 1e-9;

    if values.is_empty() {
        return (0.0, 1.0);
    }
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low >= high {
        // The mean of many equal numbers is rounded: their distance from it is no deviation.
        return (low, 1.0);
    }
    let (mut mean, mut variance) = mean_and_variance(values);
    let mut scale = 1.0;
    if !variance.is_normal() {
        // The squares of very large numbers overflow and those of very small ones vanish.
        scale = low.abs().max(high.abs());
        let scaled: Vec<f64> = values.iter().map(|value| value / scale).collect();
        (mean, variance) = mean_and_variance(&scaled);
        mean *= scale;
    }
    let deviation = variance.sqrt() * scale;
    if deviation > ROUNDING * mean.abs() {
        (mean, deviation)
    } else {
        (mean, 1.0)
    }
}

/// The mean and the variance (population form) of at least one value.
fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    (mean, variance)
}

fn encode_numbers(
    column: &Column,
    (mean, deviation): (f64, f64),
    missing_indicator: bool,
    first: usize,
    encoded: &mut EncodedFeatures,
) -> Result<(), Error> {
    let ColumnValues::Number(values) = &column.values else {
        return Err(Error::ColumnKind {
            column: column.name.clone(),
            found: "texts",
            expected: "numbers, as in training",
        });
    };
    let width = encoded.numeric_width;
    let mut imputed = 0;
    for (row, value) in values.iter().enumerate() {
        match value {
            Some(value) if !value.is_finite() => {
                return Err(Error::NotFinite {
                    column: column.name.clone(),
                    row,
                    value: *value,
                });
            }
            Some(value) => {
                #[expect(clippy::cast_possible_truncation, reason = "model inputs are f32")]
                let input = ((value - mean) / deviation) as f32;
                if !input.is_finite() {
                    return Err(Error::TooFar {
                        column: column.name.clone(),
                        row,
                        value: *value,
                        mean,
                        deviation,
                    });
                }
                encoded.numeric[row * width + first] = input;
            }
            None if missing_indicator => encoded.numeric[row * width + first + 1] = 1.0,
            None => imputed += 1,
        }
    }
    if imputed > 0 {
        encoded.imputed.push((column.name.clone(), imputed));
    }
    Ok(())
}

fn encode_categories(
    column: &Column,
    levels: &[String],
    position: usize,
    encoded: &mut EncodedFeatures,
) -> Result<(), Error> {
    let ColumnValues::Text {
        levels: found,
        codes,
    } = &column.values
    else {
        return Err(Error::ColumnKind {
            column: column.name.clone(),
            found: "numbers",
            expected: "texts, as in training",
        });
    };
    // The fitted levels are sorted: each level of this table is looked up once.
    let inputs: Vec<u32> = found
        .iter()
        .map(|level| match levels.binary_search(level) {
            Ok(index) => u32::try_from(index).map_or(FeatureSpec::UNKNOWN, |index| {
                index + FeatureSpec::FIRST_LEVEL
            }),
            Err(_) => FeatureSpec::UNKNOWN,
        })
        .collect();
    let width = encoded.categorical_width;
    for (row, code) in codes.iter().enumerate() {
        encoded.categorical[row * width + position] =
            code.map_or(FeatureSpec::MISSING, |code| inputs[code as usize]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(name: &str, values: Vec<Option<f64>>) -> Column {
        Column {
            name: name.to_owned(),
            values: ColumnValues::Number(values),
        }
    }

    #[test]
    fn missing_numbers_get_an_indicator_when_training_had_some() {
        let table = Table::new(vec![number("x", vec![Some(1.0), None, Some(3.0)])]).unwrap();
        let encoder = FeatureEncoder::fit(&table, &[0, 1, 2], &["x"]).unwrap();
        let encoded = encoder.encode(&table).unwrap();
        assert_eq!(encoded.numeric, [-1.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
        assert!(encoded.imputed.is_empty());
    }

    #[test]
    fn only_the_rows_given_are_fitted_on() {
        let table = Table::new(vec![number("x", vec![Some(0.0), Some(2.0), Some(1e9)])]).unwrap();
        let encoder = FeatureEncoder::fit(&table, &[0, 1], &["x"]).unwrap();
        assert_eq!(
            encoder.features(),
            [FeatureSpec::Number {
                column: "x".to_owned(),
                mean: 1.0,
                deviation: 1.0,
                missing_indicator: false
            }]
        );
    }

    fn fitted(values: &[f64]) -> (f64, f64) {
        let table = Table::new(vec![number(
            "x",
            values.iter().copied().map(Some).collect(),
        )]);
        let rows: Vec<usize> = (0..values.len()).collect();
        let encoder = FeatureEncoder::fit(&table.unwrap(), &rows, &["x"]).unwrap();
        let FeatureSpec::Number {
            mean, deviation, ..
        } = encoder.features()[0]
        else {
            panic!("a number is no category");
        };
        (mean, deviation)
    }

    #[test]
    fn a_constant_is_not_blown_up_by_the_rounding_of_its_mean() {
        let train = Table::new(vec![number("x", vec![Some(0.1); 1000])]).unwrap();
        let rows: Vec<usize> = (0..1000).collect();
        let encoder = FeatureEncoder::fit(&train, &rows, &["x"]).unwrap();
        let test = Table::new(vec![number("x", vec![Some(0.1), Some(1.1)])]).unwrap();
        assert_eq!(encoder.encode(&test).unwrap().numeric, [0.0, 1.0]);
    }

    #[test]
    fn numbers_that_differ_by_rounding_alone_have_deviation_1() {
        assert_eq!(fitted(&[0.1 + 0.2, 0.3]), (0.1 + 0.2, 1.0));
        assert!(fitted(&[1.0, 1.0 + 1e-8]).1 < 1e-8, "more than rounding");
    }

    #[test]
    fn very_large_and_very_small_numbers_have_a_deviation() {
        for scale in [1e-200, 1e200, f64::MAX / 2.0] {
            assert_eq!(fitted(&[-scale, scale, -scale, scale]), (0.0, scale));
        }
        let (mean, deviation) = fitted(&[1.0e308, 1.5e308]);
        assert!((mean / 1.25e308 - 1.0).abs() < 1e-12, "{mean:e}");
        assert!((deviation / 0.25e308 - 1.0).abs() < 1e-12, "{deviation:e}");
    }

    #[test]
    fn an_encoder_that_is_read_is_checked() {
        let text = r#"{"features":[
            {"kind":"number","column":"x","mean":0.5,"deviation":2.0,"missing_indicator":false},
            {"kind":"category","column":"y","levels":["a","b"]}]}"#;
        let read = |text: &str| serde_json::from_str::<FeatureEncoder>(text);
        assert_eq!(read(text).unwrap().features().len(), 2);
        for (good, bad, expected) in [
            ("2.0", "0.0", "column `x` has mean 0.5 and deviation 0"),
            ("2.0", "-1.0", "column `x` has mean 0.5 and deviation -1"),
            (
                r#""a","b""#,
                r#""b","a""#,
                "column `y`: level `a` must not come after `b`",
            ),
        ] {
            let error = read(&text.replace(good, bad)).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        assert!(read(r#"{"features":[]}"#).is_err());
    }

    #[test]
    fn a_number_too_far_from_the_training_part_is_an_error() {
        let train = Table::new(vec![number("x", vec![Some(-1.0), Some(1.0)])]).unwrap();
        let encoder = FeatureEncoder::fit(&train, &[0, 1], &["x"]).unwrap();
        let test = Table::new(vec![number("x", vec![Some(1e38), Some(1e300)])]).unwrap();
        assert_eq!(
            encoder.encode(&test).unwrap_err().to_string(),
            "column `x`, row 1: 1e300 is too far from the training mean 0e0 (deviation 1e0) to be a \
             model input"
        );
    }

    proptest! {
        /// What was recorded with the plain formula can be repeated bit by bit.
        #[test]
        fn ordinary_columns_are_encoded_by_the_plain_formula(
            values in prop::collection::vec(-1e6..1e6f64, 2..200)
        ) {
            let count = values.len() as f64;
            let mean = values.iter().sum::<f64>() / count;
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
            let (fitted_mean, fitted_deviation) = fitted(&values);
            prop_assert_eq!(fitted_mean.to_bits(), mean.to_bits());
            prop_assert_eq!(fitted_deviation.to_bits(), variance.sqrt().to_bits());
        }
    }

    #[test]
    fn a_column_that_changed_its_kind_is_an_error() {
        let numbers = Table::new(vec![number("x", vec![Some(0.0)])]).unwrap();
        let texts = Table::new(vec![Column {
            name: "x".to_owned(),
            values: ColumnValues::from_texts(&[Some("a")]),
        }])
        .unwrap();
        let encoder = FeatureEncoder::fit(&numbers, &[0], &["x"]).unwrap();
        assert_eq!(
            encoder.encode(&texts).unwrap_err().to_string(),
            "column `x` holds texts, expected numbers, as in training"
        );
    }

    #[test]
    fn not_a_number_is_an_error() {
        let table = Table::new(vec![number("x", vec![Some(0.0), Some(f64::NAN)])]).unwrap();
        let encoder = FeatureEncoder::fit(&table, &[0], &["x"]).unwrap();
        assert!(matches!(
            encoder.encode(&table),
            Err(Error::NotFinite { row: 1, .. })
        ));
    }
}
