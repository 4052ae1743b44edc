//! Numbers in pieces.
//!
//! A network that is given a number as it is bends its line in few places; with an input for each
//! piece, every edge is a place to bend in. After Gorishniy, Rubachev and Babenko (2022), "On
//! Embeddings for Numerical Features in Tabular Deep Learning". There the edges are quantiles of
//! the rows; a column of which most rows have one value (a gain that few people have) would get
//! few of them, so that half of the edges are quantiles of the distinct values.

use crate::Error;

/// The edges of a column: growing, at most `most`, from the smallest value to the largest; one
/// for a column of one value, and none without a value.
///
/// A column that has no more distinct values than that has them all as edges. Of another, half of
/// the edges are quantiles of the rows and half are quantiles of the distinct values.
pub(super) fn fit_edges(values: &[f64], most: usize) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    if distinct.len() <= most {
        return distinct;
    }
    let pieces = (most / 2).max(1);
    let mut edges: Vec<f64> = [&sorted, &distinct]
        .into_iter()
        .flat_map(|values| (0..=pieces).map(|part| quantile(values, part, pieces)))
        .collect();
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    edges
}

/// The value below which `part` of `parts` of some sorted values lie, between two of them by their
/// distance; at least one value is needed, and `part` is at most `parts`.
fn quantile(sorted: &[f64], part: usize, parts: usize) -> f64 {
    let last = sorted.len() - 1;
    let (below, rest) = (part * last / parts, part * last % parts);
    let low = sorted[below];
    let high = sorted[(below + 1).min(last)];
    let share = rest as f64 / parts as f64;
    // Weighted before it is added: the distance of two large numbers overflows.
    (low * (1.0 - share) + high * share).clamp(low, high)
}

/// Writes the inputs of one number, `[edges - 1]`: 1 for every piece that lies below the value, 0
/// for every one above it, and the share of the piece that it lies in.
pub(super) fn write_pieces(value: f64, edges: &[f64], inputs: &mut [f32]) {
    for (input, piece) in inputs.iter_mut().zip(edges.windows(2)) {
        *input = share_of_piece(value, piece[0], piece[1]);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "model inputs are f32")]
fn share_of_piece(value: f64, low: f64, high: f64) -> f32 {
    if value <= low {
        return 0.0;
    }
    if value >= high {
        return 1.0;
    }
    let width = high - low;
    let share = if width.is_finite() {
        (value - low) / width
    } else {
        // Both distances overflow; their halves do not.
        (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)
    };
    share as f32
}

/// Whether edges that were read can encode.
pub(super) fn check_edges(column: &str, edges: &[f64], mean: f64) -> Result<(), Error> {
    let illegal = |what| Error::Edges {
        column: column.to_owned(),
        what,
    };
    if edges.len() < 2 {
        return Err(illegal(format!(
            "{} edges, 2 or more are needed",
            edges.len()
        )));
    }
    if !mean.is_finite() {
        return Err(illegal(format!("the mean {mean}, a finite one is needed")));
    }
    if let Some(edge) = edges.iter().find(|edge| !edge.is_finite()) {
        return Err(illegal(format!("the edge {edge}, finite ones are needed")));
    }
    match edges.windows(2).find(|piece| piece[0] >= piece[1]) {
        Some(piece) => Err(illegal(format!(
            "the edge {} before {}, they must grow",
            piece[0], piece[1]
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn inputs(value: f64, edges: &[f64]) -> Vec<f32> {
        let mut inputs = vec![0.0; edges.len() - 1];
        write_pieces(value, edges, &mut inputs);
        inputs
    }

    #[test]
    fn few_distinct_values_are_all_edges() {
        assert_eq!(fit_edges(&[3.0, 1.0, 2.0, 1.0], 3), [1.0, 2.0, 3.0]);
        assert_eq!(fit_edges(&[5.0; 9], 4), [5.0]);
        assert!(fit_edges(&[], 4).is_empty());
    }

    #[test]
    fn half_of_the_edges_are_quantiles_of_distinct_values() {
        // Nine in ten rows are 0: no quartile of the rows is above it but the last.
        let mut values = vec![0.0; 90];
        values.extend((1..=10).map(f64::from));
        assert_eq!(fit_edges(&values, 8), [0.0, 2.5, 5.0, 7.5, 10.0]);
    }

    #[test]
    fn a_value_fills_the_pieces_below_it() {
        let edges = [0.0, 1.0, 3.0];
        for (value, expected) in [
            (-9.0, [0.0, 0.0]),
            (0.25, [0.25, 0.0]),
            (2.0, [1.0, 0.5]),
            (1e300, [1.0, 1.0]),
        ] {
            assert_eq!(inputs(value, &edges), expected);
        }
    }

    #[test]
    fn the_largest_and_the_smallest_numbers_have_shares() {
        let large = [-f64::MAX, f64::MAX];
        assert_eq!(inputs(0.0, &large), [0.5]);
        assert!((inputs(f64::MAX / 2.0, &large)[0] - 0.75).abs() < 1e-6);
        let small = [0.0, 4.0 * f64::from_bits(1)];
        assert_eq!(inputs(f64::from_bits(1), &small), [0.25]);
        let far = [-f64::MAX, -1.0, 0.0, 1.0, f64::MAX];
        assert!(fit_edges(&far, 2).iter().all(|edge| edge.is_finite()));
    }

    proptest! {
        #[test]
        fn edges_grow_from_the_smallest_to_the_largest_value(
            values in prop::collection::vec(prop_oneof![
                prop::num::f64::NORMAL,
                (-5..5).prop_map(f64::from),
            ], 2..300),
            most in 2..40_usize,
        ) {
            let edges = fit_edges(&values, most);
            prop_assert!(edges.len() <= most);
            prop_assert!(edges.windows(2).all(|piece| piece[0] < piece[1]));
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(edges[0] <= low && low <= edges[0]);
            prop_assert!(edges[edges.len() - 1] <= high && high <= edges[edges.len() - 1]);
            if edges.len() > 1 {
                prop_assert!(check_edges("x", &edges, 0.0).is_ok());
                // The inputs say all that the number says within the edges: they grow with it.
                let mut sorted = values.clone();
                sorted.sort_by(f64::total_cmp);
                let sums: Vec<f32> =
                    sorted.iter().map(|&v| inputs(v, &edges).iter().sum()).collect();
                prop_assert!(sums.iter().all(|sum| sum.is_finite()));
                prop_assert!(sums.windows(2).all(|pair| pair[0] <= pair[1]));
            }
        }
    }
}
