//! Categories as columns of zeros and ones.

use burn::tensor::{Int, Tensor};
use equipoise_core::FeatureSpec;

/// The number of columns: one for each level of each column, and one for a missing value. An
/// unknown level has none.
pub(crate) fn one_hot_width(cardinalities: &[usize]) -> usize {
    let unknown = FeatureSpec::UNKNOWN as usize + 1;
    cardinalities
        .iter()
        .map(|cardinality| cardinality.saturating_sub(unknown))
        .sum()
}

/// The columns of a batch, `[batch, one_hot_width]`, from inputs, `[batch, columns]`.
pub(crate) fn one_hot(cardinalities: &[usize], categorical: &Tensor<2, Int>) -> Tensor<2> {
    let [batch, _] = categorical.dims();
    let columns = cardinalities
        .iter()
        .enumerate()
        .filter(|(_, cardinality)| **cardinality > 1)
        .map(|(column, &cardinality)| {
            let width = one_hot_width(&[cardinality]);
            let first = i64::from(FeatureSpec::UNKNOWN) + 1;
            let end = i64::try_from(cardinality).unwrap_or(i64::MAX);
            let inputs = Tensor::<1, Int>::arange(first..end, &categorical.device())
                .cast(categorical.dtype())
                .reshape([1, width])
                .expand([batch, width]);
            categorical
                .clone()
                .narrow(1, column, 1)
                .expand([batch, width])
                .equal(inputs)
                .float()
        })
        .collect();
    Tensor::cat(columns, 1)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn each_level_has_a_column_and_an_unknown_one_has_none() {
        let inputs = Tensor::<2, Int>::from_ints([[0, 1], [2, 3], [1, 2]], &Device::default());
        let columns: Vec<f32> = one_hot(&[3, 4], &inputs).into_data().try_to_vec().unwrap();
        assert_eq!(
            columns,
            [
                0.0, 0.0, 1.0, 0.0, 0.0, //
                0.0, 1.0, 0.0, 0.0, 1.0, //
                1.0, 0.0, 0.0, 1.0, 0.0,
            ]
        );
        assert_eq!(one_hot_width(&[3, 4]), 5);
    }
}
