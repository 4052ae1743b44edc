//! The Bayesian interval of a proportion under Jeffreys' prior.

use statrs::distribution::{Beta, ContinuousCDF};

use super::Interval;

/// The Jeffreys interval of `hits / trials`: the equal-tailed quantiles of the posterior
/// Beta(hits + 1/2, trials - hits + 1/2) (Brown, Cai and `DasGupta` 2001).
///
/// `confidence` lies in `(0, 1)`. As that paper advises, the lower end is 0 where there is no hit
/// and the upper end is 1 where all trials are hits. Closer to the nominal coverage than
/// [`wilson`](super::wilson) on average, and a little less wide near 0 and 1.
///
/// `None` without a trial, where `hits` does not lie in `[0, trials]`, where `confidence` does not
/// lie in `(0, 1)`, and where a number is NaN or infinite.
///
/// ```
/// use equipoise_metrics::jeffreys;
///
/// let interval = jeffreys(9.0, 10.0, 0.95).ok_or("no trials")?;
/// assert!((interval.low - 0.6190).abs() < 1e-3 && (interval.high - 0.9889).abs() < 1e-3);
/// # Ok::<(), &str>(())
/// ```
pub fn jeffreys(hits: f64, trials: f64, confidence: f64) -> Option<Interval> {
    // NaN lies in no range.
    let is_proportion = trials > 0.0 && trials.is_finite() && (0.0..=trials).contains(&hits);
    let is_level = confidence > 0.0 && confidence < 1.0;
    if !(is_proportion && is_level) {
        return None;
    }
    let posterior = Beta::new(hits + 0.5, trials - hits + 0.5).ok()?;
    let tail = 0.5 * (1.0 - confidence);
    let rate = hits / trials;
    let low = if hits > 0.0 {
        posterior.inverse_cdf(tail).clamp(0.0, rate)
    } else {
        0.0
    };
    let high = if hits < trials {
        posterior.inverse_cdf(1.0 - tail).clamp(rate, 1.0)
    } else {
        1.0
    };
    (low.is_finite() && high.is_finite()).then_some(Interval { low, high })
}
