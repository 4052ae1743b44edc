//! What is known of a metric: its facts as data, and how it is computed.

use crate::{Confusion, Estimate, NotEstimable, Scope, ScoreDistribution};

/// One metric of the registry [`METRICS`](crate::METRICS).
#[derive(Debug)]
pub struct MetricSpec {
    /// The name in options and files: `true_positive_rate`.
    pub name: &'static str,
    /// The name for people: `true positive rate`.
    pub title: &'static str,
    /// What it says, in one sentence.
    pub summary: &'static str,
    /// The formula. `n(y, p)` counts rows with label `y` and prediction `p`, a dot stands for
    /// both; `s` is a score.
    pub formula: &'static str,
    /// Where it comes from: authors and year.
    pub paper: &'static str,
    /// The smallest and the largest value of one group.
    pub range: (f64, f64),
    /// The best value of one group, where there is one.
    pub ideal: Option<f64>,
    /// Which way is better.
    pub direction: Direction,
    /// What a value counts.
    pub unit: Unit,
    /// The interval of the value of one group.
    pub interval: IntervalKind,
    /// How it is computed.
    pub definition: Definition,
}

/// Which way a metric gets better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Larger is better.
    HigherIsBetter,
    /// Smaller is better.
    LowerIsBetter,
    /// Neither by itself; only a difference between groups says something.
    Neutral,
}

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// A share, such as 0.25 for a quarter.
    Fraction,
    /// A number of rows.
    Rows,
    /// A coefficient without a unit.
    Coefficient,
    /// An amount of information to base e.
    Nats,
}

/// How the interval of one group's value is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IntervalKind {
    /// The value is exact, or no interval is known.
    None,
    /// [`wilson`](crate::wilson) score interval of a proportion.
    Wilson,
    /// Percentiles of the [cell bootstrap](crate::bootstrap).
    Bootstrap,
    /// The value plus and minus its normal standard error.
    Normal,
    /// As [`Normal`](Self::Normal), with the standard error of `DeLong`, `DeLong` and
    /// Clarke-Pearson (1988).
    DeLong,
}

/// Hits among trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportion {
    /// The numerator.
    pub hits: f64,
    /// The denominator.
    pub trials: f64,
    /// What a row of the denominator has, in words: `a positive label`.
    pub trial: &'static str,
}

impl Proportion {
    /// `hits / trials`, not estimable where there is no trial.
    ///
    /// # Errors
    ///
    /// [`NotEstimable::EmptyDenominator`].
    pub fn value(&self) -> Estimate {
        if self.trials > 0.0 {
            Ok(self.hits / self.trials)
        } else {
            Err(NotEstimable::EmptyDenominator(self.trial))
        }
    }
}

/// How a metric is computed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Definition {
    /// A share of rows, from the counts of a group.
    Rate(fn(&Confusion) -> Proportion),
    /// Any other function of the counts of a group.
    Counts {
        /// The value.
        value: fn(&Confusion) -> Estimate,
        /// What takes its place under [`Convention::Fairlearn`](crate::Convention::Fairlearn)
        /// where it is not estimable although the group has rows.
        fallback: fn(&Confusion) -> f64,
    },
    /// The mean over the rows of a function of score and label.
    RowMean(fn(score: f64, positive: bool) -> f64),
    /// Any other function of the scores and labels of a group.
    Scores {
        /// The value.
        value: fn(&ScoreDistribution) -> Estimate,
        /// Its standard error, where the rows suffice for one.
        standard_error: Option<fn(&ScoreDistribution) -> Option<f64>>,
    },
    /// A distance between the scores of two groups; its difference is the largest over all pairs.
    Distance(fn(&ScoreDistribution, &ScoreDistribution) -> Estimate),
    /// A named fairness notion: gaps of the metrics that it asks to be equal.
    Parity(&'static [&'static MetricSpec]),
    /// The gaps of a count-based metric within the strata of the control attributes, put together.
    Conditional(&'static MetricSpec),
}

impl MetricSpec {
    /// Whether it is made of counts of labels and predictions alone.
    pub fn is_count_based(&self) -> bool {
        match self.definition {
            Definition::Rate(_)
            | Definition::Counts { .. }
            | Definition::Parity(_)
            | Definition::Conditional(_) => true,
            Definition::RowMean(_) | Definition::Scores { .. } | Definition::Distance(_) => false,
        }
    }

    /// Whether each group has a value of its own. Others exist only between groups.
    pub fn has_group_values(&self) -> bool {
        !matches!(
            self.definition,
            Definition::Distance(_) | Definition::Parity(_) | Definition::Conditional(_)
        )
    }

    /// Whether it exists only where there are control attributes.
    pub fn needs_controls(&self) -> bool {
        matches!(self.definition, Definition::Conditional(_))
    }

    /// The best value of a record of the given scope, where there is one: 0 for a difference, 1
    /// for a ratio, and [`ideal`](Self::ideal) otherwise.
    pub fn ideal_for(&self, scope: Scope) -> Option<f64> {
        match scope {
            Scope::Difference | Scope::Variance => Some(0.0),
            Scope::Ratio => Some(1.0),
            Scope::Overall | Scope::Group | Scope::Min | Scope::Max => self.ideal,
        }
    }
}
