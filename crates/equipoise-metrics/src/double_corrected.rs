//! The variance between groups, freed of what sampling noise adds to it.

use crate::Proportion;

/// The double-corrected estimate of the variance of a rate between groups (Lum, Zhang and Bower
/// 2022, "De-biasing 'bias' measurement").
///
/// The rates of few rows differ even where groups are treated alike, so that the plain variance of
/// the observed rates `r(k)` is too large on average, the more so the smaller the groups. With `K`
/// groups of `n(k)` trials,
///
/// `1 / (K - 1) sum (r(k) - mean r)^2 - 1 / K sum r(k) (1 - r(k)) / (n(k) - 1)`
///
/// is free of that: both corrections, `K - 1` for `K` and the subtracted sampling variance, of
/// which `n - 1` makes an unbiased estimate, together give an estimate without bias of the variance
/// of the true rates. It is negative where groups differ less than noise alone would have it, and
/// is left so: cut off at 0 it would be biased again.
///
/// `None` with fewer than two groups, and where a group has fewer than two trials.
///
/// ```
/// use equipoise_metrics::{Proportion, double_corrected_variance};
///
/// let rate = |hits, trials| Proportion { hits, trials, trial: "a row" };
/// let variance = double_corrected_variance(&[rate(20.0, 101.0), rate(40.0, 101.0)]);
/// assert!(variance.is_some_and(|variance| variance < 0.5 * (20.0f64 / 101.0).powi(2)));
/// assert_eq!(double_corrected_variance(&[rate(1.0, 1.0), rate(0.0, 9.0)]), None);
/// ```
pub fn double_corrected_variance(groups: &[Proportion]) -> Option<f64> {
    let count = groups.len() as f64;
    if groups.len() < 2 || groups.iter().any(|group| group.trials < 2.0) {
        return None;
    }
    let rates: Vec<f64> = groups
        .iter()
        .map(|group| group.hits / group.trials)
        .collect();
    let noise = groups
        .iter()
        .zip(&rates)
        .map(|(group, rate)| rate * (1.0 - rate) / (group.trials - 1.0));
    Some(sample_variance(&rates) - sum(noise) / count)
}

/// The mean squared distance from the mean, with one less than the number of values as divisor.
pub(crate) fn sample_variance(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = sum(values.iter().copied()) / count;
    sum(values.iter().map(|value| (value - mean).powi(2))) / (count - 1.0)
}

/// The sum from the smallest to the largest term, so that it does not depend on their order.
fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let mut terms: Vec<f64> = terms.collect();
    terms.sort_by(f64::total_cmp);
    terms.iter().sum()
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
    use rand_distr::{Binomial, Distribution};

    use super::*;

    /// Groups of few rows, as in many-group audits: the plain variance is far off, the corrected
    /// one is not.
    #[test]
    fn the_corrected_variance_is_right_on_average() {
        let groups: Vec<(u64, f64)> = (0..20u32)
            .map(|k| (u64::from(10 + 2 * k), 0.3 + 0.01 * f64::from(k % 5)))
            .collect();
        let rates: Vec<f64> = groups.iter().map(|group| group.1).collect();
        let truth = sample_variance(&rates);
        let mut random = ChaCha8Rng::seed_from_u64(11);
        let (mut plain, mut corrected) = (Vec::new(), Vec::new());
        for _ in 0..4000 {
            let drawn: Vec<Proportion> = groups
                .iter()
                .map(|&(trials, rate)| Proportion {
                    hits: Binomial::new(trials, rate).unwrap().sample(&mut random) as f64,
                    trials: trials as f64,
                    trial: "a row",
                })
                .collect();
            let observed: Vec<f64> = drawn.iter().map(|p| p.hits / p.trials).collect();
            plain.push(sample_variance(&observed));
            corrected.push(double_corrected_variance(&drawn).unwrap());
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let standard_error = (sample_variance(&corrected) / corrected.len() as f64).sqrt();
        assert!((mean(&corrected) - truth).abs() < 3.0 * standard_error);
        assert!(mean(&plain) > 20.0 * truth, "{} {truth}", mean(&plain));
        assert!(corrected.iter().any(|&variance| variance < 0.0));
    }
}
