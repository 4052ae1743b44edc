//! Permutation tests of "no difference between the groups".
//!
//! If a gap is chance, the rows could as well have had each other's groups. A replicate deals the
//! groups out anew; the p-value is the share of replicates, the data among them, whose gap is at
//! least as large: `(1 + #{gap >= observed}) / (1 + replicates)` (Phipson and Smyth 2010). It is
//! never 0.
//!
//! **Which rows exchange their groups** follows from what "no difference" says:
//!
//! * a metric of all rows (selection rate, accuracy): all rows;
//! * a rate among the rows of one label (true positive rate, equalized odds): rows of the same
//!   label, so that base rates may differ between groups;
//! * a rate among the rows of one prediction (precision): rows of the same prediction;
//! * any other function of the counts (F1, Matthews correlation): all rows. Its "no difference" is
//!   that labels and predictions are distributed alike in all groups, which is more than that the
//!   metric is equal: a small p-value may come of unequal base rates.
//!
//! For a rate this is an exact test of the independence of its outcome and the group. Dealing the
//! groups out among rows is drawing the counts of the cells from the multivariate hypergeometric
//! distribution, so that the cost does not depend on the number of rows. The difference of one
//! group to the reference group is tested among the rows of these two.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use rand_distr::{Distribution, Hypergeometric};
use rayon::prelude::*;

use crate::{
    Confusion, Estimate, MetricSpec, Replicates, Scope,
    evaluation::{Item, Plan},
    trials::Trials,
};

/// The test and the bootstrap draw from streams of their own.
const FIRST_STREAM: u64 = 1 << 63;

/// Gaps that differ by rounding alone are the same.
const ROUNDING: f64 = 1e-12;

/// The groups of a section, as the tests need them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Permutation<'a> {
    /// The metrics of the plan, in its order.
    pub(crate) metrics: &'a [&'static MetricSpec],
    /// `[groups][label][prediction]`, flat.
    pub(crate) counts: &'a [u64],
    /// Whether each group has a part in the aggregates.
    pub(crate) included: &'a [bool],
    pub(crate) reference: Option<usize>,
    pub(crate) permutations: Replicates,
}

impl Permutation<'_> {
    /// The p-value of each item of a plan that is a difference and has a value.
    pub(crate) fn p_values(&self, plan: &Plan, values: &[Estimate]) -> Vec<Option<f64>> {
        let mut p_values = vec![None; values.len()];
        if self.permutations.count == 0 {
            return p_values;
        }
        for trials in [Trials::AllRows, Trials::OfLabel, Trials::OfPrediction] {
            let of_trials = |spec: &MetricSpec| Trials::of(spec) == trials;
            let metrics = self.metrics.iter().copied();
            let metrics: Vec<&'static MetricSpec> = metrics.filter(|m| of_trials(m)).collect();
            let tested = |wanted: &dyn Fn(Item) -> bool| -> Vec<usize> {
                (0..values.len())
                    .filter(|&at| of_trials(plan.items()[at].spec()) && values[at].is_ok())
                    .filter(|&at| wanted(plan.items()[at]))
                    .collect()
            };
            let aggregates = tested(&|item| is_tested_aggregate(item));
            let dealt = Dealt {
                trials,
                counts: self.counts.to_vec(),
                takes_part: self.included.to_vec(),
                reference: None,
            };
            self.test(plan, values, &metrics, &dealt, &aggregates, &mut p_values);
            let Some(reference) = self.reference else {
                continue;
            };
            for group in (0..self.included.len()).filter(|&group| group != reference) {
                let comparisons = tested(&|item| is_difference_of(item, group));
                let counts = [group, reference]
                    .into_iter()
                    .flat_map(|group| self.counts.iter().skip(4 * group).take(4).copied());
                let dealt = Dealt {
                    trials,
                    counts: counts.collect(),
                    takes_part: vec![true; 2],
                    reference: Some(1),
                };
                self.test(plan, values, &metrics, &dealt, &comparisons, &mut p_values);
            }
        }
        p_values
    }

    /// Tests some items of a plan at once, all on the same replicates.
    fn test(
        &self,
        plan: &Plan,
        values: &[Estimate],
        metrics: &[&'static MetricSpec],
        dealt: &Dealt,
        tested: &[usize],
        p_values: &mut [Option<f64>],
    ) {
        if tested.is_empty() {
            return;
        }
        let groups = confusions(&dealt.counts);
        let included: Vec<bool> = dealt
            .takes_part
            .iter()
            .zip(&groups)
            .map(|(takes_part, group)| *takes_part && group.rows() > 0.0)
            .collect();
        let own = Plan::new(
            metrics,
            &groups,
            &included,
            plan.convention(),
            true,
            dealt.reference,
        );
        // Two plans list the values of a metric in the same order.
        let matching: Vec<(usize, f64)> = tested
            .iter()
            .filter_map(|&at| {
                let wanted = plan.items()[at].comparison();
                let items = own.items().iter();
                let own_at = items.clone().position(|item| item.comparison() == wanted)?;
                Some((own_at, values[at].ok()?.abs()))
            })
            .collect();
        if matching.len() != tested.len() {
            return;
        }
        let as_large: Vec<usize> = (0..self.permutations.count)
            .into_par_iter()
            .map(|replicate| {
                let mut random = ChaCha8Rng::seed_from_u64(self.permutations.seed);
                random.set_stream(FIRST_STREAM | replicate as u64);
                let values = own.evaluate(&confusions(&dealt.draw(&mut random)));
                matching
                    .iter()
                    // A replicate without a value counts against the finding.
                    .map(|&(at, observed)| {
                        values[at]
                            .map_or(1, |value| usize::from(value.abs() >= observed - ROUNDING))
                    })
                    .collect()
            })
            .reduce(
                || vec![0; matching.len()],
                |left: Vec<usize>, right| left.iter().zip(right).map(|(l, r)| l + r).collect(),
            );
        let replicates = self.permutations.count;
        for (&at, as_large) in tested.iter().zip(as_large) {
            p_values[at] = Some((1 + as_large) as f64 / (1 + replicates) as f64);
        }
    }
}

fn is_tested_aggregate(item: Item) -> bool {
    match item {
        Item::Aggregate { kind, .. } => kind.scope == Scope::Difference && item.is_bootstrapped(),
        _ => false,
    }
}

fn is_difference_of(item: Item, compared: usize) -> bool {
    match item {
        Item::ToReference { group, kind, .. } => {
            group == compared && kind.scope == Scope::Difference && item.is_bootstrapped()
        }
        _ => false,
    }
}

fn confusions(counts: &[u64]) -> Vec<Confusion> {
    let groups = counts.chunks_exact(4);
    groups
        .map(|c| Confusion::from_counts([c[0], c[1], c[2], c[3]]))
        .collect()
}

/// Counts whose groups are dealt out anew.
#[derive(Debug)]
struct Dealt {
    trials: Trials,
    /// `[groups][label][prediction]`, flat.
    counts: Vec<u64>,
    /// Whether the rows of each group are dealt out; the others stay where they are.
    takes_part: Vec<bool>,
    reference: Option<usize>,
}

impl Dealt {
    fn draw(&self, random: &mut impl Rng) -> Vec<u64> {
        let mut drawn = self.counts.clone();
        let exchanged: &[&[usize]] = match self.trials {
            Trials::AllRows => &[&[0, 1, 2, 3]],
            Trials::OfLabel => &[&[0, 1], &[2, 3]],
            Trials::OfPrediction => &[&[0, 2], &[1, 3]],
        };
        let groups: Vec<usize> = (0..self.takes_part.len())
            .filter(|&group| self.takes_part[group])
            .collect();
        for kinds in exchanged {
            let sum = |group: usize| kinds.iter().map(|kind| self.counts[4 * group + kind]).sum();
            let mut room: Vec<u64> = groups.iter().map(|&group| sum(group)).collect();
            for kind in *kinds {
                let total = groups.iter().map(|&group| self.counts[4 * group + kind]);
                let dealt = multivariate_hypergeometric(&room, total.sum(), random);
                for ((room, dealt), &group) in room.iter_mut().zip(dealt).zip(&groups) {
                    *room -= dealt;
                    drawn[4 * group + kind] = dealt;
                }
            }
        }
        drawn
    }
}

/// How many of `draws` units, drawn without replacement, come from each of several classes.
fn multivariate_hypergeometric(sizes: &[u64], draws: u64, random: &mut impl Rng) -> Vec<u64> {
    let mut population: u64 = sizes.iter().sum();
    let mut left = draws.min(population);
    sizes
        .iter()
        .map(|&size| {
            let drawn = if size == population {
                left
            } else {
                // Class and draws are never more than the population, so the distribution exists.
                Hypergeometric::new(population, size, left)
                    .map_or(0, |distribution| distribution.sample(random))
            };
            population -= size;
            left -= drawn;
            drawn
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_margins_stay_and_the_mean_is_that_of_independence() {
        let counts = vec![40, 10, 5, 45, 60, 20, 40, 80, 7, 7, 7, 7];
        for trials in [Trials::AllRows, Trials::OfLabel, Trials::OfPrediction] {
            let dealt = Dealt {
                trials,
                counts: counts.clone(),
                takes_part: vec![true, true, false],
                reference: None,
            };
            let mut random = ChaCha8Rng::seed_from_u64(5);
            let mut true_positives = 0;
            for _ in 0..2000 {
                let drawn = dealt.draw(&mut random);
                assert_eq!(drawn[8..], counts[8..]);
                let of_group =
                    |drawn: &[u64], g: usize| drawn[4 * g..4 * g + 4].iter().sum::<u64>();
                assert_eq!(of_group(&drawn, 0), 100);
                for kind in 0..4 {
                    assert_eq!(
                        drawn[kind] + drawn[4 + kind],
                        counts[kind] + counts[4 + kind]
                    );
                }
                true_positives += drawn[3];
            }
            // True positives of both groups, times the share of the first group among the rows that
            // exchange their groups with them.
            let share = match trials {
                Trials::AllRows => 100.0 / 300.0,
                Trials::OfLabel => 50.0 / 170.0,
                Trials::OfPrediction => 55.0 / 155.0,
            };
            let expected = 125.0 * share;
            let mean = f64::from(u32::try_from(true_positives).unwrap()) / 2000.0;
            assert!(
                (mean - expected).abs() < 0.5,
                "{trials:?}: {mean} {expected}"
            );
        }
    }
}
