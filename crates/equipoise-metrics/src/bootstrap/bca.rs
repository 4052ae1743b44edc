//! Percentiles corrected for bias and skewness.

use statrs::distribution::{ContinuousCDF, Normal};

/// The levels of the percentiles that the bias-corrected and accelerated interval reads in place
/// of `(tail, 1 - tail)` (Efron 1987).
///
/// * `below` and `equal`: how many of `estimable` replicates lie below the value, and on it (half
///   of those count as below);
/// * `acceleration`: from [`acceleration`].
///
/// `None` where no replicate lies on one side of the value: the correction is then infinite.
pub(super) fn levels(
    below: usize,
    equal: usize,
    estimable: usize,
    acceleration: f64,
    confidence: f64,
) -> Option<(f64, f64)> {
    let share = (below as f64 + 0.5 * equal as f64) / estimable as f64;
    if !(share > 0.0 && share < 1.0) {
        return None;
    }
    let normal = Normal::standard();
    let bias = normal.inverse_cdf(share);
    let corrected = |level: f64| {
        let shifted = bias + normal.inverse_cdf(level);
        let level = normal.cdf(bias + shifted / (1.0 - acceleration * shifted));
        level.is_finite().then_some(level)
    };
    let tail = 0.5 * (1.0 - confidence);
    Some((corrected(tail)?, corrected(1.0 - tail)?))
}

/// The acceleration from the jackknife: `values[i]` is the statistic without one row of a cell
/// that has `rows[i]` rows, which is the same whichever row it is.
///
/// 0 where the statistic does not depend on any single row.
pub(super) fn acceleration(values: &[f64], rows: &[f64]) -> f64 {
    let all: f64 = rows.iter().sum();
    let weighted = |term: &dyn Fn(f64) -> f64| -> f64 {
        values.iter().zip(rows).map(|(&v, &n)| n * term(v)).sum()
    };
    let mean = weighted(&|value| value) / all;
    let squares = weighted(&|value| (mean - value).powi(2));
    let cubes = weighted(&|value| (mean - value).powi(3));
    if squares > 0.0 {
        cubes / (6.0 * squares.powf(1.5))
    } else {
        0.0
    }
}
