//! The interval of an extreme: of the largest gap between groups, and of the largest value.

use statrs::distribution::{ContinuousCDF, Normal};

use super::{Interval, mover_difference, mover_ratio, two_sided_quantile};

/// The value of one group with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupInterval {
    /// The value.
    pub value: f64,
    /// Its interval, which holds it.
    pub interval: Interval,
}

impl GroupInterval {
    fn pair(self) -> (f64, Interval) {
        (self.value, self.interval)
    }

    fn is_finite(&self) -> bool {
        self.value.is_finite() && self.interval.low.is_finite() && self.interval.high.is_finite()
    }

    fn negated(self) -> Self {
        Self {
            value: -self.value,
            interval: Interval {
                low: -self.interval.high,
                high: -self.interval.low,
            },
        }
    }

    /// The interval that lies `factor` times as far from the value.
    fn widened(self, factor: f64) -> Self {
        Self {
            interval: Interval {
                low: self.value - factor * (self.value - self.interval.low),
                high: self.value + factor * (self.interval.high - self.value),
            },
            ..self
        }
    }
}

/// The interval of the largest minus the smallest of the true values of independent groups, from
/// the intervals of their estimates; of several `parts` (such as the true and the false positive
/// rate), of the largest of their gaps.
///
/// The estimated gap is biased upwards: where all groups are equal it is still above 0, and so is
/// each of its bootstrap replicates, whose percentiles then miss the truth. This interval knows
/// of that:
///
/// * the upper end is the largest upper end of all differences between two groups
///   ([`mover_difference`]);
/// * the lower end is the largest lower end, or 0, of all differences that may be the largest one,
///   each widened for how many of these there are (Šidák 1967), so that among equal groups the
///   lower end is above 0 as seldom as `confidence` says. A difference may be the largest where
///   its upper end reaches the largest lower end of all.
///
/// For two groups it is the interval of their difference, folded at 0. The true gap is then
/// covered at least as often as the group intervals cover; among many groups that differ a little
/// it is covered more often. `docs/coverage.md` has the simulated coverage.
///
/// `None` where a part has fewer than two groups, where a number is not finite, or where
/// `confidence` does not lie in `(0, 1)`.
///
/// ```
/// use equipoise_metrics::{GroupInterval, gap_interval, two_sided_quantile, wilson};
///
/// let z = two_sided_quantile(0.95);
/// let rate = |hits: f64, trials: f64| {
///     Some(GroupInterval { value: hits / trials, interval: wilson(hits, trials, z)? })
/// };
/// let groups = [rate(50.0, 100.0), rate(45.0, 90.0), rate(30.0, 100.0)];
/// let groups: Vec<GroupInterval> = groups.into_iter().flatten().collect();
/// let gap = gap_interval(&[groups], 0.95).ok_or("no interval")?;
/// assert!(gap.low > 0.0 && gap.low < 0.2 && gap.high > 0.2);
/// # Ok::<(), &str>(())
/// ```
pub fn gap_interval(parts: &[Vec<GroupInterval>], confidence: f64) -> Option<Interval> {
    let either_way = |a: GroupInterval, b: GroupInterval| {
        let Interval { low, high } = mover_difference(a.pair(), b.pair());
        Interval {
            low: low.max(-high),
            high: high.max(-low),
        }
    };
    let found = largest_of_pairs(parts, confidence, either_way)?;
    Some(Interval {
        low: found.low.max(0.0),
        high: found.high,
    })
}

/// The interval of the smallest over the largest of the true values of independent groups, none
/// of which is negative, and of several `parts` of the smallest of their ratios: as
/// [`gap_interval`], with ratios in place of differences ([`mover_ratio`]).
///
/// `None` as there, and where all values of a part are 0.
pub fn ratio_interval(parts: &[Vec<GroupInterval>], confidence: f64) -> Option<Interval> {
    // The largest of the ratios that are at least 1 is the reciprocal of what is asked for.
    let either_way = |a: GroupInterval, b: GroupInterval| {
        let ratio = mover_ratio(a.pair(), b.pair()).or_else(|| mover_ratio(b.pair(), a.pair()));
        // Of 0 and 0 nothing is known.
        ratio.map_or(
            Interval {
                low: 1.0,
                high: f64::INFINITY,
            },
            |Interval { low, high }| Interval {
                low: low.max(high.recip()),
                high: high.max(low.recip()),
            },
        )
    };
    let all_zero = |groups: &Vec<GroupInterval>| groups.iter().all(|group| group.value <= 0.0);
    if parts.iter().any(all_zero) {
        return None;
    }
    let found = largest_of_pairs(parts, confidence, either_way)?;
    Some(Interval {
        low: found.high.recip().clamp(0.0, 1.0),
        high: found.low.max(1.0).recip(),
    })
}

/// The interval of the largest of the true values of independent groups, by the same reasoning as
/// [`gap_interval`]: the largest estimate is biased upwards.
///
/// `None` as there; one group suffices.
pub fn largest_interval(groups: &[GroupInterval], confidence: f64) -> Option<Interval> {
    let quantile = usable_quantile(confidence)?;
    if groups.is_empty() || !groups.iter().all(GroupInterval::is_finite) {
        return None;
    }
    largest(groups.len(), confidence, quantile, |group, factor| {
        groups[group].widened(factor).interval
    })
}

/// The interval of the smallest of the true values of independent groups: as
/// [`largest_interval`], turned round.
pub fn smallest_interval(groups: &[GroupInterval], confidence: f64) -> Option<Interval> {
    let turned: Vec<GroupInterval> = groups.iter().map(|group| group.negated()).collect();
    let found = largest_interval(&turned, confidence)?;
    Some(Interval {
        low: -found.high,
        high: -found.low,
    })
}

/// The interval of the largest contrast over all pairs of groups of all parts; `either_way` is
/// that of two groups, whichever has the larger value.
fn largest_of_pairs(
    parts: &[Vec<GroupInterval>],
    confidence: f64,
    either_way: impl Fn(GroupInterval, GroupInterval) -> Interval,
) -> Option<Interval> {
    let quantile = usable_quantile(confidence)?;
    let usable = |groups: &Vec<GroupInterval>| {
        groups.len() >= 2 && groups.iter().all(GroupInterval::is_finite)
    };
    if parts.is_empty() || !parts.iter().all(usable) {
        return None;
    }
    let pairs: Vec<(GroupInterval, GroupInterval)> = parts
        .iter()
        .flat_map(|groups| {
            let firsts = groups.iter().enumerate();
            firsts.flat_map(|(index, &a)| groups[..index].iter().map(move |&b| (a, b)))
        })
        .collect();
    largest(pairs.len(), confidence, quantile, |pair, factor| {
        let (a, b) = pairs[pair];
        either_way(a.widened(factor), b.widened(factor))
    })
}

/// The interval of the largest of some true values, given the interval of each with its distance
/// from the estimate taken so many times.
fn largest(
    count: usize,
    confidence: f64,
    quantile: f64,
    interval: impl Fn(usize, f64) -> Interval,
) -> Option<Interval> {
    let plain: Vec<Interval> = (0..count).map(|index| interval(index, 1.0)).collect();
    let high = plain.iter().map(|i| i.high).reduce(f64::max)?;
    let best_low = plain.iter().map(|i| i.low).reduce(f64::max)?;
    let may_be_largest: Vec<usize> = (0..count)
        .filter(|&index| plain[index].high >= best_low)
        .collect();
    let factor = sidak_quantile(confidence, may_be_largest.len().max(1)) / quantile;
    let low = may_be_largest
        .into_iter()
        .map(|index| interval(index, factor).low)
        .reduce(f64::max)?;
    Some(Interval { low, high })
}

/// The normal quantile of a confidence that has one above 0.
fn usable_quantile(confidence: f64) -> Option<f64> {
    Some(two_sided_quantile(confidence)).filter(|z| z.is_finite() && *z > 0.0)
}

/// The two-sided normal quantile at which `comparisons` independent intervals cover all together
/// with `confidence`.
fn sidak_quantile(confidence: f64, comparisons: usize) -> f64 {
    let each = confidence.powf((comparisons as f64).recip());
    Normal::standard().inverse_cdf(f64::midpoint(1.0, each))
}
