//! All groups are selected equally often among rows that are alike in the control attributes.

use super::selection_rate::SELECTION_RATE;
use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// All groups are selected equally often among rows that are alike in the control attributes.
///
/// In each stratum `z` of the control attributes, `gap(z)` is the largest minus the smallest
/// selection rate of a group. The mean is `sum n(z) gap(z) / sum n(z)`, over the strata in which at
/// least two groups have rows; the maximum is the largest `gap(z)`.
///
/// Kamiran, Žliobaitė and Calders split the plain difference between two groups `a` and `b` into
/// an explained part, `sum p(z) (P(z | a) - P(z | b))` with
/// `p(z) = (P(1 | z, a) + P(1 | z, b)) / 2`, which the different shares of the strata account for,
/// and the rest. The rest is the sum over the strata of the difference of the rates within `z`,
/// weighted by `(P(z | a) + P(z | b)) / 2` and with its sign. The mean here weighs a stratum by
/// its rows and takes gaps without sign, so that strata cannot cancel each other, and is defined
/// for any number of groups.
pub(super) static CONDITIONAL_DEMOGRAPHIC_PARITY: MetricSpec = MetricSpec {
    name: "conditional_demographic_parity",
    title: "conditional demographic parity",
    summary: "gap of the selection rate within strata of the control attributes",
    formula: "sum over z of n(z) / n (largest - smallest P(1 | a, z)), and largest of these gaps",
    paper: "Kamiran, Žliobaitė and Calders 2013",
    range: (0.0, 1.0),
    ideal: Some(0.0),
    direction: Direction::LowerIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Bootstrap,
    definition: Definition::Conditional(&SELECTION_RATE),
};
