//! An axis with round ends and round steps.

use std::sync::Arc;

use kuva::render::layout::TickFormat;

use crate::number;

/// In what an axis is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Shares, told in per cent and kept within 0 and 1.
    Share,
    /// Differences of shares, told in points.
    Points,
    /// Counts from 0.
    Count,
    /// Whole numbers such as epochs.
    Whole,
    /// Any number.
    Number,
}

/// An axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    label: String,
    scale: Scale,
    low: f64,
    high: f64,
    step: f64,
}

/// About how many steps an axis has.
const STEPS: f64 = 5.0;

impl Axis {
    /// An axis that covers all values; values that are not finite are ignored, shares are
    /// taken as lying within 0 and 1, and counts as not below 0.
    ///
    /// It starts at 0 where that costs at most half of its length, so that small differences do
    /// not look large without need.
    pub(crate) fn covering(
        label: impl Into<String>,
        scale: Scale,
        values: impl IntoIterator<Item = f64>,
    ) -> Self {
        let (mut low, mut high) = values
            .into_iter()
            .filter(|value| value.is_finite())
            .map(|value| match scale {
                Scale::Share => value.clamp(0.0, 1.0),
                Scale::Count => value.max(0.0),
                _ => value,
            })
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        match scale {
            Scale::Count => low = 0.0,
            Scale::Share | Scale::Points | Scale::Number if low > 0.0 && low < 0.5 * high => {
                low = 0.0;
            }
            _ => {}
        }
        if high - low < 1e-9 * high.abs().max(low.abs()).max(1e-3) {
            let room = match scale {
                Scale::Share | Scale::Points => 0.05,
                Scale::Count | Scale::Whole => 1.0,
                Scale::Number => 0.1 * high.abs().max(1e-3),
            };
            high += room;
            if scale != Scale::Count && scale != Scale::Whole {
                low -= room;
            }
        }
        let mut step = round_step((high - low) / STEPS);
        if matches!(scale, Scale::Count | Scale::Whole) {
            step = step.max(1.0).round();
        }
        if scale != Scale::Whole {
            low = (low / step + 1e-9).floor() * step;
            high = (high / step - 1e-9).ceil() * step;
        }
        if scale == Scale::Share {
            low = low.max(0.0);
            high = high.min(1.0);
        }
        Self {
            label: label.into(),
            scale,
            low,
            high,
            step,
        }
    }

    /// The text at the axis.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// The distance of the ticks.
    pub(super) fn step(&self) -> f64 {
        self.step
    }

    /// Where the ticks are.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let first = (self.low / self.step - 1e-9).ceil();
        let mut ticks = Vec::new();
        let mut tick = first * self.step;
        while tick <= self.high + 1e-9 * self.step && ticks.len() < 50 {
            ticks.push(tick);
            tick = (first + ticks.len() as f64) * self.step;
        }
        ticks
    }

    /// The range that is drawn: a little more than the axis, so that no marker is cut in half.
    pub(super) fn drawn(&self) -> (f64, f64) {
        let room = 0.025 * (self.high - self.low);
        match self.scale {
            Scale::Count => (self.low, self.high + room),
            _ => (self.low - room, self.high + room),
        }
    }

    /// How the ticks are written.
    pub(super) fn format(&self) -> TickFormat {
        let scale = self.scale;
        let factor = if matches!(scale, Scale::Share | Scale::Points) {
            100.0
        } else {
            1.0
        };
        let decimals = decimals_of(self.step * factor);
        TickFormat::Custom(Arc::new(move |value| {
            let value = value * factor;
            // A tick at zero can come out as a negative zero.
            let value = if value.abs() < 1e-12 { 0.0 } else { value };
            match scale {
                Scale::Share => format!("{value:.decimals$}%"),
                Scale::Count if value >= 1000.0 => number::whole(value),
                _ => format!("{value:.decimals$}").replace('-', "−"),
            }
        }))
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is not below `wanted`.
fn round_step(wanted: f64) -> f64 {
    let power = 10_f64.powf(wanted.log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|step| *step >= wanted * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// How many digits behind the point a step needs.
fn decimals_of(step: f64) -> usize {
    (0..8)
        .find(|decimals| {
            let scaled = step * 10_f64.powi(*decimals);
            (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().max(1e-9)
        })
        .and_then(|decimals| usize::try_from(decimals).ok())
        .unwrap_or(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_steps_are_round() {
        let axis = Axis::covering("", Scale::Share, [0.084, 0.312]);
        assert_eq!((axis.low, axis.high, axis.step), (0.0, 0.4, 0.1));
        let axis = Axis::covering("", Scale::Count, [10_771.0, 21_790.0]);
        assert_eq!((axis.low, axis.high, axis.step), (0.0, 25_000.0, 5_000.0));
        assert_eq!(axis.ticks().len(), 6);
    }

    #[test]
    fn shares_stay_within_the_possible() {
        let axis = Axis::covering("", Scale::Share, [0.93, 1.0]);
        assert!(axis.high <= 1.0 && axis.low >= 0.0, "{axis:?}");
    }

    #[test]
    fn one_value_or_none_still_gives_an_axis() {
        for values in [
            vec![],
            vec![0.3],
            vec![0.0],
            vec![f64::NAN],
            vec![-2.0, -2.0],
        ] {
            for scale in [
                Scale::Share,
                Scale::Points,
                Scale::Count,
                Scale::Whole,
                Scale::Number,
            ] {
                let axis = Axis::covering("", scale, values.clone());
                assert!(axis.high > axis.low && axis.step > 0.0, "{axis:?}");
                assert!(!axis.ticks().is_empty(), "{axis:?}");
            }
        }
    }
}
