//! All values of one set of groups, from their counts: once for the rows themselves, and once for
//! each bootstrap replicate.

use crate::{
    Aggregates, Confusion, Convention, Definition, Estimate, IntervalKind, MetricSpec,
    NotEstimable, Scope, Unit,
    aggregate::{AggregateKind, combine},
    reference,
    trials::Trials,
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
    /// A metric of one group against that of the reference group.
    ToReference {
        spec: &'static MetricSpec,
        group: usize,
        kind: AggregateKind,
    },
}

impl Item {
    pub(crate) fn spec(self) -> &'static MetricSpec {
        match self {
            Self::Group { spec, .. }
            | Self::Aggregate { spec, .. }
            | Self::ToReference { spec, .. } => spec,
        }
    }

    /// Whether the interval comes from the bootstrap: aggregates, and groups where the metric has
    /// nothing better.
    pub(crate) fn is_bootstrapped(self) -> bool {
        match self {
            Self::Group { spec, .. } => spec.interval == IntervalKind::Bootstrap,
            // That of a variance which noise inflates would be one of the noise.
            Self::Aggregate { kind, .. } if kind.scope == Scope::Variance => false,
            Self::Aggregate { spec, .. } | Self::ToReference { spec, .. } => {
                spec.interval != IntervalKind::None
            }
        }
    }

    /// The metric's name and how it compares, whichever group it is of: `None` of a group itself.
    pub(crate) fn comparison(self) -> Option<(&'static str, AggregateKind)> {
        match self {
            Self::Group { .. } => None,
            Self::Aggregate { spec, kind } | Self::ToReference { spec, kind, .. } => {
                Some((spec.name, kind))
            }
        }
    }
}

/// What to compute for some groups, planned from their counts in the data.
///
/// Which groups are compared is settled once: those that are included and have a value in the
/// data. In a bootstrap replicate that loses one of them the aggregate is not estimable; over the
/// groups that are left it would be another quantity, and mostly a smaller gap.
#[derive(Debug)]
pub(crate) struct Plan {
    measures: Vec<Measure>,
    convention: Convention,
    /// Whether there are aggregates: not for the one group of everybody.
    aggregates: bool,
    /// The group that all others are compared with, where there is one.
    reference: Option<usize>,
    items: Vec<Item>,
}

/// A metric to compute.
#[derive(Debug)]
struct Measure {
    spec: &'static MetricSpec,
    /// The metrics that a fairness notion asks to be equal; of any other metric, itself.
    parts: Vec<Part>,
    /// The groups that are included and have no value of some part.
    without_value: Vec<usize>,
}

/// A metric that each group has a value of.
#[derive(Debug)]
struct Part {
    spec: &'static MetricSpec,
    /// Whether each group is compared.
    compared: Vec<bool>,
}

impl Measure {
    fn new(
        spec: &'static MetricSpec,
        data: &[Confusion],
        included: &[bool],
        convention: Convention,
    ) -> Self {
        let of_part = |spec: &'static MetricSpec| Part {
            spec,
            compared: data
                .iter()
                .zip(included)
                .map(|(group, &included)| {
                    included && value_of_counts(spec, group, convention).is_ok()
                })
                .collect(),
        };
        let parts: Vec<Part> = match spec.definition {
            Definition::Parity(parts) => parts.iter().copied().map(of_part).collect(),
            _ => vec![of_part(spec)],
        };
        let lacks_value = |&group: &usize| parts.iter().any(|part| !part.compared[group]);
        let without_value = (0..data.len())
            .filter(|&group| included[group])
            .filter(lacks_value)
            .collect();
        Self {
            spec,
            parts,
            without_value,
        }
    }
}

impl Plan {
    /// `metrics` must be made of counts; `included` says of each group of `data` whether it has a
    /// part in the aggregates, which one without rows never has.
    pub(crate) fn new(
        metrics: &[&'static MetricSpec],
        data: &[Confusion],
        included: &[bool],
        convention: Convention,
        aggregates: bool,
        reference: Option<usize>,
    ) -> Self {
        let mut items = Vec::new();
        for &spec in metrics {
            if spec.has_group_values() {
                items.extend((0..data.len()).map(|group| Item::Group { spec, group }));
            }
            if aggregates {
                let kinds = aggregate_kinds(spec).iter();
                items.extend(kinds.map(|&kind| Item::Aggregate { spec, kind }));
            }
            if let Some(reference) = reference {
                items.extend(reference::items(spec, data.len(), reference, convention));
            }
        }
        let measure = |&spec| Measure::new(spec, data, included, convention);
        Self {
            measures: metrics.iter().map(measure).collect(),
            convention,
            aggregates,
            reference,
            items,
        }
    }

    /// What [`Self::evaluate`] returns, in order.
    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    pub(crate) fn convention(&self) -> Convention {
        self.convention
    }

    /// The group that all others are compared with.
    pub(crate) fn reference(&self) -> Option<usize> {
        self.reference
    }

    /// The metrics that a metric is made of, and which groups are compared by each.
    pub(crate) fn parts(
        &self,
        spec: &MetricSpec,
    ) -> impl Iterator<Item = (&'static MetricSpec, &[bool])> {
        let measure = self.measures.iter().filter(|m| m.spec.name == spec.name);
        measure.flat_map(|m| m.parts.iter().map(|part| (part.spec, &part.compared[..])))
    }

    /// The groups that an aggregate leaves out although they are included: they have no value.
    pub(crate) fn without_value(&self, spec: &MetricSpec) -> &[usize] {
        let measure = self.measures.iter().find(|m| m.spec.name == spec.name);
        measure.map_or(&[], |measure| &measure.without_value)
    }

    /// The value of each item, given the counts of each group: those of the data, or those of a
    /// bootstrap replicate.
    pub(crate) fn evaluate(&self, groups: &[Confusion]) -> Vec<Estimate> {
        let overall = groups
            .iter()
            .fold(Confusion::default(), |sum, group| sum + *group);
        let mut values = Vec::with_capacity(self.items.len());
        for measure in &self.measures {
            let of_parts: Vec<Vec<Estimate>> = measure
                .parts
                .iter()
                .map(|part| {
                    let value = |group| value_of_counts(part.spec, group, self.convention);
                    groups.iter().map(value).collect()
                })
                .collect();
            let aggregates: Vec<Aggregates> = measure
                .parts
                .iter()
                .zip(&of_parts)
                .map(|(part, of_groups)| self.aggregates(part, of_groups, &overall))
                .collect();
            if measure.spec.has_group_values() {
                values.extend(of_parts.iter().flatten());
            }
            if self.aggregates {
                let kinds = aggregate_kinds(measure.spec).iter();
                values.extend(kinds.map(|&kind| combine(&aggregates, kind, self.convention)));
            }
            if let Some(reference) = self.reference {
                let spec = measure.spec;
                values.extend(reference::values(
                    spec,
                    &of_parts,
                    reference,
                    self.convention,
                ));
            }
        }
        values
    }

    /// The aggregates over the groups compared, all of which must have a value.
    fn aggregates(&self, part: &Part, of_groups: &[Estimate], overall: &Confusion) -> Aggregates {
        let compared = of_groups.iter().zip(&part.compared);
        let values: Result<Vec<f64>, NotEstimable> = compared
            .filter(|(_, compared)| **compared)
            .map(|(value, _)| *value)
            .collect();
        match values {
            Ok(values) => Aggregates::new(
                values.into_iter().map(Ok),
                value_of_counts(part.spec, overall, self.convention),
                self.convention,
            ),
            Err(reason) => Aggregates::not_estimable(reason),
        }
    }
}

/// The aggregates that an audit lists for a metric.
pub(crate) fn aggregate_kinds(spec: &MetricSpec) -> &'static [AggregateKind] {
    match spec.definition {
        Definition::Parity([_]) => &AggregateKind::OF_ONE_PART,
        Definition::Parity(_) => &AggregateKind::OF_SEVERAL_PARTS,
        Definition::Distance(_) => &AggregateKind::OF_DISTANCE,
        Definition::Conditional(_) => &AggregateKind::OF_STRATA,
        Definition::Rate(_) => &AggregateKind::OF_RATES,
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
        Convention::Fairlearn => Ok(value.unwrap_or(fallback)),
        Convention::Aif360 if value.is_err() && Trials::of(spec) == Trials::OfPrediction => {
            Ok(fallback)
        }
        Convention::Equipoise | Convention::Aif360 | Convention::Aequitas | Convention::Ffb => {
            value
        }
    }
}
