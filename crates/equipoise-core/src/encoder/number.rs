//! The inputs of a number: those of its value, and whether it is missing.

use super::EncodedFeatures;
use crate::{Column, ColumnValues, Error};

/// Where in a row the inputs of a number stand.
#[derive(Clone, Copy)]
pub(super) struct NumberPlace {
    pub(super) first: usize,
    /// Without the indicator, which comes behind.
    pub(super) width: usize,
    pub(super) missing_indicator: bool,
}

impl NumberPlace {
    pub(super) fn total(self) -> usize {
        self.width + usize::from(self.missing_indicator)
    }
}

/// Writes the inputs of one number of all rows; the mean stands in for a missing value.
pub(super) fn encode_numbers(
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

pub(super) fn finite(column: &Column, row: usize, value: f64) -> Result<f64, Error> {
    if value.is_finite() {
        return Ok(value);
    }
    Err(Error::NotFinite {
        column: column.name.clone(),
        row,
        value,
    })
}
