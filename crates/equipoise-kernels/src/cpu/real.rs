//! The two kinds of numbers, and the functions of them that vectorise.

use std::fmt::Debug;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

/// How many sums run side by side where numbers are added up: the lanes of the widest vector.
const LANES: usize = 16;

/// A floating-point number: `f32` to train with, `f64` to check gradients with.
pub(crate) trait Real:
    Copy
    + Debug
    + PartialOrd
    + Send
    + Sync
    + Sum
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + MulAssign
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    const ZERO: Self;
    const ONE: Self;
    /// The least finite number.
    const LOWEST: Self;

    /// The nearest number.
    fn from_f64(value: f64) -> Self;

    fn sqrt(self) -> Self;

    /// `e` to this power. In `f32` within two units in the last place, and 0 where the result
    /// would be subnormal.
    fn exp(self) -> Self;

    /// The distribution function and the density of the standard normal distribution. In `f32`
    /// the first is within 4e-7.
    fn normal(self) -> (Self, Self);
}

impl Real for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const LOWEST: Self = Self::MIN;

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "the nearest f32 is meant")]
        let nearest = value as Self;
        nearest
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }

    /// `2^n e^r` with a whole `n` and `|r| <= ln 2 / 2`, `e^r` by its series up to `r^7`, whose
    /// remainder is below 6e-9.
    #[inline(always)]
    fn exp(self) -> Self {
        /// Added to a number and taken off again, it leaves the nearest whole number; in between,
        /// the last bits are that number.
        const ROUND: f32 = 12_582_912.0;
        /// `ln 2` in two parts, the first of which has few bits, so that `n` times it is exact.
        const LN_2_HIGH: f32 = 0.693_359_4;
        const LN_2_LOW: f32 = -2.121_944_4e-4;
        /// `127 ln 2 + ln(2) / 2` and the logarithm of the least normal number.
        const OVERFLOW: f32 = 88.37;
        const UNDERFLOW: f32 = -87.336;

        let shifted = self * std::f32::consts::LOG2_E + ROUND;
        let whole = shifted - ROUND;
        let rest = self - whole * LN_2_HIGH - whole * LN_2_LOW;
        let series = 1.0 / 5040.0;
        let series = series * rest + 1.0 / 720.0;
        let series = series * rest + 1.0 / 120.0;
        let series = series * rest + 1.0 / 24.0;
        let series = series * rest + 1.0 / 6.0;
        let series = series * rest + 0.5;
        let series = series * rest + 1.0;
        let series = series * rest + 1.0;
        let power = Self::from_bits(shifted.to_bits().wrapping_add(127) << 23);
        let value = series * power;
        let value = if self > OVERFLOW {
            Self::INFINITY
        } else {
            value
        };
        if self < UNDERFLOW { 0.0 } else { value }
    }

    /// Formula 7.1.26 of Abramowitz and Stegun (1964), "Handbook of Mathematical Functions". The
    /// smaller tail is computed, so that it is not the difference of two numbers near 1.
    #[inline(always)]
    fn normal(self) -> (Self, Self) {
        /// `1 / sqrt(2 pi)`.
        const DENSITY_AT_0: f32 = 0.398_942_3;

        let exponential = Real::exp(-0.5 * self * self);
        let t = 1.0 / (self.abs() * (0.327_591_1 * std::f32::consts::FRAC_1_SQRT_2) + 1.0);
        let polynomial = 1.061_405_4;
        let polynomial = polynomial * t - 1.453_152;
        let polynomial = polynomial * t + 1.421_413_7;
        let polynomial = polynomial * t - 0.284_496_74;
        let polynomial = polynomial * t + 0.254_829_6;
        let tail = 0.5 * polynomial * t * exponential;
        let below = if self < 0.0 { tail } else { 1.0 - tail };
        (below, DENSITY_AT_0 * exponential)
    }
}

impl Real for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const LOWEST: Self = Self::MIN;

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }

    #[inline(always)]
    fn exp(self) -> Self {
        self.exp()
    }

    #[inline(always)]
    fn normal(self) -> (Self, Self) {
        let below = 0.5 * libm::erfc(-self * std::f64::consts::FRAC_1_SQRT_2);
        let density = (-0.5 * self * self).exp() / (2.0 * std::f64::consts::PI).sqrt();
        (below, density)
    }
}

/// `sum(term(index))` over `0..count`, in sixteen sums side by side.
#[inline(always)]
pub(crate) fn sum_of<T: Real>(count: usize, term: impl Fn(usize) -> T) -> T {
    let mut lanes = [T::ZERO; LANES];
    let whole = count - count % LANES;
    let mut first = 0;
    while first < whole {
        for (lane, sum) in lanes.iter_mut().enumerate() {
            *sum += term(first + lane);
        }
        first += LANES;
    }
    let rest: T = (whole..count).map(term).sum();
    lanes.into_iter().sum::<T>() + rest
}

/// The greatest number, [`Real::LOWEST`] of none. What is no number is passed over.
#[inline(always)]
pub(crate) fn greatest<T: Real>(values: &[T]) -> T {
    let greater = |a: T, b: T| if b > a { b } else { a };
    let mut lanes = [T::LOWEST; LANES];
    let (pieces, rest) = values.as_chunks::<LANES>();
    for piece in pieces {
        for (lane, value) in lanes.iter_mut().zip(piece) {
            *lane = greater(*lane, *value);
        }
    }
    lanes
        .into_iter()
        .chain(rest.iter().copied())
        .fold(T::LOWEST, greater)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_that_of_the_standard_library() {
        for step in -8700..=8800 {
            let x = step as f32 / 100.0;
            let (fast, exact) = (Real::exp(x), f64::from(x).exp());
            let apart = (f64::from(fast) - exact).abs() / exact;
            assert!(apart < 2.5e-7, "exp({x}) = {fast}, not {exact}");
        }
    }

    #[test]
    fn the_exponential_has_the_right_ends() {
        assert_eq!(Real::exp(f32::NEG_INFINITY).to_bits(), 0);
        assert_eq!(Real::exp(f32::MIN).to_bits(), 0);
        assert!(Real::exp(f32::INFINITY).is_infinite());
        assert!(Real::exp(100.0_f32).is_infinite());
        assert!(Real::exp(f32::NAN).is_nan());
        assert_eq!(Real::exp(0.0_f32).to_bits(), 1.0_f32.to_bits());
    }

    #[test]
    fn the_normal_distribution_is_within_4e_7() {
        for step in -1000..=1000 {
            let x = step as f32 / 100.0;
            let ((below, density), exact) = (Real::normal(x), Real::normal(f64::from(x)));
            assert!((f64::from(below) - exact.0).abs() < 4e-7, "at {x}");
            assert!((f64::from(density) - exact.1).abs() < 1e-7, "at {x}");
        }
        assert!(Real::normal(f32::NAN).0.is_nan());
    }

    #[test]
    fn lanes_and_rest_are_all_added() {
        for count in [0, 1, 15, 16, 17, 33, 100] {
            let sum: f64 = sum_of(count, |index| index as f64);
            let exact = (count * count.saturating_sub(1) / 2) as f64;
            assert!((sum - exact).abs() < 1e-9, "of {count}");
            let values: Vec<f64> = (0..count).map(|index| -(index as f64)).collect();
            let expected = if count == 0 { f64::MIN } else { 0.0 };
            assert!((greatest(&values) - expected).abs() < 1e-9);
        }
    }
}
