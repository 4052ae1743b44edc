//! The score interval of a proportion.

use super::Interval;

/// The Wilson score interval of `hits / trials` (Wilson 1927).
///
/// `z` is the [`two_sided_quantile`](super::two_sided_quantile). The interval lies in `[0, 1]`,
/// holds the proportion, and is wider than a point even where all trials agree.
///
/// `None` without a trial, where `hits` does not lie in `[0, trials]`, where `z` is negative, and
/// where a number is NaN or infinite.
///
/// ```
/// use equipoise_metrics::{two_sided_quantile, wilson};
///
/// let interval = wilson(9.0, 10.0, two_sided_quantile(0.95)).ok_or("no trials")?;
/// assert!((interval.low - 0.5958).abs() < 1e-4 && (interval.high - 0.9821).abs() < 1e-4);
/// // More hits than trials are no proportion.
/// assert_eq!(wilson(11.0, 10.0, 1.96), None);
/// # Ok::<(), &str>(())
/// ```
pub fn wilson(hits: f64, trials: f64, z: f64) -> Option<Interval> {
    // NaN lies in no range.
    let is_proportion = trials > 0.0 && trials.is_finite() && (0.0..=trials).contains(&hits);
    if !is_proportion || !(0.0..f64::INFINITY).contains(&z) {
        return None;
    }
    let rate = hits / trials;
    let spread = z * z / trials;
    let centre = (rate + 0.5 * spread) / (1.0 + spread);
    let half = z / (1.0 + spread) * (rate * (1.0 - rate) / trials + 0.25 * spread / trials).sqrt();
    if !centre.is_finite() || !half.is_finite() {
        return None;
    }
    // Rounding may leave the ends of an extreme proportion on its wrong side.
    Some(Interval {
        low: (centre - half).clamp(0.0, rate),
        high: (centre + half).clamp(rate, 1.0),
    })
}
