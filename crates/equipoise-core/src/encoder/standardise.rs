//! Numbers as distances from the mean, in standard deviations.

/// The mean of the training part, and the deviation to divide by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Standardisation {
    pub(super) mean: f64,
    /// Above 0.
    pub(super) deviation: f64,
}

impl Standardisation {
    /// That of finite numbers.
    pub(super) fn fit(values: &[f64]) -> Self {
        let (mean, deviation) = mean_and_deviation(values);
        Self { mean, deviation }
    }

    /// `(value - mean) / deviation`; not finite where no `f32` says how far the value lies.
    #[expect(clippy::cast_possible_truncation, reason = "model inputs are f32")]
    pub(super) fn input(self, value: f64) -> f32 {
        ((value - self.mean) / self.deviation) as f32
    }
}

/// The mean of finite numbers and the deviation to divide by.
fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fitted(values: &[f64]) -> (f64, f64) {
        let scale = Standardisation::fit(values);
        (scale.mean, scale.deviation)
    }

    #[test]
    fn a_constant_is_not_blown_up_by_the_rounding_of_its_mean() {
        let scale = Standardisation::fit(&[0.1; 1000]);
        let inputs = [0.1, 1.1].map(|value| scale.input(value)).to_vec();
        assert_eq!(inputs, [0.0, 1.0]);
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
}
