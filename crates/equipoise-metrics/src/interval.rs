//! Intervals of one proportion and of one normal estimate.

use statrs::distribution::{ContinuousCDF, Normal};

/// A lower and an upper end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The normal quantile that leaves `(1 - confidence) / 2` on either side: 1.96 for 0.95.
///
/// `confidence` lies in `(0, 1)`.
pub fn two_sided_quantile(confidence: f64) -> f64 {
    Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence))
}

/// The Wilson score interval of `hits / trials` (Wilson 1927); `None` without a trial.
///
/// `z` is the [`two_sided_quantile`]. The interval lies in `[0, 1]`, holds the proportion, and is
/// wider than a point even where all trials agree.
///
/// ```
/// use equipoise_metrics::{two_sided_quantile, wilson};
///
/// let interval = wilson(9.0, 10.0, two_sided_quantile(0.95)).ok_or("no trials")?;
/// assert!((interval.low - 0.5958).abs() < 1e-4 && (interval.high - 0.9821).abs() < 1e-4);
/// # Ok::<(), &str>(())
/// ```
pub fn wilson(hits: f64, trials: f64, z: f64) -> Option<Interval> {
    if trials <= 0.0 {
        return None;
    }
    let rate = hits / trials;
    let spread = z * z / trials;
    let centre = (rate + 0.5 * spread) / (1.0 + spread);
    let half = z / (1.0 + spread) * (rate * (1.0 - rate) / trials + 0.25 * spread / trials).sqrt();
    // Rounding may leave the ends of an extreme proportion on its wrong side.
    Some(Interval {
        low: (centre - half).clamp(0.0, rate),
        high: (centre + half).clamp(rate, 1.0),
    })
}

/// `value` plus and minus `z` standard errors, cut off at the ends of `range`.
pub fn normal(value: f64, standard_error: f64, z: f64, range: (f64, f64)) -> Interval {
    Interval {
        low: (value - z * standard_error).max(range.0),
        high: (value + z * standard_error).min(range.1),
    }
}
