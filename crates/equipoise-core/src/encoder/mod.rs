//! Features as numbers, fitted on the training part alone.
//!
//! * `spec`: how one column becomes model input
//! * `standardise`, `piecewise`: the two ways of numbers
//! * `category`: that of categories
//! * `shape`, `encoded`: the widths of the inputs, and the inputs

mod category;
mod encoded;
mod piecewise;
mod shape;
mod spec;
mod standardise;

use serde::{Deserialize, Serialize};

pub use self::encoded::EncodedFeatures;
pub use self::shape::FeatureShape;
pub use self::spec::FeatureSpec;
use self::{
    category::{encode_categories, seen_levels},
    piecewise::{fit_edges, write_pieces},
    standardise::Standardisation,
};
use crate::{Column, ColumnValues, Error, Table};

/// How numbers become model input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum NumberEncoding {
    /// As [`FeatureSpec::Number`].
    #[default]
    Standardise,
    /// As [`FeatureSpec::PiecewiseNumber`]. A column of one value has no pieces and is
    /// standardised.
    PiecewiseLinear {
        /// The largest number of edges of a column; 2 or more.
        edges: usize,
    },
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
        features.iter().try_for_each(FeatureSpec::check)?;
        Ok(Self { features })
    }
}

impl FeatureEncoder {
    /// Fits the encoding of `columns` on some rows of a table; numbers are standardised.
    ///
    /// # Errors
    ///
    /// As [`Self::fit_with`].
    pub fn fit(table: &Table, rows: &[usize], columns: &[&str]) -> Result<Self, Error> {
        Self::fit_with(table, rows, columns, NumberEncoding::Standardise)
    }

    /// Fits the encoding of `columns` on some rows of a table.
    ///
    /// ```
    /// use equipoise_core::{Column, ColumnValues, FeatureEncoder, NumberEncoding, Table};
    ///
    /// let ages = [20.0, 30.0, 50.0].map(Some).to_vec();
    /// let table = Table::new(vec![Column { name: "age".into(), values: ColumnValues::Number(ages) }])?;
    /// let pieces = NumberEncoding::PiecewiseLinear { edges: 128 };
    /// let encoder = FeatureEncoder::fit_with(&table, &[0, 1, 2], &["age"], pieces)?;
    /// // Two pieces, from 20 to 30 and from 30 to 50.
    /// let ages = [25.0, 40.0, 99.0].map(Some).to_vec();
    /// let table = Table::new(vec![Column { name: "age".into(), values: ColumnValues::Number(ages) }])?;
    /// assert_eq!(encoder.encode(&table)?.numeric, [0.5, 0.0, 1.0, 0.5, 1.0, 1.0]);
    /// # Ok::<(), equipoise_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When a column is not there, when no column or no row is given, when a number is not finite,
    /// or when pieces are asked for with fewer than two edges.
    pub fn fit_with(
        table: &Table,
        rows: &[usize],
        columns: &[&str],
        numbers: NumberEncoding,
    ) -> Result<Self, Error> {
        if columns.is_empty() {
            return Err(Error::NoFeatures);
        }
        if rows.is_empty() {
            return Err(Error::NoRows {
                what: "the training part",
            });
        }
        if let NumberEncoding::PiecewiseLinear { edges } = numbers
            && edges < 2
        {
            return Err(Error::TooFewEdges { edges });
        }
        let features = columns
            .iter()
            .map(|name| fit_column(table.column(name)?, rows, numbers))
            .collect::<Result<_, _>>()?;
        Ok(Self { features })
    }

    /// The features, in the order of the inputs.
    pub fn features(&self) -> &[FeatureSpec] {
        &self.features
    }

    /// The widths of what [`Self::encode`] returns.
    pub fn shape(&self) -> FeatureShape {
        let mut widths = Vec::new();
        let mut cardinalities = Vec::new();
        for feature in &self.features {
            let (width, missing_indicator) = match feature {
                FeatureSpec::Number {
                    missing_indicator, ..
                } => (1, *missing_indicator),
                FeatureSpec::PiecewiseNumber {
                    edges,
                    missing_indicator,
                    ..
                } => (edges.len() - 1, *missing_indicator),
                FeatureSpec::Category { levels, .. } => {
                    cardinalities.push(levels.len() + FeatureSpec::FIRST_LEVEL as usize);
                    continue;
                }
            };
            widths.push(width);
            widths.extend(missing_indicator.then_some(1));
        }
        FeatureShape::with_number_widths(widths, cardinalities)
    }

    /// Encodes all rows of a table that has the columns of the fitted one (others are ignored).
    ///
    /// # Errors
    ///
    /// When a column is not there, when it holds texts instead of numbers or the reverse, when a
    /// number is not finite, or when a standardised one lies so far from the training mean that no
    /// finite `f32` says how far.
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
                    let scale = Standardisation {
                        mean: *mean,
                        deviation: *deviation,
                    };
                    let place = NumberPlace {
                        first: number,
                        width: 1,
                        missing_indicator: *missing_indicator,
                    };
                    encode_numbers(column, *mean, place, &mut encoded, |row, value, inputs| {
                        let input = scale.input(value);
                        inputs.fill(input);
                        if input.is_finite() {
                            return Ok(());
                        }
                        Err(Error::TooFar {
                            column: column.name.clone(),
                            row,
                            value,
                            mean: scale.mean,
                            deviation: scale.deviation,
                        })
                    })?;
                    number += place.total();
                }
                FeatureSpec::PiecewiseNumber {
                    edges,
                    mean,
                    missing_indicator,
                    ..
                } => {
                    let place = NumberPlace {
                        first: number,
                        width: edges.len() - 1,
                        missing_indicator: *missing_indicator,
                    };
                    encode_numbers(column, *mean, place, &mut encoded, |_, value, inputs| {
                        write_pieces(value, edges, inputs);
                        Ok(())
                    })?;
                    number += place.total();
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

fn fit_column(
    column: &Column,
    rows: &[usize],
    numbers: NumberEncoding,
) -> Result<FeatureSpec, Error> {
    let values = match &column.values {
        ColumnValues::Number(values) => values,
        ColumnValues::Text { levels, codes } => {
            return Ok(FeatureSpec::Category {
                column: column.name.clone(),
                levels: seen_levels(levels, codes, rows),
            });
        }
    };
    let mut present = Vec::with_capacity(rows.len());
    for &row in rows {
        if let Some(value) = values[row] {
            present.push(finite(column, row, value)?);
        }
    }
    let missing_indicator = present.len() < rows.len();
    let Standardisation { mean, deviation } = Standardisation::fit(&present);
    if let NumberEncoding::PiecewiseLinear { edges } = numbers {
        let edges = fit_edges(&present, edges);
        if edges.len() > 1 {
            return Ok(FeatureSpec::PiecewiseNumber {
                column: column.name.clone(),
                edges,
                mean,
                missing_indicator,
            });
        }
    }
    Ok(FeatureSpec::Number {
        column: column.name.clone(),
        mean,
        deviation,
        missing_indicator,
    })
}

/// Where in a row the inputs of a number stand.
#[derive(Clone, Copy)]
struct NumberPlace {
    first: usize,
    /// Without the indicator, which comes behind.
    width: usize,
    missing_indicator: bool,
}

impl NumberPlace {
    fn total(self) -> usize {
        self.width + usize::from(self.missing_indicator)
    }
}

/// Writes the inputs of one number of all rows; the mean stands in for a missing value.
fn encode_numbers(
    column: &Column,
    mean: f64,
    place: NumberPlace,
    encoded: &mut EncodedFeatures,
    write: impl Fn(usize, f64, &mut [f32]) -> Result<(), Error>,
) -> Result<(), Error> {
    let ColumnValues::Number(values) = &column.values else {
        return Err(Error::ColumnKind {
            column: column.name.clone(),
            found: "texts",
            expected: "numbers, as in training",
        });
    };
    let mut imputed = 0;
    for (row, value) in values.iter().enumerate() {
        let start = row * encoded.numeric_width + place.first;
        let inputs = &mut encoded.numeric[start..start + place.total()];
        let (inputs, indicator) = inputs.split_at_mut(place.width);
        if let Some(value) = value {
            write(row, finite(column, row, *value)?, inputs)?;
            continue;
        }
        write(row, mean, inputs)?;
        match indicator {
            [indicator] => *indicator = 1.0,
            _ => imputed += 1,
        }
    }
    if imputed > 0 {
        encoded.imputed.push((column.name.clone(), imputed));
    }
    Ok(())
}

fn finite(column: &Column, row: usize, value: f64) -> Result<f64, Error> {
    if value.is_finite() {
        return Ok(value);
    }
    Err(Error::NotFinite {
        column: column.name.clone(),
        row,
        value,
    })
}

#[cfg(test)]
mod tests {
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

    fn pieces(edges: usize) -> NumberEncoding {
        NumberEncoding::PiecewiseLinear { edges }
    }

    #[test]
    fn pieces_are_fitted_on_the_rows_given_and_hold_what_lies_outside() {
        let values = vec![Some(0.0), Some(4.0), Some(2.0), Some(1e300), Some(-1e300)];
        let table = Table::new(vec![number("x", values)]).unwrap();
        let encoder = FeatureEncoder::fit_with(&table, &[0, 1, 2], &["x"], pieces(8)).unwrap();
        assert_eq!(
            encoder.shape(),
            FeatureShape::with_number_widths(vec![2], vec![])
        );
        let encoded = encoder.encode(&table).unwrap();
        assert_eq!(
            encoded.numeric,
            [0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0]
        );
    }

    #[test]
    fn the_mean_stands_in_for_a_missing_number_in_pieces() {
        let train = Table::new(vec![number("x", vec![Some(0.0), None, Some(4.0)])]).unwrap();
        let encoder = FeatureEncoder::fit_with(&train, &[0, 1, 2], &["x"], pieces(8)).unwrap();
        let encoded = encoder.encode(&train).unwrap();
        assert_eq!(encoded.numeric, [0.0, 0.0, 0.5, 1.0, 1.0, 0.0]);
        // Without a missing value in training there is no indicator, and the caller is told.
        let encoder = FeatureEncoder::fit_with(&train, &[0, 2], &["x"], pieces(8)).unwrap();
        let encoded = encoder.encode(&train).unwrap();
        assert_eq!(encoded.numeric, [0.0, 0.5, 1.0]);
        assert_eq!(encoded.imputed, [("x".to_owned(), 1)]);
    }

    #[test]
    fn a_column_without_pieces_is_standardised() {
        let table = Table::new(vec![
            number("constant", vec![Some(7.0), Some(7.0)]),
            number("empty", vec![None, None]),
            number("x", vec![Some(0.0), Some(1.0)]),
        ])
        .unwrap();
        let columns = ["constant", "empty", "x"];
        let encoder = FeatureEncoder::fit_with(&table, &[0, 1], &columns, pieces(2)).unwrap();
        let is_in_pieces =
            |feature: &FeatureSpec| matches!(feature, FeatureSpec::PiecewiseNumber { .. });
        let kinds: Vec<bool> = encoder.features().iter().map(is_in_pieces).collect();
        assert_eq!(kinds, [false, false, true]);
        assert_eq!(encoder.shape(), FeatureShape::new(4, vec![]));
        let encoded = encoder.encode(&table).unwrap();
        assert_eq!(encoded.numeric, [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
    }

    #[test]
    fn infinite_numbers_and_a_lone_edge_are_errors() {
        let table = Table::new(vec![number("x", vec![Some(0.0), Some(f64::INFINITY)])]).unwrap();
        assert!(matches!(
            FeatureEncoder::fit_with(&table, &[0, 1], &["x"], pieces(8)),
            Err(Error::NotFinite { row: 1, .. })
        ));
        assert_eq!(
            FeatureEncoder::fit_with(&table, &[0], &["x"], pieces(1))
                .unwrap_err()
                .to_string(),
            "pieces of numbers have 1 edge, legal are 2 or more"
        );
    }

    #[test]
    fn pieces_that_are_read_are_checked() {
        let text = r#"{"features":[{"kind":"piecewise-number","column":"x","edges":[0.0,1.0,2.0],
            "mean":0.5,"missing_indicator":false}]}"#;
        let read = |text: &str| serde_json::from_str::<FeatureEncoder>(text);
        let encoder = read(text).unwrap();
        let again = serde_json::to_string(&encoder).unwrap();
        assert_eq!(read(&again).unwrap(), encoder);
        for (bad, expected) in [
            ("[0.0]", "column `x` has 1 edges, 2 or more are needed"),
            (
                "[0.0,0.0]",
                "column `x` has the edge 0 before 0, they must grow",
            ),
        ] {
            let error = read(&text.replace("[0.0,1.0,2.0]", bad)).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
