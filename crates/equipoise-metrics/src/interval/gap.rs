//! The interval of the gap between several groups: of their largest minus their smallest value.

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
/// the intervals of their estimates.
///
/// The estimated gap is biased upwards: where all groups are equal it is still above 0, and so is
/// each of its bootstrap replicates, whose percentiles then miss the truth. This interval knows
/// of that:
///
/// * the upper end is the largest upper end of all differences between two groups
///   ([`mover_difference`]);
/// * the lower end is the largest lower end, or 0, of all differences that may be the largest one,
///   each widened for how many of these there are (Šidák), so that among equal groups the lower
///   end is above 0 as seldom as `confidence` says. A difference may be the largest where its
///   upper end reaches the largest lower end of all.
///
/// For two groups it is the interval of their difference, folded at 0. The true gap is then
/// covered at least as often as the group intervals cover; among many groups that differ a little
/// it is covered more often.
///
/// `None` with fewer than two groups, where a number is not finite, or where `confidence` does not
/// lie in `(0, 1)`.
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
/// let gap = gap_interval(&groups, 0.95).ok_or("no interval")?;
/// assert!(gap.low > 0.0 && gap.low < 0.2 && gap.high > 0.2);
/// # Ok::<(), &str>(())
/// ```
pub fn gap_interval(groups: &[GroupInterval], confidence: f64) -> Option<Interval> {
    let difference = |a: GroupInterval, b: GroupInterval| mover_difference(a.pair(), b.pair());
    let found = extreme_of_pairs(groups, confidence, difference)?;
    Some(Interval {
        low: found.low.max(0.0),
        high: found.high,
    })
}

/// The interval of the smallest over the largest of the true values of independent groups, none
/// of which is negative: as [`gap_interval`], with ratios in place of differences
/// ([`mover_ratio`]).
///
/// `None` as there, and where all values are 0.
pub fn ratio_interval(groups: &[GroupInterval], confidence: f64) -> Option<Interval> {
    // The largest of the ratios that are at least 1 is the reciprocal of what is asked for.
    let ratio = |a: GroupInterval, b: GroupInterval| {
        let at_zero = Interval {
            low: 0.0,
            high: f64::INFINITY,
        };
        mover_ratio(a.pair(), b.pair()).unwrap_or(at_zero)
    };
    if groups.iter().all(|group| group.value <= 0.0) {
        return None;
    }
    let found = extreme_of_pairs(groups, confidence, ratio)?;
    Some(Interval {
        low: found.high.recip().clamp(0.0, 1.0),
        high: found.low.max(1.0).recip(),
    })
}

/// The interval of the largest contrast over all ordered pairs of groups.
fn extreme_of_pairs(
    groups: &[GroupInterval],
    confidence: f64,
    contrast: impl Fn(GroupInterval, GroupInterval) -> Interval,
) -> Option<Interval> {
    let finite = |group: &GroupInterval| {
        group.value.is_finite() && group.interval.low.is_finite() && group.interval.high.is_finite()
    };
    let quantile = two_sided_quantile(confidence);
    if groups.len() < 2 || !groups.iter().all(finite) || !quantile.is_finite() || quantile <= 0.0 {
        return None;
    }
    let pairs = || {
        (0..groups.len()).flat_map(|a| {
            (0..groups.len())
                .filter(move |&b| b != a)
                .map(move |b| (a, b))
        })
    };
    let (mut high, mut best_low) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (a, b) in pairs() {
        let interval = contrast(groups[a], groups[b]);
        high = high.max(interval.high);
        best_low = best_low.max(interval.low);
    }
    let may_be_largest: Vec<(usize, usize)> = pairs()
        .filter(|&(a, b)| contrast(groups[a], groups[b]).high >= best_low)
        .collect();
    // A pair and its reverse are one comparison.
    let comparisons = may_be_largest
        .iter()
        .filter(|&&(a, b)| a < b || !may_be_largest.contains(&(b, a)))
        .count()
        .max(1);
    let factor = sidak_quantile(confidence, comparisons) / quantile;
    let low = may_be_largest
        .iter()
        .map(|&(a, b)| contrast(groups[a].widened(factor), groups[b].widened(factor)).low)
        .fold(f64::NEG_INFINITY, f64::max);
    Some(Interval { low, high })
}

/// The two-sided normal quantile at which `comparisons` independent intervals cover all together
/// with `confidence`.
fn sidak_quantile(confidence: f64, comparisons: usize) -> f64 {
    let each = confidence.powf((comparisons as f64).recip());
    Normal::standard().inverse_cdf(f64::midpoint(1.0, each))
}
