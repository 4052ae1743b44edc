//! An interval from a standard error.

use super::Interval;

/// `value` plus and minus `z` standard errors, cut off at the ends of `range`.
pub fn normal(value: f64, standard_error: f64, z: f64, range: (f64, f64)) -> Interval {
    Interval {
        low: (value - z * standard_error).max(range.0),
        high: (value + z * standard_error).min(range.1),
    }
}
