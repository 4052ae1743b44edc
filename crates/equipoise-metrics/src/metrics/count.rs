//! The number of rows.

use crate::{Confusion, Definition, Direction, Estimate, IntervalKind, MetricSpec, Unit};

/// The number of rows.
pub(super) static COUNT: MetricSpec = MetricSpec {
    name: "count",
    title: "count",
    summary: "number of rows; exact, so without an interval",
    formula: "n(., .)",
    paper: "none",
    range: (0.0, f64::INFINITY),
    ideal: None,
    direction: Direction::Neutral,
    unit: Unit::Rows,
    interval: IntervalKind::None,
    definition: Definition::Counts {
        value: count,
        fallback: None,
    },
};

#[expect(clippy::unnecessary_wraps, reason = "the type that all metrics share")]
fn count(counts: &Confusion) -> Estimate {
    Ok(counts.rows())
}
