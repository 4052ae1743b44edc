//! The area between the score densities of two groups.

use std::f64::consts::PI;

use crate::{
    Definition, Direction, IntervalKind, MetricSpec, NotEstimable, ScoreDistribution, Unit,
    score_values::mean,
};

/// The area between the score densities of two groups, within [0, 1].
///
/// The density of a group is a Gaussian kernel estimate with the bandwidth of Scott (1992), the
/// standard deviation of the scores times n^(-1/5), and is not corrected for the mass that the
/// kernels put outside [0, 1]. The area is the sum of trapezoids over 5,000 points at equal
/// distances. Where the scores of a group differ so little that its bandwidth is below the distance
/// of two points, there is no value. The smaller a group, the wider its kernels: groups of unlike
/// sizes lie apart even where their scores are alike.
pub(super) static ABPC: MetricSpec = MetricSpec {
    name: "abpc",
    title: "area between score densities",
    summary: "area between the kernel density estimates of the scores of two groups, the largest over pairs",
    formula: "integral over t in [0, 1] of |f_a(t) - f_b(t)|, with Gaussian kernels of bandwidth sd n^(-1/5)",
    paper: "Han et al. 2023",
    range: (0.0, 2.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::None,
    definition: Definition::CurveDistance {
        curve: density,
        distance: area_between,
    },
};

/// The points at which densities are compared.
const POINTS: usize = 5000;

/// The terms of the expansion of a kernel. With cells of half a bandwidth the first term left out
/// is below 1e-16 of the kernel's peak.
const TERMS: usize = 16;

/// A kernel is taken as 0 beyond so many bandwidths, where it is below 1e-17 of its peak.
const REACH: f64 = 9.0;

/// The density at each point, by the fast Gauss transform (Greengard and Strain 1991): the rows of
/// a cell half a bandwidth wide are told by their moments, so that the cost does not grow with the
/// product of rows and points.
fn density(scores: &ScoreDistribution) -> Result<Vec<f64>, NotEstimable> {
    let bandwidth = bandwidth(scores)?;
    let mut density = vec![0.0; POINTS];
    let last_point = (POINTS - 1) as f64;
    let cell_of = |score: f64| (2.0 * score / bandwidth).floor();
    for of_cell in scores
        .bins()
        .chunk_by(|a, b| cell_of(a.score).total_cmp(&cell_of(b.score)).is_eq())
    {
        let (centre, terms) = match of_cell {
            [only] => (only.score, 1),
            [first, ..] => ((cell_of(first.score) + 0.5) * 0.5 * bandwidth, TERMS),
            [] => continue,
        };
        let mut moments = [0.0; TERMS];
        let moments = &mut moments[..terms];
        for bin in of_cell {
            let offset = (bin.score - centre) / bandwidth;
            let mut term = bin.rows();
            for (power, moment) in moments.iter_mut().enumerate() {
                *moment += term;
                term *= offset / (power + 1) as f64;
            }
        }
        let reached = point_range(centre - REACH * bandwidth, centre + REACH * bandwidth);
        for point in reached {
            let distance = (point as f64 / last_point - centre) / bandwidth;
            density[point] += (-0.5 * distance * distance).exp() * series(moments, distance);
        }
    }
    let mass = scores.rows() * bandwidth * (2.0 * PI).sqrt();
    Ok(density.into_iter().map(|sum| sum / mass).collect())
}

/// The standard deviation of the scores times n^(-1/5), which must not be below the distance of two
/// points: narrower kernels fall between them.
fn bandwidth(scores: &ScoreDistribution) -> Result<f64, NotEstimable> {
    let rows = scores.rows();
    let bins = || scores.bins().iter().map(|bin| (bin.score, bin.rows()));
    let (_, standard_error) = mean(rows, bins);
    // The standard error is the standard deviation times n^(-1/2).
    let bandwidth = standard_error.map(|error| error * rows.powf(0.3));
    bandwidth
        .filter(|width| width * (POINTS - 1) as f64 >= 1.0)
        .ok_or(NotEstimable::NoSpread)
}

/// The sum over the powers k of moment k times the Hermite polynomial k (the probabilists').
fn series(moments: &[f64], distance: f64) -> f64 {
    let (mut previous, mut hermite) = (0.0, 1.0);
    let mut sum = 0.0;
    for (power, moment) in moments.iter().enumerate() {
        sum += moment * hermite;
        let next = distance * hermite - power as f64 * previous;
        (previous, hermite) = (hermite, next);
    }
    sum
}

/// The points from one place to another.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers from 0 to the number of points"
)]
fn point_range(from: f64, to: f64) -> std::ops::Range<usize> {
    let last = (POINTS - 1) as f64;
    let first = (from * last).ceil().clamp(0.0, POINTS as f64);
    let end = (to * last).floor().clamp(-1.0, last) + 1.0;
    first as usize..end as usize
}

/// The area between two curves over [0, 1].
fn area_between(a: &[f64], b: &[f64]) -> f64 {
    let gaps: Vec<f64> = a.iter().zip(b).map(|(a, b)| (a - b).abs()).collect();
    let trapezoids = gaps.windows(2).map(|ends| 0.5 * (ends[0] + ends[1]));
    // Rounding may leave the range.
    (trapezoids.sum::<f64>() / (POINTS - 1) as f64).min(2.0)
}
