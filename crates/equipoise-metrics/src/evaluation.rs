//! All values of one set of groups, from their counts: once for the rows themselves, and once for
//! each bootstrap replicate.

use crate::{
    Aggregates, Confusion, Convention, Definition, Estimate, IntervalKind, MetricSpec,
    NotEstimable, Unit,
    aggregate::{AggregateKind, combine},
};

/// One value that [`Plan::evaluate`] returns.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item {
    /// A metric of one group.
    Group {
        spec: &'static MetricSpec,
        group: usize,
    },
    /// An aggregate of a metric over all groups.
    Aggregate {
        spec: &'static MetricSpec,
        kind: AggregateKind,
    },
}

impl Item {
    pub(crate) fn spec(self) -> &'static MetricSpec {
        match self {
            Self::Group { spec, .. } | Self::Aggregate { spec, .. } => spec,
        }
    }

    /// Whether the interval comes from the bootstrap: aggregates, and groups where the metric has
    /// nothing better.
    pub(crate) fn is_bootstrapped(self) -> bool {
        match self {
            Self::Group { spec, .. } => spec.interval == IntervalKind::Bootstrap,
            Self::Aggregate { spec, .. } => spec.interval != IntervalKind::None,
        }
    }
}

/// What to compute for some groups.
#[derive(Debug)]
pub(crate) struct Plan {
    metrics: Vec<&'static MetricSpec>,
    /// Whether each group has a part in the aggregates: not where it has no rows.
    included: Vec<bool>,
    convention: Convention,
    /// Whether there are aggregates: not for the one group of everybody.
    aggregates: bool,
    items: Vec<Item>,
}

impl Plan {
    /// `metrics` must be made of counts.
    pub(crate) fn new(
        metrics: &[&'static MetricSpec],
        included: Vec<bool>,
        convention: Convention,
        aggregates: bool,
    ) -> Self {
        let mut items = Vec::new();
        for &spec in metrics {
            if spec.has_group_values() {
                items.extend((0..included.len()).map(|group| Item::Group { spec, group }));
            }
            if aggregates {
                let kinds = aggregate_kinds(spec).iter();
                items.extend(kinds.map(|&kind| Item::Aggregate { spec, kind }));
            }
        }
        Self {
            metrics: metrics.to_vec(),
            included,
            convention,
            aggregates,
            items,
        }
    }

    /// What [`Self::evaluate`] returns, in order.
    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    /// The value of each item, given the counts of each group.
    pub(crate) fn evaluate(&self, groups: &[Confusion]) -> Vec<Estimate> {
        let overall = groups
            .iter()
            .fold(Confusion::default(), |sum, group| sum + *group);
        let mut values = Vec::with_capacity(self.items.len());
        for &spec in &self.metrics {
            let kinds = aggregate_kinds(spec).iter();
            if let Definition::Parity(parts) = spec.definition {
                if self.aggregates {
                    let of_part = |part: &&'static MetricSpec| {
                        self.aggregates(part, &self.of_groups(part, groups), &overall)
                    };
                    let parts: Vec<Aggregates> = parts.iter().map(of_part).collect();
                    values.extend(kinds.map(|&kind| combine(&parts, kind)));
                }
            } else {
                let of_groups = self.of_groups(spec, groups);
                let aggregates = self
                    .aggregates
                    .then(|| self.aggregates(spec, &of_groups, &overall));
                values.extend(of_groups);
                if let Some(aggregates) = aggregates {
                    values.extend(kinds.map(|&kind| aggregates.get(kind)));
                }
            }
        }
        values
    }

    fn of_groups(&self, spec: &MetricSpec, groups: &[Confusion]) -> Vec<Estimate> {
        let value = |group| value_of_counts(spec, group, self.convention);
        groups.iter().map(value).collect()
    }

    fn aggregates(
        &self,
        spec: &MetricSpec,
        of_groups: &[Estimate],
        overall: &Confusion,
    ) -> Aggregates {
        let included = of_groups.iter().zip(&self.included);
        Aggregates::new(
            included.filter(|(_, included)| **included).map(|(v, _)| *v),
            value_of_counts(spec, overall, self.convention),
            self.convention,
        )
    }
}

/// The aggregates that an audit lists for a metric.
pub(crate) fn aggregate_kinds(spec: &MetricSpec) -> &'static [AggregateKind] {
    match spec.definition {
        Definition::Parity([_]) => &AggregateKind::OF_ONE_PART,
        Definition::Parity(_) => &AggregateKind::OF_SEVERAL_PARTS,
        Definition::Distance(_) => &AggregateKind::OF_DISTANCE,
        _ => &AggregateKind::OF_GROUPS,
    }
}

/// The value of a count-based metric of one group.
///
/// A group without rows has no value under any convention, except that it counts 0 rows.
pub(crate) fn value_of_counts(
    spec: &MetricSpec,
    counts: &Confusion,
    convention: Convention,
) -> Estimate {
    if counts.rows() <= 0.0 && spec.unit != Unit::Rows {
        return Err(NotEstimable::NoRows);
    }
    let (value, fallback) = match spec.definition {
        Definition::Rate(proportion) => (proportion(counts).value(), 0.0),
        Definition::Counts { value, fallback } => (value(counts), fallback(counts)),
        _ => return Err(NotEstimable::NoGroups),
    };
    match convention {
        Convention::Equipoise => value,
        Convention::Fairlearn => Ok(value.unwrap_or(fallback)),
    }
}
