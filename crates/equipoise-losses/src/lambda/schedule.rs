//! A weight that is a function of the step.

use serde::{Deserialize, Serialize};

use super::{check, check_weight};
use crate::Error;

/// `lambda = { schedule = "linear", from = 0.0, to = 1.0, over = 0.5 }`: a weight that moves from
/// one value to another in the first part of training and then stays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LambdaSchedule {
    /// The shape of the way.
    pub shape: LambdaShape,
    /// The weight at the first step; finite, 0 or more.
    pub from: f64,
    /// The weight at the end of the way; finite, 0 or more.
    pub to: f64,
    /// The share of all steps that the way takes, above 0 and at most 1.
    pub over: f64,
}

impl LambdaSchedule {
    /// The weight at the first step where nothing is said.
    pub const DEFAULT_FROM: f64 = 0.0;
}

/// How a scheduled weight moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LambdaShape {
    /// In a straight line over all steps.
    Linear,
    /// Along half a cosine over all steps: slowly at both ends.
    Cosine,
    /// In a straight line over the first tenth of the steps.
    WarmUp,
    /// With the square root of the step over all steps: fast at first (Zhang, Lemoine and
    /// Mitchell 2018).
    SquareRoot,
}

impl LambdaShape {
    /// The share of the steps that the way takes where nothing is said.
    pub fn default_over(self) -> f64 {
        match self {
            Self::Linear | Self::Cosine | Self::SquareRoot => 1.0,
            Self::WarmUp => 0.1,
        }
    }
}

impl LambdaSchedule {
    /// The weight after a share of all steps, `progress` in `[0, 1]`.
    ///
    /// ```
    /// use equipoise_losses::lambda::schedule::{LambdaSchedule, LambdaShape};
    ///
    /// let schedule = LambdaSchedule { shape: LambdaShape::Linear, from: 0.0, to: 2.0, over: 0.5 };
    /// assert_eq!([0.0, 0.25, 0.5, 1.0].map(|at| schedule.weight(at)), [0.0, 1.0, 2.0, 2.0]);
    /// ```
    pub fn weight(&self, progress: f64) -> f64 {
        let way = (progress / self.over).clamp(0.0, 1.0);
        let way = match self.shape {
            LambdaShape::Linear | LambdaShape::WarmUp => way,
            LambdaShape::SquareRoot => way.sqrt(),
            LambdaShape::Cosine => 0.5 * (1.0 - (std::f64::consts::PI * way).cos()),
        };
        self.from + (self.to - self.from) * way
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        check_weight("lambda.from", self.from)?;
        check_weight("lambda.to", self.to)?;
        check("lambda.over", self.over, "above 0 and at most 1", |share| {
            share > 0.0 && share <= 1.0
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_goes_from_one_end_to_the_other_and_stays() {
        for shape in [
            LambdaShape::Linear,
            LambdaShape::Cosine,
            LambdaShape::WarmUp,
            LambdaShape::SquareRoot,
        ] {
            let schedule = LambdaSchedule {
                shape,
                from: 3.0,
                to: 1.0,
                over: 0.4,
            };
            let weights: Vec<f64> = (0..=10)
                .map(|step| schedule.weight(f64::from(step) / 10.0))
                .collect();
            assert!((weights[0] - 3.0).abs() < 1e-12);
            assert!(weights.windows(2).all(|pair| pair[1] <= pair[0]));
            assert!(
                weights[4..]
                    .iter()
                    .all(|weight| (weight - 1.0).abs() < 1e-12)
            );
        }
    }

    #[test]
    fn a_cosine_is_slow_at_both_ends() {
        let schedule = LambdaSchedule {
            shape: LambdaShape::Cosine,
            from: 0.0,
            to: 1.0,
            over: 1.0,
        };
        assert!(schedule.weight(0.1) < 0.1 && schedule.weight(0.9) > 0.9);
        assert!((schedule.weight(0.5) - 0.5).abs() < 1e-12);
    }
}
