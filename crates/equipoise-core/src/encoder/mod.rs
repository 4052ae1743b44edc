//! Features as numbers, fitted on the training part alone.
//!
//! * `spec`: how one column becomes model input
//! * `number`: what numbers have in common; `standardise`, `piecewise`: their two ways
//! * `category`: that of categories
//! * `shape`, `encoded`: the widths of the inputs, and the inputs

mod category;
mod encoded;
mod number;
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
    number::{NumberPlace, encode_numbers, finite},
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
    /// The encoding of rows that have no features: those that a model sees as texts alone.
    pub fn without_features() -> Self {
        Self {
            features: Vec::new(),
        }
    }

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

#[cfg(test)]
mod tests;
