//! Where a front stands against a point of another system.

use super::input::{FrontMeasure, FrontTrial, Peer, PeerValue};

/// Where a front stands against a point of another system; later ones are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The point lacks one of the two measures.
    NotComparable,
    /// No trial of the front is as good in both measures, nor do the intervals of any reach it.
    NotReached,
    /// No trial of the front is as good in both measures, but the intervals of one reach it.
    WithinNoise,
    /// A trial of the front is at least as good in both measures.
    Above,
    /// Such a trial is better in both by more than the noise: neither the two intervals of the
    /// first measure nor those of the second have a value in common.
    AboveBeyondNoise,
}

impl Standing {
    /// As files have it, such as `above_beyond_noise`.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotComparable => "not_comparable",
            Self::NotReached => "not_reached",
            Self::WithinNoise => "within_noise",
            Self::Above => "above",
            Self::AboveBeyondNoise => "above_beyond_noise",
        }
    }
}

/// Where the trials that are on the front stand against a point, by the test part, and the trial
/// that says so: its place in `trials`. Of several, the best in the first measure, then in the
/// second, then the first; within the noise, the one that lacks the smallest part of what its
/// intervals reach.
///
/// The intervals of a trial are those that it has, and its values where it has none; those of a
/// point are one standard deviation to both sides, and its values where that is not known.
pub fn standing(
    measures: &[FrontMeasure; 2],
    trials: &[FrontTrial],
    peer: &Peer,
) -> (Standing, Option<usize>) {
    let Some(point) = peer.point() else {
        return (Standing::NotComparable, None);
    };
    let mut best: Option<(Standing, [f64; 2], usize)> = None;
    for (place, trial) in trials.iter().enumerate().filter(|(_, t)| t.on_front) {
        let Some(values) = trial.point() else {
            continue;
        };
        let found = of_trial(measures, trial, values, point);
        let gains = if found == Standing::WithinNoise {
            let lacking = [0, 1].map(|at| lacking(&measures[at], trial, at, values[at], point[at]));
            [-lacking[0].max(lacking[1]), -lacking[0].min(lacking[1])]
        } else {
            [0, 1].map(|at| measures[at].gain(values[at]))
        };
        if best.is_none_or(|(known, known_gains, _)| {
            (found, gains).partial_cmp(&(known, known_gains)) == Some(std::cmp::Ordering::Greater)
        }) {
            best = Some((found, gains, place));
        }
    }
    match best {
        Some((found, _, place)) if found > Standing::NotReached => (found, Some(place)),
        _ => (Standing::NotReached, None),
    }
}

/// What a measure lacks to be as good as that of a point, as a part of what its interval reaches
/// beyond its value: 0 where it lacks nothing, 1 where the interval just reaches the point.
fn lacking(
    measure: &FrontMeasure,
    trial: &FrontTrial,
    at: usize,
    value: f64,
    point: PeerValue,
) -> f64 {
    let short = measure.gain(point.value) - measure.gain(value);
    if short <= 0.0 {
        return 0.0;
    }
    let end = measure
        .gains(trial.test[at].ends().unwrap_or((value, value)))
        .1;
    short / (end - measure.gain(value))
}

fn of_trial(
    measures: &[FrontMeasure; 2],
    trial: &FrontTrial,
    values: [f64; 2],
    point: [PeerValue; 2],
) -> Standing {
    let all = |holds: &dyn Fn(usize) -> bool| holds(0) && holds(1);
    let as_good = |at: usize| measures[at].gain(values[at]) >= measures[at].gain(point[at].value);
    let own = |at: usize| {
        let ends = trial.test[at].ends().unwrap_or((values[at], values[at]));
        measures[at].gains(ends)
    };
    let apart = |at: usize| own(at).0 > measures[at].gains(point[at].ends()).1;
    let reaches = |at: usize| own(at).1 >= measures[at].gain(point[at].value);
    if all(&as_good) && all(&apart) {
        Standing::AboveBeyondNoise
    } else if all(&as_good) {
        Standing::Above
    } else if all(&|at| as_good(at) || reaches(at)) {
        Standing::WithinNoise
    } else {
        Standing::NotReached
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::input::{FrontUnit, FrontValue};

    const MEASURES: [(bool, FrontUnit); 2] =
        [(true, FrontUnit::Share), (false, FrontUnit::Difference)];

    fn measures(flipped: [bool; 2]) -> [FrontMeasure; 2] {
        [0, 1].map(|at| FrontMeasure {
            label: String::new(),
            more_is_better: MEASURES[at].0 != flipped[at],
            unit: MEASURES[at].1,
        })
    }

    fn value(value: f64, half: f64) -> FrontValue {
        FrontValue {
            value: Some(value),
            interval: Some((value - half, value + half)),
            reason: None,
        }
    }

    fn trial(values: [f64; 2], half: f64) -> FrontTrial {
        FrontTrial {
            test: values.map(|at| value(at, half)),
            on_front: true,
            ..FrontTrial::default()
        }
    }

    fn peer(values: [f64; 2], spread: Option<f64>) -> Peer {
        Peer {
            values: values.map(|value| Some(PeerValue { value, spread })),
            ..Peer::default()
        }
    }

    fn of(trials: &[FrontTrial], peer: &Peer) -> Standing {
        standing(&measures([false; 2]), trials, peer).0
    }

    /// Every point of a small grid.
    fn grid() -> impl Iterator<Item = [f64; 2]> {
        (0..16_u8).map(|at| [f64::from(at % 4), f64::from(at / 4)])
    }

    /// Every front of two trials with every half width, and every point.
    fn cases() -> impl Iterator<Item = (Vec<FrontTrial>, [f64; 2], f64)> {
        grid().flat_map(|one| {
            grid().flat_map(move |two| {
                [0.0, 0.5, 1.5].into_iter().flat_map(move |half| {
                    grid().map(move |point| (vec![trial(one, half), trial(two, half)], point, half))
                })
            })
        })
    }

    #[test]
    fn above_is_as_good_in_both_by_one_trial() {
        for (trials, point, _) in cases() {
            let found = of(&trials, &peer(point, None));
            let as_good = trials.iter().any(|trial| {
                let [up, across] = trial.point().unwrap();
                up >= point[0] && across <= point[1]
            });
            assert_eq!(found >= Standing::Above, as_good, "{trials:?} {point:?}");
        }
    }

    #[test]
    fn a_worse_point_and_a_further_trial_never_lower_the_standing() {
        for (trials, point, _) in cases() {
            let found = of(&trials, &peer(point, Some(0.2)));
            let worse = [[point[0] - 1.0, point[1]], [point[0], point[1] + 1.0]];
            for worse in worse {
                assert!(
                    of(&trials, &peer(worse, Some(0.2))) >= found,
                    "{trials:?} {point:?}"
                );
            }
            assert!(of(&trials[..1], &peer(point, Some(0.2))) <= found);
        }
    }

    #[test]
    fn wider_intervals_never_say_more_is_certain() {
        for (trials, point, half) in cases() {
            let found = of(&trials, &peer(point, Some(0.2)));
            let wider: Vec<FrontTrial> = trials
                .iter()
                .map(|known| trial(known.point().unwrap(), half + 0.7))
                .collect();
            for (trials, spread) in [(&wider, 0.2), (&trials, 0.9)] {
                let later = of(trials, &peer(point, Some(spread)));
                if found < Standing::AboveBeyondNoise {
                    assert!(later < Standing::AboveBeyondNoise);
                }
                // What is noise alone neither lifts above nor takes away from it.
                assert_eq!(later >= Standing::Above, found >= Standing::Above);
                assert!(later >= found.min(Standing::Above));
            }
        }
    }

    #[test]
    fn which_way_is_better_is_a_matter_of_the_sign() {
        for (trials, point, half) in cases().step_by(7) {
            let expected = standing(&measures([false; 2]), &trials, &peer(point, Some(0.2)));
            let turned = |[up, across]: [f64; 2]| [-up, -across];
            let other: Vec<FrontTrial> = (trials.iter())
                .map(|known| trial(turned(known.point().unwrap()), half))
                .collect();
            let other_peer = peer(turned(point), Some(0.2));
            assert_eq!(
                standing(&measures([true; 2]), &other, &other_peer),
                expected
            );
        }
    }

    #[test]
    fn a_point_on_a_trial_is_level_with_it_and_not_beyond_the_noise() {
        for at in grid() {
            assert_eq!(of(&[trial(at, 0.0)], &peer(at, None)), Standing::Above);
        }
    }

    #[test]
    fn what_is_off_the_front_or_not_a_number_says_nothing() {
        let mut off = trial([3.0, 0.0], 0.0);
        off.on_front = false;
        let mut unknown = trial([3.0, 0.0], 0.0);
        unknown.test[1].value = None;
        let mut not_a_number = trial([f64::NAN, 0.0], 0.0);
        not_a_number.test[0].interval = Some((f64::NAN, f64::INFINITY));
        let point = peer([1.0, 1.0], None);
        assert_eq!(
            standing(&measures([false; 2]), &[off, unknown, not_a_number], &point),
            (Standing::NotReached, None)
        );
        let half_known = Peer {
            values: [point.values[0], None],
            ..point
        };
        assert_eq!(
            of(&[trial([3.0, 0.0], 0.0)], &half_known),
            Standing::NotComparable
        );
    }

    #[test]
    fn the_trial_that_is_named_is_the_one_that_says_so() {
        let trials = [
            trial([3.0, 2.0], 0.1),
            trial([2.0, 0.0], 0.1),
            trial([2.5, 0.5], 0.1),
        ];
        let found = standing(&measures([false; 2]), &trials, &peer([1.0, 1.0], Some(0.1)));
        assert_eq!(found, (Standing::AboveBeyondNoise, Some(2)));
        let found = standing(&measures([false; 2]), &trials, &peer([3.0, 1.0], None));
        assert_eq!(found, (Standing::NotReached, None));
        let found = standing(&measures([false; 2]), &trials, &peer([2.55, 0.5], None));
        assert_eq!(found, (Standing::WithinNoise, Some(2)));
        // The intervals of the first reach it too, but just so.
        let trials = [trial([3.0, 2.0], 1.0), trial([2.5, 1.5], 1.0)];
        let found = standing(&measures([false; 2]), &trials, &peer([2.6, 1.0], None));
        assert_eq!(found, (Standing::WithinNoise, Some(1)));
    }
}
