//! Where the interval of a value comes from.

use crate::{
    GapInterval, IntervalKind, MetricSpec, Scope,
    aggregate::AggregateKind,
    evaluation::Item,
    pairs::compares_groups,
    views::{Shape, View},
};

/// Where the interval of a value that is made of sums comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IntervalSource {
    /// There is none.
    None,
    /// The group's own counts or standard error.
    Own,
    /// The intervals of the groups that are compared.
    Pairs,
    /// The bootstrap.
    Bootstrap,
}

/// What decides where intervals come from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IntervalSources {
    pub(crate) shape: Shape,
    /// Whether rows are independent, each in one group.
    pub(crate) trials: bool,
    pub(crate) gaps: GapInterval,
}

impl IntervalSources {
    /// The source for one value.
    pub(crate) fn of(self, item: Item) -> IntervalSource {
        match item {
            Item::Group { spec, view, .. } => match spec.interval {
                IntervalKind::None => IntervalSource::None,
                IntervalKind::Bootstrap => IntervalSource::Bootstrap,
                _ if self.has_trials(view) => IntervalSource::Own,
                _ => IntervalSource::Bootstrap,
            },
            // That of a variance which noise inflates would be one of the noise.
            Item::Aggregate { kind, .. } if kind.scope == Scope::Variance => IntervalSource::None,
            Item::Aggregate { spec, view, kind }
            | Item::ToReference {
                spec, view, kind, ..
            } => match spec.interval {
                IntervalKind::None => IntervalSource::None,
                _ if self.are_pairs(spec, view, kind) => IntervalSource::Pairs,
                _ => IntervalSource::Bootstrap,
            },
        }
    }

    /// Whether there are intervals that follow from those of the groups.
    pub(crate) fn may_be_pairs(self) -> bool {
        self.trials && self.gaps == GapInterval::Pairs
    }

    /// Whether the interval of a comparison follows from those of the groups.
    pub(crate) fn are_pairs(self, spec: &MetricSpec, view: View, kind: AggregateKind) -> bool {
        self.may_be_pairs() && compares_groups(spec, view, kind)
    }

    /// Whether an interval can be made from the counts of a group's value.
    pub(crate) fn has_trials(self, view: View) -> bool {
        self.trials && self.shape.has_trials(view)
    }

    pub(crate) fn is_bootstrapped(self, item: Item) -> bool {
        self.of(item) == IntervalSource::Bootstrap
    }
}
