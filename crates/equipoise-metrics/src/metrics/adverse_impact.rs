//! The selection rate of the group with the smallest one in terms of the largest.

use super::selection_rate::SELECTION_RATE;
use crate::{Definition, Direction, IntervalKind, MetricSpec, Unit};

/// The smallest over the largest selection rate. The four-fifths rule of the Uniform Guidelines on
/// Employee Selection Procedures takes a ratio below 0.8 as a sign of adverse impact: the gate
/// `adverse_impact_ratio<0.8`.
pub(super) static ADVERSE_IMPACT: MetricSpec = MetricSpec {
    name: "adverse_impact",
    title: "adverse impact",
    summary: "smallest over largest selection rate; the four-fifths rule asks for at least 0.8",
    formula: "min over a, b of P(p = 1 | a) / P(p = 1 | b)",
    paper: "Equal Employment Opportunity Commission 1978; Feldman et al. 2015",
    range: (0.0, 1.0),
    ideal: Some(1.0),
    direction: Direction::HigherIsBetter,
    unit: Unit::Fraction,
    interval: IntervalKind::Bootstrap,
    definition: Definition::ParityRatio(&SELECTION_RATE),
};
