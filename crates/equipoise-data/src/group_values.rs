//! The numbers of continuous attributes, as losses take them.

use equipoise_core::Table;

use crate::target::{numbers, require_all};
use crate::{Error, GroupConfig};

/// The numbers of the continuous attributes, `[attributes][rows]`: less their mean and over their
/// standard deviation in the training part, so that no unit decides how much an attribute counts.
/// A number that is the same in all rows of the training part becomes 0 there.
///
/// # Errors
///
/// When a number is missing; rows are named by their number in the file, which `ids` has.
pub(crate) fn group_values(
    table: &Table,
    groups: &[GroupConfig],
    train: &[usize],
    ids: &[usize],
) -> Result<Vec<Vec<f32>>, Error> {
    (groups.iter())
        .filter(|group| group.continuous)
        .map(|group| {
            let column = &group.column;
            let values = numbers(&table.column(column)?.values, "group value", column)?;
            let values = require_all(values, |row| ids[row], "group value", column)?;
            Ok(standardised(&values, train))
        })
        .collect()
}

fn standardised(values: &[f64], train: &[usize]) -> Vec<f32> {
    let rows = train.len().max(1) as f64;
    let mean = train.iter().map(|&row| values[row]).sum::<f64>() / rows;
    let square = |row: &usize| (values[*row] - mean).powi(2);
    let deviation = (train.iter().map(square).sum::<f64>() / rows).sqrt();
    let scale = if deviation > 0.0 { deviation } else { 1.0 };
    #[expect(clippy::cast_possible_truncation, reason = "tensors are f32")]
    let standardise = |value: &f64| ((value - mean) / scale) as f32;
    values.iter().map(standardise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_training_part_sets_the_scale() {
        let values = standardised(&[1.0, 3.0, 11.0], &[0, 1]);
        assert_eq!(values, [-1.0, 1.0, 9.0]);
        assert_eq!(standardised(&[2.0, 2.0, 5.0], &[0, 1]), [0.0, 0.0, 3.0]);
    }
}
