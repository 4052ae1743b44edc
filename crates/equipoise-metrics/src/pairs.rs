//! Intervals of comparisons of independent groups, from the intervals of the groups.

use crate::{
    Definition, GroupInterval, Interval, Method, MetricSpec, Scope, aggregate::AggregateKind,
    gap_interval, largest_interval, measured::Measured, mover_difference, mover_ratio,
    ratio_interval, smallest_interval, views::View,
};

/// Whether such a comparison is one of values that each group has of its own rows alone.
///
/// A mean or a sum of several gaps is not, and neither is a distance to the overall value, which
/// the rows of the group itself have a part in.
pub(crate) fn compares_groups(spec: &MetricSpec, view: View, kind: AggregateKind) -> bool {
    let of_groups = match spec.definition {
        // The macro mean of a notion is one of several gaps.
        Definition::Parity(_) | Definition::ParityRatio(_) => view != View::Macro,
        // The rows of all other groups have a part in each value.
        Definition::AgainstRest { .. } => false,
        _ => spec.has_group_values(),
    };
    let one_part = !matches!(spec.definition, Definition::Parity([_, _, ..]));
    let compares = match (kind.scope, kind.method) {
        (Scope::Min | Scope::Max, None)
        | (Scope::Difference | Scope::Ratio, Some(Method::BetweenGroups))
        | (Scope::Difference, Some(Method::Max))
        | (Scope::Ratio, Some(Method::Min)) => true,
        (_, Some(Method::ToReference)) => one_part,
        _ => false,
    };
    of_groups && compares
}

/// The groups that are compared in one metric, with their intervals.
#[derive(Debug)]
pub(crate) struct ComparedPart {
    spec: &'static MetricSpec,
    groups: Vec<GroupInterval>,
    /// How many groups are compared, with or without an interval.
    compared: usize,
}

impl ComparedPart {
    /// `groups` have a value each. Of a comparison with the reference group, that one is the
    /// second.
    pub(crate) fn new<'m>(
        spec: &'static MetricSpec,
        groups: impl Iterator<Item = &'m Measured>,
    ) -> Self {
        let mut part = Self {
            spec,
            groups: Vec::new(),
            compared: 0,
        };
        for group in groups {
            part.compared += 1;
            if let (Ok(value), Some((interval, _))) = (group.value, group.interval) {
                part.groups.push(GroupInterval { value, interval });
            }
        }
        part
    }

    fn is_negative(&self) -> bool {
        self.groups.iter().any(|group| group.value < 0.0)
    }

    /// How far two legal values lie apart at most.
    fn width(&self) -> f64 {
        self.spec.range.1 - self.spec.range.0
    }
}

/// The interval of a comparison, or why there is none; `Ok(None)` where no group has an interval
/// to make it from, which needs no words.
pub(crate) fn interval(
    kind: AggregateKind,
    parts: &[ComparedPart],
    value: f64,
    confidence: f64,
) -> Result<Option<Interval>, &'static str> {
    let is_extreme = matches!(kind.scope, Scope::Min | Scope::Max);
    let needed = if is_extreme { 1 } else { 2 };
    if parts.iter().any(|part| part.compared < needed) {
        return Err("no interval: a gap needs two groups");
    }
    if parts.iter().all(|part| part.groups.is_empty()) {
        return Ok(None);
    }
    if parts.iter().any(|part| part.groups.len() < part.compared) {
        return Err("no interval: a group that is compared has none");
    }
    let Some((found, legal)) = found(kind, parts, confidence) else {
        return Err("no interval: those of the groups leave every value open");
    };
    Ok(Some(Interval {
        low: found.low.max(legal.0).min(value),
        high: found.high.min(legal.1).max(value),
    }))
}

/// The interval, and between which ends it can lie at all.
fn found(
    kind: AggregateKind,
    parts: &[ComparedPart],
    confidence: f64,
) -> Option<(Interval, (f64, f64))> {
    let first = parts.first()?;
    let groups: Vec<Vec<GroupInterval>> = parts.iter().map(|part| part.groups.clone()).collect();
    let width = parts.iter().map(ComparedPart::width).reduce(f64::max)?;
    let pair = || match first.groups[..] {
        [group, reference] => Some((
            (group.value, group.interval),
            (reference.value, reference.interval),
        )),
        _ => None,
    };
    if kind.scope == Scope::Ratio && parts.iter().any(ComparedPart::is_negative) {
        return None;
    }
    let (found, legal) = match (kind.scope, kind.method) {
        (Scope::Difference, Some(Method::ToReference)) => {
            let (group, reference) = pair()?;
            (mover_difference(group, reference), (-width, width))
        }
        (Scope::Ratio, Some(Method::ToReference)) => {
            let (group, reference) = pair()?;
            (mover_ratio(group, reference)?, (0.0, f64::INFINITY))
        }
        (Scope::Difference, _) => (gap_interval(&groups, confidence)?, (0.0, width)),
        (Scope::Ratio, _) => (ratio_interval(&groups, confidence)?, (0.0, 1.0)),
        (Scope::Min, _) => (
            smallest_interval(&first.groups, confidence)?,
            first.spec.range,
        ),
        (Scope::Max, _) => (
            largest_interval(&first.groups, confidence)?,
            first.spec.range,
        ),
        _ => return None,
    };
    let is_finite = found.low.is_finite() && found.high.min(legal.1).is_finite();
    is_finite.then_some((found, legal))
}
