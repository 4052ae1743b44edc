//! Which epoch is kept.

use serde::{Deserialize, Serialize};

/// The validation value by which the kept epoch is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Select {
    /// The smallest total loss.
    Loss,
    /// The smallest task loss.
    TaskLoss,
    /// The smallest fairness loss.
    FairnessLoss,
    /// The largest accuracy.
    Accuracy,
    /// The most accurate of the epochs whose violation is at or below its target; where there is
    /// none, the one with the smallest violation.
    WithinTarget,
    /// The last epoch.
    Last,
}

impl Select {
    /// The key under which an [`equipoise_core::EpochRecord`] has the value.
    pub fn key(self) -> &'static str {
        match self {
            Self::Loss | Self::Last => "loss",
            Self::TaskLoss => "task_loss",
            Self::FairnessLoss => "fairness_loss",
            Self::Accuracy => "accuracy",
            Self::WithinTarget => WITHIN_TARGET,
        }
    }

    /// Whether `value` is better than `best`. Ties go to the earlier epoch.
    pub fn is_better(self, value: f64, best: f64) -> bool {
        match self {
            Self::Accuracy | Self::WithinTarget => value > best,
            Self::Loss | Self::TaskLoss | Self::FairnessLoss => value < best,
            Self::Last => true,
        }
    }
}

/// The validation value of [`Select::WithinTarget`].
pub(crate) const WITHIN_TARGET: &str = "within_target";

/// One number for how good an epoch is: its quality, within 0 and 1, where every violation is at
/// or below its target, and else, below 0, how far the worst is above.
///
/// `excesses` are the violations less their targets.
pub(crate) fn within_target(quality: f64, excesses: impl IntoIterator<Item = f64>) -> f64 {
    let worst = excesses.into_iter().fold(f64::NEG_INFINITY, f64::max);
    if worst > 0.0 { -worst } else { quality }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn within_the_target_accuracy_counts_and_beyond_it_the_violation() {
        let is_better = |value, best| Select::WithinTarget.is_better(value, best);
        let accurate = within_target(0.85, [-0.001]);
        let fairer = within_target(0.84, [-0.02]);
        let beyond = within_target(0.9, [0.01]);
        let far_beyond = within_target(0.95, [-0.01, 0.1]);
        assert!(is_better(accurate, fairer));
        assert!(is_better(fairer, beyond));
        assert!(is_better(beyond, far_beyond));
        // Without a target every epoch is within it.
        assert!((within_target(0.8, []) - 0.8).abs() < 1e-12);
    }

    #[test]
    fn the_last_is_always_better() {
        assert!(Select::Last.is_better(9.0, 1.0));
        assert!(!Select::Loss.is_better(9.0, 1.0));
    }
}
