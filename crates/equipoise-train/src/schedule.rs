//! The learning rate over time.
//!
//! The rate is a function of the step alone, so there is nothing to save and restore.

use serde::{Deserialize, Serialize};

use crate::config::ScheduleConfig;

/// The shape of the learning rate after warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScheduleKind {
    /// It stays at its height.
    Constant,
    /// It falls in a straight line to 0.
    Linear,
    /// It falls along half a cosine to 0 (Loshchilov and Hutter, 2017).
    Cosine,
    /// It falls by a factor every so many steps.
    Step,
}

/// A learning-rate schedule over a known number of steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    kind: ScheduleKind,
    peak: f64,
    warmup_steps: usize,
    total_steps: usize,
    /// After how many steps the rate falls, and by which factor.
    falls: Option<(usize, f64)>,
}

impl Schedule {
    /// A schedule that reaches `peak` after warm-up and ends after `total_steps`.
    pub fn new(config: &ScheduleConfig, peak: f64, total_steps: usize) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a number of steps is between 0 and that number"
        )]
        let warmup_steps = (config.warmup * total_steps as f64).floor() as usize;
        Self {
            kind: config.kind,
            peak,
            warmup_steps,
            total_steps,
            falls: config.every.zip(config.factor),
        }
    }

    /// The learning rate of a step, counted from 0. It is above 0 in every step of training.
    pub fn rate(&self, step: usize) -> f64 {
        if step < self.warmup_steps {
            return self.peak * (step + 1) as f64 / (self.warmup_steps + 1) as f64;
        }
        let steps = self.total_steps.saturating_sub(self.warmup_steps).max(1);
        let progress = ((step - self.warmup_steps) as f64 / steps as f64).min(1.0);
        match self.kind {
            ScheduleKind::Constant => self.peak,
            ScheduleKind::Step => {
                let falls = self.falls.map_or(1.0, |(every, factor)| {
                    let falls = (step - self.warmup_steps) / every.max(1);
                    factor.powi(i32::try_from(falls).unwrap_or(i32::MAX))
                });
                self.peak * falls
            }
            ScheduleKind::Linear => self.peak * (1.0 - progress),
            ScheduleKind::Cosine => {
                self.peak * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(kind: ScheduleKind) -> Schedule {
        let config = ScheduleConfig {
            kind,
            warmup: 0.2,
            ..ScheduleConfig::default()
        };
        Schedule::new(&config, 2.0, 10)
    }

    #[test]
    fn the_rate_grows_in_warm_up_and_falls_after() {
        for kind in [ScheduleKind::Linear, ScheduleKind::Cosine] {
            let schedule = schedule(kind);
            let rates: Vec<f64> = (0..10).map(|step| schedule.rate(step)).collect();
            assert!(rates[0] < rates[1] && rates[1] < rates[2]);
            approx::assert_relative_eq!(rates[2], 2.0);
            assert!(rates[2..].windows(2).all(|pair| pair[1] < pair[0]));
            assert!(rates.iter().all(|rate| *rate > 0.0));
        }
    }

    #[test]
    fn a_stepped_rate_falls_by_its_factor() {
        let config = ScheduleConfig {
            kind: ScheduleKind::Step,
            warmup: 0.0,
            every: Some(3),
            factor: Some(0.5),
        };
        let schedule = Schedule::new(&config, 2.0, 10);
        let rates: Vec<f64> = (0..7).map(|step| schedule.rate(step)).collect();
        assert_eq!(rates, [2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 0.5]);
    }

    #[test]
    fn a_constant_rate_stays() {
        let schedule = schedule(ScheduleKind::Constant);
        assert!((2..10).all(|step| (schedule.rate(step) - 2.0).abs() < f64::EPSILON));
    }
}
