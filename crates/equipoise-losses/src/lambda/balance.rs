//! A weight that keeps the gradient of the fairness loss in proportion to that of the task.

use serde::{Deserialize, Serialize};

use super::check;
use crate::Error;

/// `lambda = { gradient = 0.1 }`: the norm of the weighed fairness gradient is this fraction of
/// the norm of the task's gradient, whatever the scale of the loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradientFraction {
    /// The fraction; above 0.
    pub fraction: f64,
    /// The share that the norms so far keep in their running means, in `[0, 1)`.
    pub smoothing: f64,
    /// The largest weight; above 0. A squared gap has almost no gradient near parity, and no
    /// weight is to make up for that.
    pub bound: f64,
}

impl GradientFraction {
    /// The smoothing where nothing is said.
    pub const DEFAULT_SMOOTHING: f64 = 0.9;
    /// The bound where nothing is said.
    pub const DEFAULT_BOUND: f64 = 1000.0;

    pub(super) fn check(&self) -> Result<(), Error> {
        check("lambda.gradient", self.fraction, "above 0", |f| f > 0.0)?;
        check(
            "lambda.smoothing",
            self.smoothing,
            "0 or more and below 1",
            |share| (0.0..1.0).contains(&share),
        )?;
        check("lambda.bound", self.bound, "above 0", |bound| bound > 0.0)?;
        Ok(())
    }
}

/// What a [`GradientFraction`] remembers: running means of both norms, which are 0 before the
/// first step.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradientNorms {
    task: f64,
    fairness: f64,
}

impl GradientNorms {
    /// Takes in the norms of both gradients of a step. A step without a fairness gradient (a
    /// batch with one group) says nothing about the proportion and changes nothing.
    pub fn observe(&mut self, config: &GradientFraction, task: f64, fairness: f64) {
        if !(task.is_finite() && fairness.is_finite() && fairness > 0.0) {
            return;
        }
        if self.fairness > 0.0 {
            let keep = config.smoothing;
            self.task = keep * self.task + (1.0 - keep) * task;
            self.fairness = keep * self.fairness + (1.0 - keep) * fairness;
        } else {
            (self.task, self.fairness) = (task, fairness);
        }
    }

    /// The weight of the fairness loss; 0 before the first step.
    pub fn weight(&self, config: &GradientFraction) -> f64 {
        if self.fairness > 0.0 {
            (config.fraction * self.task / self.fairness).min(config.bound)
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: GradientFraction = GradientFraction {
        fraction: 0.1,
        smoothing: 0.5,
        bound: 50.0,
    };

    #[test]
    fn the_weighed_gradient_is_the_fraction_of_the_tasks() {
        for scale in [1e-3, 1.0, 1e3] {
            let mut norms = GradientNorms::default();
            norms.observe(&CONFIG, 2.0, 0.5 * scale);
            let weight = norms.weight(&GradientFraction {
                bound: 1e9,
                ..CONFIG
            });
            assert!((weight * 0.5 * scale - 0.2).abs() < 1e-12);
        }
    }

    #[test]
    fn the_weight_follows_slowly_and_is_bounded() {
        let mut norms = GradientNorms::default();
        norms.observe(&CONFIG, 1.0, 1.0);
        norms.observe(&CONFIG, 1.0, 3.0);
        assert!((norms.weight(&CONFIG) - 0.05).abs() < 1e-12);
        for _ in 0..60 {
            norms.observe(&CONFIG, 1.0, 1e-9);
        }
        assert!((norms.weight(&CONFIG) - 50.0).abs() < 1e-12);
    }

    #[test]
    fn a_step_without_a_gradient_changes_nothing() {
        let mut norms = GradientNorms::default();
        assert!(norms.weight(&CONFIG) < f64::MIN_POSITIVE);
        norms.observe(&CONFIG, 1.0, 1.0);
        let before = norms;
        norms.observe(&CONFIG, 1.0, 0.0);
        norms.observe(&CONFIG, f64::NAN, 1.0);
        assert_eq!(norms, before);
    }
}
