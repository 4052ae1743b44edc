//! Intervals of a difference and a ratio of two independent values, from the intervals of the two.

use super::Interval;

/// The interval of `a - b` from independent values with intervals of the same confidence, by the
/// method of variance estimates recovery (Newcombe 1998 for proportions; Zou and Donner 2008):
///
/// ```text
/// low  = a - b - sqrt((a - low_a)^2 + (high_b - b)^2)
/// high = a - b + sqrt((high_a - a)^2 + (b - low_b)^2)
/// ```
///
/// It has the good small-sample coverage of the intervals that it is made of, where a difference
/// plus and minus standard errors has not.
///
/// ```
/// use equipoise_metrics::{mover_difference, two_sided_quantile, wilson};
///
/// // Newcombe's method 10 on 56/70 against 48/80.
/// let z = two_sided_quantile(0.95);
/// let a = wilson(56.0, 70.0, z).ok_or("no trials")?;
/// let b = wilson(48.0, 80.0, z).ok_or("no trials")?;
/// let gap = mover_difference((0.8, a), (0.6, b));
/// assert!((gap.low - 0.0524).abs() < 1e-4 && (gap.high - 0.3339).abs() < 1e-4);
/// # Ok::<(), &str>(())
/// ```
pub fn mover_difference(a: (f64, Interval), b: (f64, Interval)) -> Interval {
    let ((a, of_a), (b, of_b)) = (a, b);
    Interval {
        low: a - b - length(a - of_a.low, of_b.high - b),
        high: a - b + length(of_a.high - a, b - of_b.low),
    }
}

/// `hypot` takes several times as long, to be right for numbers whose squares are too large or too
/// small for an `f64`.
fn length(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}

/// The interval of `a / b` from independent values that are not negative, with intervals of the
/// same confidence (Donner and Zou 2012).
///
/// The upper end is infinite where the interval of `b` holds 0. `None` where `b` is not above 0,
/// or where an interval does not hold its value.
pub fn mover_ratio(a: (f64, Interval), b: (f64, Interval)) -> Option<Interval> {
    let ((a, of_a), (b, of_b)) = (a, b);
    let holds = |value: f64, of: Interval| of.low >= 0.0 && of.low <= value && value <= of.high;
    if b <= 0.0 || !holds(a, of_a) || !holds(b, of_b) {
        return None;
    }
    // The ends solve a quadratic equation; its discriminants are not negative but for rounding.
    let root = |end_a: f64, end_b: f64| {
        let discriminant = (a * b).powi(2) - end_a * end_b * (2.0 * a - end_a) * (2.0 * b - end_b);
        discriminant.max(0.0).sqrt()
    };
    let low = (a * b - root(of_a.low, of_b.high)) / (of_b.high * (2.0 * b - of_b.high));
    let high = (a * b + root(of_a.high, of_b.low)) / (of_b.low * (2.0 * b - of_b.low));
    let ratio = a / b;
    // Where `high_b = 2 b`, both numerator and denominator vanish; the second one is the limit.
    let low = if low.is_finite() {
        low
    } else {
        of_a.low * (2.0 * a - of_a.low) / (2.0 * a * b)
    };
    Some(Interval {
        // Where `a` is 0, the end above may be -0.0, whose reciprocal is not that of a ratio.
        low: low.clamp(0.0, ratio) + 0.0,
        high: if of_b.low > 0.0 && high.is_finite() {
            high.max(ratio)
        } else {
            f64::INFINITY
        },
    })
}
