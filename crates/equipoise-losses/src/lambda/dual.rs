//! Weights that grow until a violation is at its target.
//!
//! *The proxy Lagrangian* (Cotter et al. 2019): the weights of the model go down the gradient of
//! `task + sum_k w_k v_k` with soft, differentiable violations, and the multipliers go up with
//! the violations of hard decisions, which are what is asked about. With the *augmented* term
//! (Hestenes 1969, Powell 1969), what charges a constraint is
//!
//! ```text
//! lambda_k <- [lambda_k + rate / steps * g_k]_+     g_k = v_k + shift_k - aim
//! w_k       = [lambda_k + damping * g_k]_+          aim = (1 - margin) * target
//! ```
//!
//! `v_k` are the violations over a window of recent batches. They are those of a moving model with
//! dropout; `shift_k` is how much larger the violations of the validation part, or of the training
//! and the validation part together, were when an epoch ended.

use serde::{Deserialize, Serialize};

use super::{check, check_weight, group_counts::GroupCounts};
use crate::Error;

/// `lambda = { target = 0.02 }`: the weights that bring a violation to its target.
#[derive(Debug, Clone, PartialEq)]
pub struct DualTarget {
    /// The largest violation that is accepted; finite, 0 or more.
    pub target: f64,
    /// The statistic whose hard rates are compared, by name; that of the loss where it is not set.
    pub violation: Option<String>,
    /// How far a multiplier moves in an epoch for a violation of 1 beyond the aim; above 0.
    pub rate: f64,
    /// The weight of the augmented term; 0 or more. It answers a violation at once, where the
    /// multiplier answers its sum over time, and keeps the two from oscillating.
    pub damping: f64,
    /// Over how many recent batches the rates run; 1 or more.
    pub window: f64,
    /// The share of the target that is held in reserve, in `[0, 1]`: multipliers that aimed at
    /// the target itself would be above it half of the time.
    pub margin: f64,
    /// The rows by which the window's violations are corrected when an epoch ends.
    pub rows: MeasuredRows,
    /// The largest multiplier; above 0.
    pub bound: f64,
}

/// The rows by which the violations of recent batches are corrected when an epoch ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MeasuredRows {
    /// Those of the validation part: the model has not learnt from them.
    #[default]
    Valid,
    /// Those of the training part too, with dropout off. The rates of a small validation part
    /// differ by chance from those of all people, and the more rows, the less; in exchange the
    /// model has learnt from some of them.
    TrainAndValid,
}

impl DualTarget {
    /// The rate where nothing is said.
    pub const DEFAULT_RATE: f64 = 2.0;
    /// The damping where nothing is said.
    pub const DEFAULT_DAMPING: f64 = 1.0;
    /// The window where nothing is said.
    pub const DEFAULT_WINDOW: f64 = 16.0;
    /// The margin where nothing is said.
    pub const DEFAULT_MARGIN: f64 = 0.5;
    /// The bound where nothing is said.
    pub const DEFAULT_BOUND: f64 = 1000.0;

    /// The target of a violation, with everything else as where nothing is said.
    pub fn new(target: f64) -> Self {
        Self {
            target,
            violation: None,
            rate: Self::DEFAULT_RATE,
            damping: Self::DEFAULT_DAMPING,
            window: Self::DEFAULT_WINDOW,
            margin: Self::DEFAULT_MARGIN,
            rows: MeasuredRows::default(),
            bound: Self::DEFAULT_BOUND,
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        check_weight("lambda.target", self.target)?;
        check("lambda.rate", self.rate, "above 0", |rate| rate > 0.0)?;
        check_weight("lambda.damping", self.damping)?;
        check("lambda.window", self.window, "1 or more", |batches| {
            batches >= 1.0
        })?;
        check("lambda.margin", self.margin, "0 to 1", |share| {
            (0.0..=1.0).contains(&share)
        })?;
        check("lambda.bound", self.bound, "above 0", |bound| bound > 0.0)?;
        Ok(())
    }

    fn aim(&self) -> f64 {
        (1.0 - self.margin) * self.target
    }
}

/// What the multipliers of a term charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charge {
    /// The value of the loss: one multiplier, for the largest violation.
    Value,
    /// The rates of the groups themselves: one multiplier for each constraint and ordered pair
    /// of groups, for how much higher the first group's rate is. Where soft and hard rates
    /// differ, a signed difference goes on beyond parity of the soft ones, which an absolute gap
    /// cannot.
    Rates,
}

/// What charges a term in a step.
#[derive(Debug, Clone, PartialEq)]
pub enum TermWeight {
    /// A factor of the loss.
    Value(f64),
    /// A factor, of either sign, of the rate of each group in each constraint, constraint after
    /// constraint; the factors of a constraint sum to 0.
    Rates(Vec<f64>),
}

/// Multipliers, and what they remember of the batches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DualState {
    charge: Charge,
    /// Running sums of hard decisions; none before the first batch.
    counts: Option<GroupCounts>,
    /// One for each violation.
    multipliers: Vec<f64>,
    /// How much larger each violation was on the rows that are measured when an epoch ends.
    shifts: Vec<f64>,
}

impl DualState {
    /// How much of the newest difference between validation and training goes into the shift: a
    /// half, so that the noise of one validation is averaged with that of the ones before.
    const NEWS: f64 = 0.5;

    /// Multipliers of 0.
    pub fn new(charge: Charge) -> Self {
        Self {
            charge,
            counts: None,
            multipliers: Vec::new(),
            shifts: Vec::new(),
        }
    }

    /// Takes in the hard decisions of a training batch; `steps` is the number of steps of an
    /// epoch.
    ///
    /// # Errors
    ///
    /// When the batch has other constraints or groups than the ones before.
    pub fn observe(
        &mut self,
        config: &DualTarget,
        batch: &GroupCounts,
        steps: usize,
    ) -> Result<(), Error> {
        let keep = 1.0 - 1.0 / config.window;
        match &mut self.counts {
            Some(counts) => counts.run(keep, batch)?,
            empty => *empty = Some(batch.clone()),
        }
        let excesses = self.excesses(config);
        self.multipliers.resize(excesses.len(), 0.0);
        let step = config.rate / steps.max(1) as f64;
        for (multiplier, excess) in self.multipliers.iter_mut().zip(excesses) {
            *multiplier = (*multiplier + step * excess).clamp(0.0, config.bound);
        }
        Ok(())
    }

    /// Takes in the hard decisions of the rows that [`DualTarget::rows`] names, at the end of an
    /// epoch.
    pub fn correct(&mut self, measured: &GroupCounts) {
        let found = violations(self.charge, measured);
        let running = self.running();
        self.shifts.resize(found.len(), 0.0);
        for (index, shift) in self.shifts.iter_mut().enumerate() {
            let expected = running.get(index).copied().flatten();
            if let (Some(found), Some(expected)) = (found[index], expected) {
                *shift += Self::NEWS * (found - expected - *shift);
            }
        }
    }

    /// What charges the term in the next step.
    pub fn weight(&self, config: &DualTarget) -> TermWeight {
        let weights = self.weights(config);
        match (self.charge, &self.counts) {
            (Charge::Rates, Some(counts)) => {
                TermWeight::Rates(signed(&weights, counts.constraints(), counts.groups()))
            }
            (Charge::Rates, None) => TermWeight::Rates(Vec::new()),
            // Before the first batch there is no multiplier, and nothing has been violated.
            (Charge::Value, _) => TermWeight::Value(weights.first().copied().unwrap_or(0.0)),
        }
    }

    /// The sum of all multipliers: how much the constraints weigh.
    pub fn total(&self) -> f64 {
        self.multipliers.iter().sum()
    }

    /// The sum of the multipliers of each constraint.
    pub fn by_constraint(&self) -> Vec<f64> {
        let constraints = match (self.charge, &self.counts) {
            (Charge::Rates, Some(counts)) => counts.constraints(),
            _ => 1,
        };
        let each = self.multipliers.len() / constraints.max(1);
        self.multipliers
            .chunks(each.max(1))
            .map(|multipliers| multipliers.iter().sum())
            .collect()
    }

    /// The largest violation of the window; `None` where there is nothing to compare.
    pub fn violation(&self) -> Option<f64> {
        self.counts.as_ref().and_then(GroupCounts::violation)
    }

    fn weights(&self, config: &DualTarget) -> Vec<f64> {
        self.multipliers
            .iter()
            .zip(self.excesses(config))
            .map(|(multiplier, excess)| {
                (multiplier + config.damping * excess).clamp(0.0, config.bound)
            })
            .collect()
    }

    fn running(&self) -> Vec<Option<f64>> {
        self.counts
            .as_ref()
            .map(|counts| violations(self.charge, counts))
            .unwrap_or_default()
    }

    /// How far each violation is beyond the aim; 0 where there is nothing to compare, which
    /// leaves its multiplier as it is.
    fn excesses(&self, config: &DualTarget) -> Vec<f64> {
        self.running()
            .iter()
            .enumerate()
            .map(|(index, violation)| {
                // Until the first validation nothing is known of how it differs from training.
                let shift = self.shifts.get(index).copied().unwrap_or(0.0);
                violation.map_or(0.0, |violation| violation + shift - config.aim())
            })
            .collect()
    }
}

/// The violations that have a multiplier: the largest alone, or one for each constraint and
/// ordered pair of groups (a group beside itself included, whose violation is 0).
fn violations(charge: Charge, counts: &GroupCounts) -> Vec<Option<f64>> {
    match charge {
        Charge::Value => vec![counts.violation()],
        Charge::Rates => {
            let groups = counts.groups();
            (0..counts.constraints())
                .flat_map(|constraint| {
                    (0..groups * groups).map(move |pair| (constraint, pair / groups, pair % groups))
                })
                .map(|(constraint, high, low)| {
                    Some(counts.rate(constraint, high)? - counts.rate(constraint, low)?)
                })
                .collect()
        }
    }
}

/// From weights of pairs to factors of rates: what is charged for being above others, less what
/// is charged to the others for being above.
fn signed(weights: &[f64], constraints: usize, groups: usize) -> Vec<f64> {
    let mut factors = vec![0.0; constraints * groups];
    for (index, weight) in weights.iter().enumerate() {
        let (constraint, pair) = (index / (groups * groups), index % (groups * groups));
        let (high, low) = (pair / groups, pair % groups);
        if high != low {
            factors[constraint * groups + high] += weight;
            factors[constraint * groups + low] -= weight;
        }
    }
    factors
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two groups of 500 rows, whose hard rates are these.
    fn counts(rates: &[[f64; 2]]) -> GroupCounts {
        let rows = 500.0;
        let numerators = rates.iter().flatten().map(|rate| rate * rows).collect();
        GroupCounts::new(2, numerators, vec![rows; rates.len() * 2]).unwrap()
    }

    /// A model whose gap answers the weight late: it moves towards `natural - gain * weight`.
    struct Plant {
        gap: f64,
        natural: f64,
        gain: f64,
        speed: f64,
    }

    impl Plant {
        fn step(&mut self, weight: f64) -> GroupCounts {
            self.gap += self.speed * (self.natural - self.gain * weight - self.gap);
            counts(&[[0.3 + self.gap / 2.0, 0.3 - self.gap / 2.0]])
        }
    }

    fn run(config: &DualTarget, charge: Charge, natural: f64, bias: f64) -> (f64, DualState) {
        let mut plant = Plant {
            gap: natural,
            natural,
            gain: 0.4,
            speed: 0.03,
        };
        let mut state = DualState::new(charge);
        let steps = 100;
        for _ in 0..20 {
            for _ in 0..steps {
                let weight = match state.weight(config) {
                    TermWeight::Value(weight) => weight * plant.gap.signum(),
                    TermWeight::Rates(factors) => factors.first().copied().unwrap_or(0.0),
                };
                let batch = plant.step(weight);
                state.observe(config, &batch, steps).unwrap();
            }
            // The validation part has a larger gap than the training part.
            let gap = plant.gap + bias;
            state.correct(&counts(&[[0.3 + gap / 2.0, 0.3 - gap / 2.0]]));
        }
        (plant.gap + bias, state)
    }

    #[test]
    fn the_violation_comes_to_its_aim_from_either_side() {
        let config = DualTarget::new(0.02);
        for natural in [0.17, -0.17] {
            for charge in [Charge::Value, Charge::Rates] {
                let (gap, state) = run(&config, charge, natural, 0.0);
                assert!((gap.abs() - 0.01).abs() < 2e-3, "{charge:?}: {gap}");
                assert!((state.total() - 0.4).abs() < 0.05, "{}", state.total());
            }
        }
    }

    #[test]
    fn the_validation_part_is_what_counts() {
        let config = DualTarget::new(0.02);
        let (gap, state) = run(&config, Charge::Rates, 0.17, 0.03);
        assert!((gap - 0.01).abs() < 2e-3, "{gap}");
        // The training part had to go beyond parity for it.
        assert!(state.total() > 0.42);
    }

    #[test]
    fn a_model_within_the_target_is_left_alone() {
        let (gap, state) = run(&DualTarget::new(0.2), Charge::Rates, 0.05, 0.0);
        assert!((gap - 0.05).abs() < 1e-9);
        assert!(state.total() < f64::MIN_POSITIVE);
    }

    #[test]
    fn a_target_out_of_reach_stops_at_the_bound() {
        let config = DualTarget {
            bound: 0.1,
            ..DualTarget::new(0.0)
        };
        let (gap, state) = run(&config, Charge::Rates, 0.17, 0.0);
        assert!((gap - 0.13).abs() < 1e-3, "{gap}");
        assert!((state.total() - 0.1).abs() < 1e-9);
    }

    #[test]
    fn each_constraint_has_multipliers_of_its_own() {
        let config = DualTarget::new(0.0);
        let mut state = DualState::new(Charge::Rates);
        for _ in 0..10 {
            let batch = counts(&[[0.5, 0.3], [0.1, 0.1]]);
            state.observe(&config, &batch, 10).unwrap();
        }
        let TermWeight::Rates(factors) = state.weight(&config) else {
            panic!("rates are charged");
        };
        assert!(factors[0] > 0.0 && factors[1] < 0.0);
        assert!((factors[0] + factors[1]).abs() < 1e-12);
        assert!(factors[2].abs() + factors[3].abs() < 1e-12);
        let by_constraint = state.by_constraint();
        assert!((by_constraint[0] - 0.4).abs() < 1e-9 && by_constraint[1] < 1e-9);
    }

    #[test]
    fn a_group_that_is_absent_moves_no_multiplier() {
        let config = DualTarget::new(0.0);
        let mut state = DualState::new(Charge::Rates);
        let lone = GroupCounts::new(2, vec![5.0, 0.0], vec![10.0, 0.0]).unwrap();
        state.observe(&config, &lone, 10).unwrap();
        assert_eq!(state.weight(&config), TermWeight::Rates(vec![0.0, 0.0]));
        assert_eq!(state.violation(), None);
    }

    #[test]
    fn a_state_reads_back_to_the_last_bit() {
        let (_, state) = run(&DualTarget::new(0.02), Charge::Rates, 0.17, 0.01);
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<DualState>(&text).unwrap(), state);
    }
}
