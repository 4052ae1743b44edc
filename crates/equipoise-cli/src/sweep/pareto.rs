//! The Pareto front: the points that no other point beats.

/// The places of the points that no other point dominates, in order.
///
/// A point is a list of numbers of which more is better; all have the same length. One dominates
/// another if it is nowhere worse and somewhere better, so that equal points stay together. A
/// point with a NaN is never on the front, and dominates none.
pub(crate) fn front(points: &[Vec<f64>]) -> Vec<usize> {
    let comparable = |point: &[f64]| !point.iter().any(|value| value.is_nan());
    (0..points.len())
        .filter(|&at| {
            let point = &points[at];
            comparable(point)
                && !(points.iter()).any(|other| comparable(other) && dominates(other, point))
        })
        .collect()
}

/// Whether a point is nowhere worse than another and somewhere better; never with a NaN.
fn dominates(point: &[f64], other: &[f64]) -> bool {
    let mut pairs = point.iter().zip(other);
    pairs.clone().all(|(one, two)| one >= two) && pairs.any(|(one, two)| one > two)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Few values, so that there are equal points and ties.
    fn points() -> impl Strategy<Value = Vec<Vec<f64>>> {
        let value = prop_oneof![
            8 => (0..5_i32).prop_map(f64::from),
            1 => Just(f64::NAN),
            1 => Just(f64::INFINITY),
        ];
        (1..4_usize).prop_flat_map(move |width| {
            proptest::collection::vec(proptest::collection::vec(value.clone(), width), 0..20)
        })
    }

    fn has_nan(point: &[f64]) -> bool {
        point.iter().any(|value| value.is_nan())
    }

    proptest! {
        #[test]
        fn no_member_is_dominated_and_every_other_is_by_a_member(points in points()) {
            let front = front(&points);
            for (at, point) in points.iter().enumerate() {
                let by_member = front.iter().any(|member| dominates(&points[*member], point));
                if has_nan(point) {
                    prop_assert!(!front.contains(&at));
                } else {
                    prop_assert_eq!(front.contains(&at), !by_member);
                }
            }
        }

        #[test]
        fn the_order_of_the_points_does_not_matter(points in points(), by in 0..20_usize) {
            let mut moved: Vec<usize> = (0..points.len()).rev().collect();
            if !moved.is_empty() {
                let by = by % moved.len();
                moved.rotate_left(by);
            }
            let elsewhere: Vec<Vec<f64>> = moved.iter().map(|at| points[*at].clone()).collect();
            let mut found: Vec<usize> =
                front(&elsewhere).into_iter().map(|at| moved[at]).collect();
            found.sort_unstable();
            prop_assert_eq!(found, front(&points));
        }
    }

    #[test]
    fn more_of_one_for_less_of_the_other_is_no_reason_to_leave() {
        let points = vec![
            vec![0.85, -0.20],
            vec![0.83, -0.04],
            vec![0.82, -0.10],
            vec![f64::NAN, 0.0],
        ];
        assert_eq!(front(&points), [0, 1]);
    }
}
