//! Intervals against published numbers, and laws of all of them.

use equipoise_metrics::{
    BootstrapKind, GroupInterval, Interval, RateInterval, Replicates, bootstrap,
    delta_standard_error, gap_interval, jeffreys, largest_interval, mover_difference, mover_ratio,
    ratio_interval, smallest_interval, two_sided_quantile, wilson,
};
use proptest::prelude::*;
use rstest::rstest;

fn close(found: Interval, low: f64, high: f64, tolerance: f64) {
    assert!(
        (found.low - low).abs() < tolerance && (found.high - high).abs() < tolerance,
        "{found:?} is not [{low}, {high}]"
    );
}

/// `scipy.stats.beta.ppf` (scipy 1.17.1) of Beta(hits + 1/2, misses + 1/2) at 0.025 and 0.975, with
/// the end at 0 or 1 where no trial or every trial is a hit.
#[rstest]
#[case(0.0, 20.0, 0.0, 0.116_638_983)]
#[case(1.0, 20.0, 0.005_449_033, 0.210_818_636)]
#[case(10.0, 20.0, 0.293_376_485, 0.706_623_515)]
#[case(20.0, 20.0, 0.883_361_017, 1.0)]
fn jeffreys_is_the_posterior(
    #[case] hits: f64,
    #[case] trials: f64,
    #[case] low: f64,
    #[case] high: f64,
) {
    close(jeffreys(hits, trials, 0.95).unwrap(), low, high, 1e-8);
}

#[rstest]
#[case(1.0, 0.0, 0.95)]
#[case(-1.0, 4.0, 0.95)]
#[case(5.0, 4.0, 0.95)]
#[case(f64::NAN, 4.0, 0.95)]
#[case(1.0, f64::INFINITY, 0.95)]
#[case(1.0, 4.0, 1.0)]
#[case(1.0, 4.0, 0.0)]
#[case(1.0, 4.0, f64::NAN)]
fn what_is_no_proportion_has_no_interval(
    #[case] hits: f64,
    #[case] trials: f64,
    #[case] confidence: f64,
) {
    assert_eq!(jeffreys(hits, trials, confidence), None);
}

fn rate(hits: u32, trials: u32) -> GroupInterval {
    let (hits, trials) = (f64::from(hits), f64::from(trials));
    let unknown = Interval {
        low: f64::NAN,
        high: f64::NAN,
    };
    GroupInterval {
        value: hits / trials,
        interval: wilson(hits, trials, two_sided_quantile(0.95)).unwrap_or(unknown),
    }
}

fn shares() -> impl Strategy<Value = (u32, u32)> {
    (1u32..400).prop_flat_map(|trials| (0..=trials, Just(trials)))
}

proptest! {
    /// For two groups the gap is the difference, folded at 0.
    #[test]
    fn the_gap_of_two_groups_is_their_difference(a in shares(), b in shares()) {
        let (a, b) = (rate(a.0, a.1), rate(b.0, b.1));
        let gap = gap_interval(&[vec![a, b]], 0.95).unwrap();
        let signed = mover_difference((a.value, a.interval), (b.value, b.interval));
        let folded_low = signed.low.max(-signed.high).max(0.0);
        prop_assert!((gap.low - folded_low).abs() < 1e-9, "{gap:?} {signed:?}");
        prop_assert!((gap.high - signed.high.max(-signed.low)).abs() < 1e-9);
    }

    /// Whatever the groups: the interval holds the estimate, and no order of groups changes it.
    #[test]
    fn gap_and_ratio_intervals_hold_the_estimate(
        groups in prop::collection::vec(shares(), 2..7),
    ) {
        let groups: Vec<GroupInterval> = groups.into_iter().map(|(h, t)| rate(h, t)).collect();
        let values: Vec<f64> = groups.iter().map(|group| group.value).collect();
        let largest = values.iter().copied().fold(0.0, f64::max);
        let smallest = values.iter().copied().fold(1.0, f64::min);
        let gap = gap_interval(std::slice::from_ref(&groups), 0.95).unwrap();
        prop_assert!(gap.low <= largest - smallest + 1e-12 && largest - smallest <= gap.high + 1e-12);
        let mut reversed = groups.clone();
        reversed.reverse();
        prop_assert_eq!(gap, gap_interval(&[reversed], 0.95).unwrap());
        match ratio_interval(&[groups], 0.95) {
            None => prop_assert!(largest <= 0.0),
            Some(ratio) => {
                let value = smallest / largest;
                prop_assert!(ratio.low <= value + 1e-9 && value <= ratio.high + 1e-9, "{ratio:?} {value}");
                prop_assert!((0.0..=1.0).contains(&ratio.low) && ratio.high <= 1.0);
            }
        }
    }

    /// A ratio of two rates lies in its interval, and turning it round turns the interval round.
    #[test]
    fn a_ratio_turned_round_turns_its_interval_round(a in shares(), b in shares()) {
        let (a, b) = (rate(a.0, a.1), rate(b.0, b.1));
        prop_assume!(a.value > 0.0 && b.value > 0.0);
        let there = mover_ratio((a.value, a.interval), (b.value, b.interval)).unwrap();
        let back = mover_ratio((b.value, b.interval), (a.value, a.interval)).unwrap();
        prop_assert!(there.low <= a.value / b.value && a.value / b.value <= there.high);
        prop_assert!((there.low * back.high - 1.0).abs() < 1e-6 || there.low == 0.0 || back.high.is_infinite());
    }

    /// The delta method on a share is the binomial standard error.
    #[test]
    fn delta_of_a_share_is_binomial(hits in 1u32..500, misses in 1u32..500) {
        let (hits, misses) = (f64::from(hits), f64::from(misses));
        let error = delta_standard_error(&[hits, misses], |n| Some(n[0] / (n[0] + n[1]))).unwrap();
        let (rows, rate) = (hits + misses, hits / (hits + misses));
        let binomial = (rate * (1.0 - rate) / rows).sqrt();
        prop_assert!((error / binomial - 1.0).abs() < 1e-6);
    }
}

/// A ratio of 0 is no negative 0, of which the reciprocal is a negative infinity.
#[test]
fn the_interval_of_a_ratio_of_zero_holds_it() {
    let groups = vec![rate(0, 1), rate(1, 3)];
    let there = mover_ratio(
        (groups[0].value, groups[0].interval),
        (groups[1].value, groups[1].interval),
    );
    assert!(there.unwrap().low.is_sign_positive());
    assert!(ratio_interval(&[groups], 0.95).unwrap().low.abs() < 1e-12);
}

/// Of several parts, the largest gap is at least that of each: so are both ends.
#[test]
fn the_largest_gap_of_two_parts_lies_above_that_of_each() {
    let near = vec![rate(290, 1000), rate(300, 1000)];
    let far = vec![rate(290, 1000), rate(600, 1000)];
    let of = |parts: &[Vec<GroupInterval>]| gap_interval(parts, 0.95).unwrap();
    let (both, alone) = (of(&[near.clone(), far.clone()]), of(&[far]));
    assert_eq!(both, alone, "the near part cannot be the largest");
    assert!(of(&[near]).high < both.low);
}

/// The smallest is the largest turned round, and lies below it.
#[test]
fn extremes_hold_their_estimates() {
    let groups = [rate(29, 100), rate(30, 100), rate(60, 100)];
    let largest = largest_interval(&groups, 0.95).unwrap();
    // Only the third group may be the largest: its interval stands.
    assert_eq!(largest, groups[2].interval);
    let smallest = smallest_interval(&groups, 0.95).unwrap();
    assert!(smallest.low < 0.29 && smallest.high < 0.45, "{smallest:?}");
    assert!(
        smallest.high > groups[0].interval.high,
        "two groups may be the smallest"
    );
    assert_eq!(largest_interval(&[], 0.95), None);
}

#[test]
fn one_group_has_no_gap_and_no_ratio() {
    assert_eq!(gap_interval(&[vec![rate(1, 2)]], 0.95), None);
    assert_eq!(ratio_interval(&[vec![rate(1, 2)]], 0.95), None);
    assert_eq!(gap_interval(&[vec![rate(1, 2), rate(1, 3)]], 1.0), None);
}

/// Equal groups: the percentiles of the bootstrap miss a gap of 0, the interval of pairs does not.
#[test]
fn the_interval_of_pairs_knows_that_a_gap_is_biased() {
    let groups = vec![rate(29, 100), rate(30, 100), rate(31, 100), rate(33, 100)];
    let gap = gap_interval(&[groups], 0.95).unwrap();
    assert!(gap.low.abs() < 1e-12 && gap.high > 0.1, "{gap:?}");
}

/// The percentile and the corrected interval of the share of the first of two cells.
fn intervals_of_share(cells: [u64; 2]) -> [Option<Interval>; 2] {
    [BootstrapKind::Percentile, BootstrapKind::Bca].map(|kind| {
        let replicates = Replicates {
            count: 4000,
            seed: 3,
            kind,
        };
        let share = |n: &[u64]| vec![Ok(n[0] as f64 / (n[0] + n[1]) as f64)];
        bootstrap(&cells, replicates, 0.95, 1, share)[0].interval
    })
}

/// For the mean of a symmetric distribution, correction for bias and skewness corrects nothing.
#[test]
fn bca_of_a_symmetric_share_is_near_the_percentiles() {
    let [plain, bca] = intervals_of_share([500, 500]).map(Option::unwrap);
    close(bca, plain.low, plain.high, 0.003);
}

/// A rate near 0 is skewed: the corrected interval lies higher.
#[test]
fn bca_of_a_rare_share_lies_higher() {
    let [plain, bca] = intervals_of_share([5, 495]).map(Option::unwrap);
    assert!(
        bca.low > plain.low && bca.high > plain.high,
        "{bca:?} {plain:?}"
    );
}

#[test]
fn each_rate_interval_has_a_name_of_its_own() {
    let names = RateInterval::ALL.map(RateInterval::name);
    assert_eq!(names, ["wilson", "jeffreys"]);
    let kinds = BootstrapKind::ALL.map(BootstrapKind::name);
    assert_eq!(kinds, ["percentile", "bca"]);
}
