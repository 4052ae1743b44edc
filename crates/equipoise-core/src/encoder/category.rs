//! Categories as indices.

use super::{EncodedFeatures, FeatureSpec};
use crate::{Column, ColumnValues, Error};

/// The levels that the rows of a column have, in their order.
pub(super) fn seen_levels(levels: &[String], codes: &[Option<u32>], rows: &[usize]) -> Vec<String> {
    let mut seen = vec![false; levels.len()];
    for &row in rows {
        if let Some(code) = codes[row] {
            seen[code as usize] = true;
        }
    }
    levels
        .iter()
        .zip(seen)
        .filter(|(_, seen)| *seen)
        .map(|(level, _)| level.clone())
        .collect()
}

/// Writes the inputs of one category column into place `position` of each row.
pub(super) fn encode_categories(
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
