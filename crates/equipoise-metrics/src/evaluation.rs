//! All values of one set of groups, from their counts: once for the rows themselves, and once for
//! each bootstrap replicate.

use crate::{
    Aggregates, Confusion, Convention, Definition, Estimate, MetricSpec, NotEstimable, Scope, Unit,
    aggregate::{AggregateKind, combine},
    reference,
    trials::Trials,
    views::{Reading, Shape, View, mean},
};

/// One value that [`Plan::evaluate`] returns.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item {
    /// A metric of one group.
    Group {
        spec: &'static MetricSpec,
        view: View,
        group: usize,
    },
    /// An aggregate of a metric over all groups.
    Aggregate {
        spec: &'static MetricSpec,
        view: View,
        kind: AggregateKind,
    },
    /// A metric of one group against that of the reference group.
    ToReference {
        spec: &'static MetricSpec,
        view: View,
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

    pub(crate) fn view(self) -> View {
        match self {
            Self::Group { view, .. }
            | Self::Aggregate { view, .. }
            | Self::ToReference { view, .. } => view,
        }
    }

    /// The metric's name and how it compares, whichever group it is of: `None` of a group itself.
    pub(crate) fn comparison(self) -> Option<(&'static str, AggregateKind)> {
        match self {
            Self::Group { .. } => None,
            Self::Aggregate { spec, kind, .. } | Self::ToReference { spec, kind, .. } => {
                Some((spec.name, kind))
            }
        }
    }
}

/// The groups that a plan is made for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Groups<'a> {
    pub(crate) shape: Shape,
    /// The sums of the data, `[groups][Shape::width]`, flat.
    pub(crate) sums: &'a [f64],
    /// Whether each group has a part in the aggregates, which one without rows never has.
    pub(crate) included: &'a [bool],
    /// The group that all others are compared with, where there is one.
    pub(crate) reference: Option<usize>,
}

/// What to compute for some groups, planned from their counts in the data.
///
/// Which groups are compared is settled once: those that are included and have a value in the
/// data. In a bootstrap replicate that loses one of them the aggregate is not estimable; over the
/// groups that are left it would be another quantity, and mostly a smaller gap.
#[derive(Debug)]
pub(crate) struct Plan {
    shape: Shape,
    measures: Vec<Measure>,
    /// Whether each group has a part in the aggregates.
    included: Vec<bool>,
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
    view: View,
    /// The metrics that a fairness notion asks to be equal; of a metric that each group has a
    /// value of, itself. The macro mean of a notion has those of each class, one class after the
    /// other.
    parts: Vec<Part>,
    /// How many parts belong together.
    parts_of_class: usize,
    /// The groups that are included and have no value of some part.
    without_value: Vec<usize>,
}

/// A metric that each group has a value of.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) spec: &'static MetricSpec,
    pub(crate) view: View,
    /// Whether each group is compared.
    pub(crate) compared: Vec<bool>,
}

impl Measure {
    fn new(
        spec: &'static MetricSpec,
        view: View,
        shape: Shape,
        data: &[Reading],
        included: &[bool],
        convention: Convention,
    ) -> Self {
        let of_part = |(spec, view): (&'static MetricSpec, View)| Part {
            spec,
            view,
            compared: data
                .iter()
                .zip(included)
                .map(|(group, &included)| included && group.value(spec, view, convention).is_ok())
                .collect(),
        };
        let of_notion = |notion: &'static [&'static MetricSpec]| {
            // A mean of gaps, not a gap of means: the mean over the classes of the share predicted
            // is the same in every group.
            let views = match view {
                View::Macro => shape.each(),
                _ => vec![view],
            };
            let of_views = views.iter().flat_map(|&view| {
                let parts = notion.iter();
                parts.map(move |&part| (part, view))
            });
            (of_views.map(of_part).collect(), notion.len())
        };
        let (parts, parts_of_class): (Vec<Part>, usize) = match &spec.definition {
            Definition::Parity(parts) => of_notion(parts),
            Definition::ParityRatio(part) => of_notion(std::slice::from_ref(part)),
            Definition::Joint(_) => (Vec::new(), 1),
            _ => (vec![of_part((spec, view))], 1),
        };
        let lacks_value = |&group: &usize| parts.iter().any(|part| !part.compared[group]);
        let without_value = (0..data.len())
            .filter(|&group| included[group])
            .filter(lacks_value)
            .collect();
        Self {
            spec,
            view,
            parts,
            parts_of_class,
            without_value,
        }
    }
}

impl Plan {
    /// `metrics` must be made of sums, and none may need control attributes.
    pub(crate) fn new(
        metrics: &[&'static MetricSpec],
        groups: &Groups<'_>,
        convention: Convention,
        aggregates: bool,
    ) -> Self {
        let &Groups {
            shape,
            sums,
            included,
            reference,
        } = groups;
        let data = readings(shape, sums);
        let mut items = Vec::new();
        let mut measures = Vec::new();
        for &spec in metrics {
            for view in shape.views(spec) {
                if spec.has_group_values() {
                    let groups = 0..data.len();
                    items.extend(groups.map(|group| Item::Group { spec, view, group }));
                }
                if aggregates {
                    let kinds = aggregate_kinds(spec).iter();
                    items.extend(kinds.map(|&kind| Item::Aggregate { spec, view, kind }));
                }
                if let Some(reference) = reference {
                    let of_view = (spec, view);
                    items.extend(reference::items(of_view, included, reference, convention));
                }
                measures.push(Measure::new(spec, view, shape, &data, included, convention));
            }
        }
        Self {
            shape,
            measures,
            included: included.to_vec(),
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

    fn measure(&self, item: Item) -> Option<&Measure> {
        let of_item = |m: &&Measure| m.spec.name == item.spec().name && m.view == item.view();
        self.measures.iter().find(of_item)
    }

    /// The metrics that the metric of an item is made of, and which groups are compared by each.
    pub(crate) fn parts(&self, item: Item) -> &[Part] {
        self.measure(item).map_or(&[], |measure| &measure.parts)
    }

    /// The groups that an aggregate leaves out although they are included: they have no value.
    pub(crate) fn without_value(&self, item: Item) -> &[usize] {
        self.measure(item)
            .map_or(&[], |measure| &measure.without_value)
    }

    /// The place among the items of a metric of the first group.
    pub(crate) fn first_group(&self, spec: &MetricSpec, view: View) -> Option<usize> {
        self.items.iter().position(|item| {
            matches!(item, Item::Group { .. })
                && item.spec().name == spec.name
                && item.view() == view
        })
    }

    /// Why a comparison of the data has no value by itself, where the convention puts a number in
    /// its place. `sums` are those of the data.
    pub(crate) fn made_up(&self, item: Item, sums: &[f64]) -> Option<NotEstimable> {
        match (self.convention, item) {
            (Convention::Ffb, Item::Aggregate { .. }) => {
                let compared = |part: &Part| part.compared.iter().filter(|c| **c).count();
                let found = self.parts(item).iter().map(compared).min()?;
                (found < 2).then_some(NotEstimable::FewGroups { found })
            }
            (Convention::Aequitas, Item::ToReference { kind, .. }) => {
                let width = self.shape.width();
                let reference = sums.chunks_exact(width).nth(self.reference?)?;
                let part = self.parts(item).first()?;
                let divisor = Reading::new(self.shape, reference)
                    .value(part.spec, part.view, self.convention)
                    .ok()?;
                (kind.scope == Scope::Ratio && divisor <= 0.0)
                    .then_some(NotEstimable::DividedByZero)
            }
            _ => None,
        }
    }

    /// The value of each item, given the sums of all groups, `[groups][Shape::width]`, flat: those
    /// of the data, or those of a bootstrap replicate.
    pub(crate) fn evaluate(&self, sums: &[f64]) -> Vec<Estimate> {
        let groups = readings(self.shape, sums);
        let mut total = vec![0.0; self.shape.width()];
        for group in sums.chunks_exact(self.shape.width()) {
            for (total, sum) in total.iter_mut().zip(group) {
                *total += sum;
            }
        }
        let overall = Reading::new(self.shape, &total);
        let mut values = Vec::with_capacity(self.items.len());
        for measure in &self.measures {
            if let Definition::Joint(value) = measure.spec.definition {
                let kinds = aggregate_kinds(measure.spec).iter();
                values.extend(kinds.filter(|_| self.aggregates).map(|&kind| {
                    self.convention.check_defines(kind)?;
                    self.joint(value, measure.view, &groups)
                }));
                continue;
            }
            let of_parts: Vec<Vec<Estimate>> = measure
                .parts
                .iter()
                .map(|part| {
                    let value =
                        |group: &Reading| group.value(part.spec, part.view, self.convention);
                    groups.iter().map(value).collect()
                })
                .collect();
            let aggregates: Vec<Aggregates> = measure
                .parts
                .iter()
                .zip(&of_parts)
                .map(|(part, of_groups)| {
                    let overall = overall.value(part.spec, part.view, self.convention);
                    self.aggregates(part, of_groups, overall)
                })
                .collect();
            if measure.spec.has_group_values() {
                values.extend(of_parts.iter().flatten());
            }
            if self.aggregates {
                let kinds = aggregate_kinds(measure.spec).iter();
                values.extend(kinds.map(|&kind| {
                    let classes = aggregates.chunks(measure.parts_of_class.max(1));
                    match measure.view {
                        View::Macro => {
                            mean(classes.map(|parts| combine(parts, kind, self.convention)))
                        }
                        _ => combine(&aggregates, kind, self.convention),
                    }
                }));
            }
            if let Some(reference) = self.reference {
                let convention = self.convention;
                let of_view = (measure.spec, measure.view);
                let items = reference::items(of_view, &self.included, reference, convention);
                values.extend(reference::values(&items, &of_parts, reference, convention));
            }
        }
        values
    }

    /// One number for the included groups together, all of which must have rows; the mean of
    /// such numbers where a view has no counts of its own.
    fn joint(
        &self,
        value: fn(&[Confusion]) -> Estimate,
        view: View,
        groups: &[Reading],
    ) -> Estimate {
        let compared: Vec<&Reading> = groups
            .iter()
            .zip(&self.included)
            .filter(|(_, included)| **included)
            .map(|(group, _)| group)
            .collect();
        let of_counts = |counts: Option<Vec<Confusion>>| {
            let counts = counts.ok_or(NotEstimable::NoGroups)?;
            if counts.len() < 2 {
                return Err(NotEstimable::FewGroups {
                    found: counts.len(),
                });
            }
            if counts.iter().any(|group| group.rows() <= 0.0) {
                return Err(NotEstimable::NoRows);
            }
            value(&counts)
        };
        let of_view = |view: View| {
            let counts = compared.iter().map(|group| group.confusion(view).copied());
            of_counts(counts.collect())
        };
        match view {
            View::Macro => mean(self.shape.each().into_iter().map(of_view)),
            view => of_view(view),
        }
    }

    /// The aggregates over the groups compared, all of which must have a value.
    fn aggregates(&self, part: &Part, of_groups: &[Estimate], overall: Estimate) -> Aggregates {
        let compared = of_groups.iter().zip(&part.compared);
        let values: Result<Vec<f64>, NotEstimable> = compared
            .filter(|(_, compared)| **compared)
            .map(|(value, _)| *value)
            .collect();
        match values {
            Ok(values) => Aggregates::new(values.into_iter().map(Ok), overall, self.convention),
            Err(reason) => Aggregates::not_estimable(reason),
        }
    }
}

/// The sums of each group, `[groups][Shape::width]`, flat.
pub(crate) fn readings(shape: Shape, sums: &[f64]) -> Vec<Reading> {
    let groups = sums.chunks_exact(shape.width());
    groups.map(|sums| Reading::new(shape, sums)).collect()
}

/// The aggregates that an audit lists for a metric.
pub(crate) fn aggregate_kinds(spec: &MetricSpec) -> &'static [AggregateKind] {
    match spec.definition {
        Definition::Parity([_]) => &AggregateKind::OF_ONE_PART,
        Definition::Parity(_) => &AggregateKind::OF_SEVERAL_PARTS,
        Definition::ParityRatio(_) => &AggregateKind::OF_RATIO,
        Definition::Joint(_) | Definition::CurveDistance { .. } => &AggregateKind::OF_ALL_TOGETHER,
        Definition::Distance(_) | Definition::OutcomeDistance(_) => &AggregateKind::OF_DISTANCE,
        Definition::AgainstRest { .. } => &AggregateKind::OF_REST,
        Definition::Conditional(_) => &AggregateKind::OF_STRATA,
        Definition::Rate(_) => &AggregateKind::OF_RATES,
        _ => &AggregateKind::OF_GROUPS,
    }
}

/// The value of a metric of one group that is made of the four counts.
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
        Definition::Rate(proportion) => (proportion(counts).value(), Some(0.0)),
        Definition::Counts { value, fallback } => {
            (value(counts), fallback.map(|fallback| fallback(counts)))
        }
        _ => return Err(NotEstimable::NoGroups),
    };
    match (convention, fallback) {
        (Convention::Fairlearn, Some(fallback)) => Ok(value.unwrap_or(fallback)),
        (Convention::Aif360, Some(fallback))
            if value.is_err() && Trials::of(spec) == Trials::OfPrediction =>
        {
            Ok(fallback)
        }
        _ => value,
    }
}
