//! Intervals of shares and of whatever can be computed again.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::ProbeOptions;

/// The score interval of `hits / trials` (Wilson 1927); `None` without a trial.
pub(super) fn wilson(hits: usize, trials: usize, options: &ProbeOptions) -> Option<(f64, f64)> {
    if trials == 0 {
        return None;
    }
    let z = options.quantile();
    let trials = trials as f64;
    let rate = hits as f64 / trials;
    let spread = z * z / trials;
    let centre = (rate + 0.5 * spread) / (1.0 + spread);
    let half = z / (1.0 + spread) * (rate * (1.0 - rate) / trials + 0.25 * spread / trials).sqrt();
    // Rounding may leave the ends of an extreme share on its wrong side.
    Some((
        (centre - half).clamp(0.0, rate),
        (centre + half).clamp(rate, 1.0),
    ))
}

/// The percentile interval of a bootstrap (Efron 1979): `resample` draws a value, or `None` where
/// what it drew has none.
///
/// `None` where fewer than half of the resamples have a value.
pub(super) fn bootstrap(
    options: &ProbeOptions,
    mut resample: impl FnMut(&mut ChaCha8Rng) -> Option<f64>,
) -> Option<(f64, f64)> {
    let mut generator = ChaCha8Rng::seed_from_u64(options.seed);
    let mut values: Vec<f64> = (0..options.resamples)
        .filter_map(|_| resample(&mut generator))
        .collect();
    if values.is_empty() || values.len() * 2 < options.resamples {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let tail = (1.0 - options.confidence) / 2.0;
    Some((percentile(&values, tail), percentile(&values, 1.0 - tail)))
}

/// As many positions below `count` as there are, drawn with replacement.
pub(super) fn draw(generator: &mut ChaCha8Rng, count: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |_| generator.random_range(0..count))
}

/// A quantile of sorted values, linear between them.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the place lies between 0 and the number of values"
)]
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_lies_in_its_interval() {
        let (low, high) = wilson(9, 10, &ProbeOptions::default()).unwrap();
        assert!((low - 0.5958).abs() < 1e-4 && (high - 0.9821).abs() < 1e-4);
        assert_eq!(wilson(0, 0, &ProbeOptions::default()), None);
    }

    #[test]
    fn quantiles_are_linear_between_values() {
        assert!((percentile(&[1.0, 2.0, 4.0], 0.75) - 3.0).abs() < 1e-12);
        assert!((percentile(&[1.0], 0.3) - 1.0).abs() < 1e-12);
    }
}
