//! How often the intervals of an audit cover the truth: simulated data sets of known rates.
//!
//! Prints the tables of `docs/coverage.md`. The number of simulated data sets is the first
//! argument; 200 without one, which takes seconds.
#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::error::Error;

use equipoise_metrics::{
    BootstrapKind, Confusion, Definition, GroupInterval, Interval, RateInterval, Replicates,
    ScoreDistribution, bootstrap, delta_standard_error, gap_interval, metric, normal,
    ratio_interval, two_sided_quantile,
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Beta, Binomial, Distribution};
use rayon::prelude::*;

const CONFIDENCE: f64 = 0.95;

fn main() -> Result<(), Box<dyn Error>> {
    let sets = std::env::args()
        .nth(1)
        .map_or(Ok(200), |text| text.parse())?;
    println!("{sets} simulated data sets a row; nominal coverage 0.95.");
    rates(sets);
    gaps(sets);
    ratios(sets);
    functions_of_counts(sets)?;
    areas_under_the_curve(sets)?;
    Ok(())
}

/// The share of data sets whose interval holds the truth, of those that have an interval.
fn coverage(
    sets: u64,
    truth: f64,
    interval: impl Fn(&mut ChaCha8Rng) -> Option<Interval> + Sync,
) -> String {
    let found: Vec<Option<bool>> = (0..sets)
        .into_par_iter()
        .map(|set| {
            let mut random = ChaCha8Rng::seed_from_u64(1);
            random.set_stream(set);
            interval(&mut random).map(|found| found.low <= truth && truth <= found.high)
        })
        .collect();
    let with = found.iter().flatten().count();
    let covered = found.iter().flatten().filter(|&&covered| covered).count();
    let without = found.len() - with;
    let share = covered as f64 / with.max(1) as f64;
    if without == 0 {
        format!("{share:.3}")
    } else {
        format!("{share:.3} ({without} without)")
    }
}

fn draw(random: &mut ChaCha8Rng, trials: u64, rate: f64) -> Result<u64, rand_distr::BinomialError> {
    Ok(Binomial::new(trials, rate)?.sample(random))
}

fn rates(sets: u64) {
    println!("\n## A rate\n\n| rows | rate | wilson | jeffreys |\n|---|---|---|---|");
    for trials in [10, 30, 100, 1000] {
        for rate in [0.02, 0.1, 0.3, 0.5] {
            let of = |kind: RateInterval| {
                coverage(sets, rate, |random| {
                    let hits = draw(random, trials, rate).ok()?;
                    kind.of(hits as f64, trials as f64, CONFIDENCE)
                })
            };
            let (wilson, jeffreys) = (of(RateInterval::Wilson), of(RateInterval::Jeffreys));
            println!("| {trials} | {rate} | {wilson} | {jeffreys} |");
        }
    }
}

/// Several groups with the same rate, but for the first.
struct Groups {
    count: usize,
    trials: u64,
    rate: f64,
    gap: f64,
}

impl Groups {
    const ALL: [Self; 12] = [
        Self {
            count: 2,
            trials: 30,
            rate: 0.3,
            gap: 0.0,
        },
        Self {
            count: 2,
            trials: 30,
            rate: 0.3,
            gap: 0.1,
        },
        Self {
            count: 2,
            trials: 30,
            rate: 0.1,
            gap: 0.2,
        },
        Self {
            count: 2,
            trials: 300,
            rate: 0.3,
            gap: 0.0,
        },
        Self {
            count: 2,
            trials: 300,
            rate: 0.3,
            gap: 0.02,
        },
        Self {
            count: 2,
            trials: 300,
            rate: 0.3,
            gap: 0.2,
        },
        Self {
            count: 5,
            trials: 30,
            rate: 0.3,
            gap: 0.0,
        },
        Self {
            count: 5,
            trials: 30,
            rate: 0.3,
            gap: 0.2,
        },
        Self {
            count: 5,
            trials: 300,
            rate: 0.3,
            gap: 0.0,
        },
        Self {
            count: 5,
            trials: 300,
            rate: 0.3,
            gap: 0.05,
        },
        Self {
            count: 5,
            trials: 300,
            rate: 0.3,
            gap: 0.2,
        },
        Self {
            count: 20,
            trials: 300,
            rate: 0.3,
            gap: 0.1,
        },
    ];

    /// `[hits, misses]` of each group.
    fn draw(&self, random: &mut ChaCha8Rng) -> Option<Vec<u64>> {
        let mut counts = Vec::new();
        for group in 0..self.count {
            let rate = self.rate + if group == 0 { self.gap } else { 0.0 };
            let hits = draw(random, self.trials, rate).ok()?;
            counts.extend([hits, self.trials - hits]);
        }
        Some(counts)
    }

    fn intervals(&self, counts: &[u64], kind: RateInterval) -> Option<Vec<GroupInterval>> {
        let trials = self.trials as f64;
        let groups = counts.chunks_exact(2);
        groups
            .map(|group| {
                let hits = group[0] as f64;
                Some(GroupInterval {
                    value: hits / trials,
                    interval: kind.of(hits, trials, CONFIDENCE)?,
                })
            })
            .collect()
    }
}

fn largest_minus_smallest(counts: &[f64]) -> Option<f64> {
    let rates = counts.chunks_exact(2).map(|c| c[0] / (c[0] + c[1]));
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for rate in rates {
        low = low.min(rate);
        high = high.max(rate);
    }
    (high - low).is_finite().then_some(high - low)
}

fn resampled(
    counts: &[u64],
    kind: BootstrapKind,
    value: impl Fn(&[f64]) -> Option<f64> + Sync,
) -> Option<Interval> {
    let replicates = Replicates {
        count: 1000,
        seed: 7,
        kind,
    };
    let found = bootstrap(counts, replicates, CONFIDENCE, 1, |counts| {
        let counts: Vec<f64> = counts.iter().map(|&count| count as f64).collect();
        vec![value(&counts).ok_or(equipoise_metrics::NotEstimable::NoRows)]
    });
    found.first()?.interval
}

fn by_delta(
    counts: &[u64],
    range: (f64, f64),
    value: impl Fn(&[f64]) -> Option<f64>,
) -> Option<Interval> {
    let counts: Vec<f64> = counts.iter().map(|&count| count as f64).collect();
    let error = delta_standard_error(&counts, &value)?;
    let z = two_sided_quantile(CONFIDENCE);
    Some(normal(value(&counts)?, error, z, range))
}

fn gaps(sets: u64) {
    println!("\n## The gap between groups: largest minus smallest rate\n");
    println!(
        "| groups | rows each | rate | gap | percentile | bca | delta | pairs of wilson | pairs of jeffreys |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for groups in Groups::ALL {
        let of = |interval: &(dyn Fn(&[u64]) -> Option<Interval> + Sync)| {
            coverage(sets, groups.gap, |random| interval(&groups.draw(random)?))
        };
        let pairs = |kind: RateInterval| {
            of(&|counts| gap_interval(&[groups.intervals(counts, kind)?], CONFIDENCE))
        };
        let boot = |kind| of(&|counts| resampled(counts, kind, largest_minus_smallest));
        println!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            groups.count,
            groups.trials,
            groups.rate,
            groups.gap,
            boot(BootstrapKind::Percentile),
            boot(BootstrapKind::Bca),
            of(&|counts| by_delta(counts, (0.0, 1.0), largest_minus_smallest)),
            pairs(RateInterval::Wilson),
            pairs(RateInterval::Jeffreys),
        );
    }
}

fn ratios(sets: u64) {
    println!("\n## The ratio between groups: smallest over largest rate\n");
    println!("| groups | rows each | rate | gap | percentile | pairs of wilson |");
    println!("|---|---|---|---|---|---|");
    for groups in Groups::ALL {
        let truth = groups.rate / (groups.rate + groups.gap);
        let of = |interval: &(dyn Fn(&[u64]) -> Option<Interval> + Sync)| {
            coverage(sets, truth, |random| interval(&groups.draw(random)?))
        };
        let ratio = |counts: &[f64]| {
            let rates: Vec<f64> = counts.chunks_exact(2).map(|c| c[0]).collect();
            let low = rates.iter().copied().fold(f64::INFINITY, f64::min);
            let high = rates.iter().copied().fold(0.0, f64::max);
            (high > 0.0).then(|| low / high)
        };
        println!(
            "| {} | {} | {} | {} | {} | {} |",
            groups.count,
            groups.trials,
            groups.rate,
            groups.gap,
            of(&|counts| resampled(counts, BootstrapKind::Percentile, ratio)),
            of(&|counts| {
                let groups = groups.intervals(counts, RateInterval::Wilson)?;
                ratio_interval(&[groups], CONFIDENCE)
            }),
        );
    }
}

/// Shares of `[true negatives, false positives, false negatives, true positives]`.
const SHARES: [f64; 4] = [0.6, 0.1, 0.1, 0.2];

fn functions_of_counts(sets: u64) -> Result<(), Box<dyn Error>> {
    println!("\n## Other functions of counts, one group\n");
    println!("| metric | rows | percentile | bca | delta |\n|---|---|---|---|---|");
    for name in ["f1", "balanced_accuracy", "matthews_correlation"] {
        let spec = metric(name)?;
        let value = |counts: &[f64]| {
            let [tn, fp, fne, tp] = counts else {
                return None;
            };
            let counts = Confusion {
                true_negatives: *tn,
                false_positives: *fp,
                false_negatives: *fne,
                true_positives: *tp,
            };
            spec.value_of_counts(&counts).ok()
        };
        let truth = value(&SHARES).ok_or("no value")?;
        for rows in [30, 100, 1000] {
            let of = |interval: &(dyn Fn(&[u64]) -> Option<Interval> + Sync)| {
                coverage(sets, truth, |random| {
                    let (mut left, mut share) = (rows, 1.0);
                    let mut counts = Vec::new();
                    for (index, part) in SHARES.into_iter().enumerate() {
                        let drawn = if index == 3 {
                            left
                        } else {
                            draw(random, left, part / share).ok()?
                        };
                        counts.push(drawn);
                        left -= drawn;
                        share -= part;
                    }
                    interval(&counts)
                })
            };
            println!(
                "| {name} | {rows} | {} | {} | {} |",
                of(&|counts| resampled(counts, BootstrapKind::Percentile, value)),
                of(&|counts| resampled(counts, BootstrapKind::Bca, value)),
                of(&|counts| by_delta(counts, spec.range, value)),
            );
        }
    }
    Ok(())
}

/// Positive rows score Beta(3, 2), negative ones Beta(2, 3).
fn areas_under_the_curve(sets: u64) -> Result<(), Box<dyn Error>> {
    let truth = above();
    let spec = metric("roc_auc")?;
    println!("\n## ROC AUC of one group, and the gap of two groups that are equal\n");
    println!("| positives | negatives | delong | gap: pairs of delong |\n|---|---|---|---|");
    for (positives, negatives) in [(10, 20), (30, 60), (100, 200), (500, 500)] {
        let group = |random: &mut ChaCha8Rng| -> Option<GroupInterval> {
            let (high, low) = (Beta::new(3.0, 2.0).ok()?, Beta::new(2.0, 3.0).ok()?);
            let mut scores: Vec<f64> = high.sample_iter(&mut *random).take(positives).collect();
            scores.extend(low.sample_iter(&mut *random).take(negatives));
            let labels: Vec<u8> = (0..scores.len())
                .map(|row| u8::from(row < positives))
                .collect();
            let distribution = ScoreDistribution::from_rows(&scores, &labels).ok()?;
            let Definition::Scores {
                value,
                standard_error,
            } = &spec.definition
            else {
                return None;
            };
            let value = value(&distribution).ok()?;
            let error = (*standard_error)?(&distribution)?;
            let interval = normal(value, error, two_sided_quantile(CONFIDENCE), spec.range);
            Some(GroupInterval { value, interval })
        };
        println!(
            "| {positives} | {negatives} | {} | {} |",
            coverage(sets, truth, |random| group(random)
                .map(|group| group.interval)),
            coverage(sets, 0.0, |random| {
                let groups = vec![group(random)?, group(random)?];
                gap_interval(&[groups], CONFIDENCE)
            }),
        );
    }
    Ok(())
}

/// The probability that a draw from Beta(3, 2) lies above one from Beta(2, 3), by the midpoint
/// rule on `density of the first * distribution function of the second`.
fn above() -> f64 {
    let steps = 200_000;
    let terms = (0..steps).map(|step| {
        let x = (f64::from(step) + 0.5) / f64::from(steps);
        let density = 12.0 * x * x * (1.0 - x);
        let below = x * x * (6.0 - 8.0 * x + 3.0 * x * x);
        density * below
    });
    terms.sum::<f64>() / f64::from(steps)
}
