//! The values of a section that are functions of whole distributions of scores or predictions.

use rayon::prelude::*;

use crate::{
    Aggregates, Definition, Estimate, IntervalKind, IntervalMethod, Method, MetricSpec,
    NotEstimable, ScoreDistribution,
    aggregate::{AggregateKind, combine},
    evaluation::{Item, aggregate_kinds},
    measured::Measured,
    pairs::ComparedPart,
    reference,
    rows::GroupScores,
    score_values::{distances, value_of_scores},
    section::Section,
    sections::{Sampling, Sections},
    views::{View, mean},
};

impl Sections<'_> {
    /// The values of all metrics that are made of scores, or of predicted numbers as a whole.
    pub(crate) fn values_of_scores(&self, section: &Section) -> Vec<(Item, Measured)> {
        let included = self.included(section);
        let metrics = self.metrics.iter().copied();
        metrics
            .filter(|spec| !spec.is_of_sums())
            .flat_map(|spec| match spec.definition {
                Definition::Distance(_)
                | Definition::OutcomeDistance(_)
                | Definition::CurveDistance { .. } => {
                    self.values_of_distance(spec, section, &included)
                }
                _ => self.values_of_groups(spec, section, &included),
            })
            .collect()
    }

    /// The values of one metric that exists only between groups.
    fn values_of_distance(
        &self,
        spec: &'static MetricSpec,
        section: &Section,
        included: &[bool],
    ) -> Vec<(Item, Measured)> {
        if section.is_everybody() {
            return Vec::new();
        }
        let of_scores = spec.needs_scores();
        let everybody = self.everybody.distributions(of_scores);
        let mut views: Vec<(View, Estimate, Estimate)> = section
            .distributions(of_scores)
            .into_iter()
            .zip(everybody)
            .filter_map(|((view, groups), (_, everybody))| {
                let groups: Vec<&ScoreDistribution> = included_only(&groups, included)
                    .into_iter()
                    .copied()
                    .collect();
                let (between, to_overall) = distances(spec, &groups, everybody.first()?);
                Some((view, between, to_overall))
            })
            .collect();
        if views.iter().any(|(view, ..)| *view != View::Whole) {
            let between = mean(views.iter().map(|(_, between, _)| *between));
            let to_overall = mean(views.iter().map(|(.., to_overall)| *to_overall));
            views.push((View::Macro, between, to_overall));
        }
        let mut values = Vec::new();
        for (view, between, to_overall) in views {
            values.extend(aggregate_kinds(spec).iter().map(|&kind| {
                let value = match kind.method {
                    Some(Method::ToOverall) => to_overall,
                    _ => between,
                };
                let item = Item::Aggregate { spec, view, kind };
                let defined = self.options.convention.check_defines(kind);
                (item, Measured::without_interval(defined.and(value)))
            }));
        }
        values
    }

    /// The values of one metric that each group has a value of.
    fn values_of_groups(
        &self,
        spec: &'static MetricSpec,
        section: &Section,
        included: &[bool],
    ) -> Vec<(Item, Measured)> {
        let mut views: Vec<(View, Vec<Measured>, Estimate)> = section
            .scores
            .iter()
            .zip(&self.everybody.scores)
            .map(|((view, groups), (_, everybody))| {
                let groups = groups.par_iter();
                let of_group = |group: &GroupScores| match everybody.first() {
                    Some(everybody) => self.of_scores(spec, group, &everybody.distribution),
                    None => Measured::without_interval(Err(NotEstimable::NoRows)),
                };
                let overall = everybody
                    .first()
                    .map_or(Err(NotEstimable::NoRows), |scores| {
                        value_of_scores(spec, &scores.distribution, &scores.distribution).0
                    });
                (*view, groups.map(of_group).collect(), overall)
            })
            .collect();
        if views.iter().any(|(view, ..)| *view != View::Whole) {
            let groups = (0..section.tallies.groups()).map(|group| {
                let classes = views.iter().map(|(_, groups, _)| groups[group].value);
                Measured::without_interval(mean(classes))
            });
            let groups = groups.collect();
            let overall = mean(views.iter().map(|(.., overall)| *overall));
            views.push((View::Macro, groups, overall));
        }
        views
            .into_iter()
            .flat_map(|(view, groups, overall)| {
                let aggregates = if section.is_everybody() {
                    Vec::new()
                } else {
                    self.aggregated(section, (spec, view), &groups, (included, overall))
                };
                let groups = groups
                    .into_iter()
                    .enumerate()
                    .map(move |(group, measured)| (Item::Group { spec, view, group }, measured));
                groups.chain(aggregates)
            })
            .collect()
    }

    /// The gaps between the groups, and each against the reference group.
    fn aggregated(
        &self,
        section: &Section,
        (spec, view): (&'static MetricSpec, View),
        groups: &[Measured],
        (included, overall): (&[bool], Estimate),
    ) -> Vec<(Item, Measured)> {
        let convention = self.options.convention;
        let without_value: Vec<usize> = (0..groups.len())
            .filter(|&group| included[group] && groups[group].value.is_err())
            .collect();
        let aggregates = Aggregates::new(
            included_only(groups, included)
                .into_iter()
                .map(|group| group.value),
            overall,
            convention,
        );
        let sources = self.sources(section);
        let compared = |kind: AggregateKind, value: Estimate, groups: Vec<&Measured>| {
            if sources.are_pairs(spec, view, kind) {
                let parts = [ComparedPart::new(spec, groups.into_iter())];
                Measured::of_pairs(value, kind, &parts, self.options.confidence)
            } else {
                Measured::without_interval(value)
            }
        };
        let kinds = aggregate_kinds(spec).iter();
        let gaps = kinds.map(|&kind| {
            let with_value = included_only(groups, included).into_iter();
            let with_value = with_value.filter(|group| group.value.is_ok()).collect();
            let value = combine(&[aggregates], kind, convention);
            let measured = Measured {
                without_value: without_value.clone(),
                ..compared(kind, value, with_value)
            };
            (Item::Aggregate { spec, view, kind }, measured)
        });
        let mut values: Vec<(Item, Measured)> = gaps.collect();
        if let Some(reference) = self.reference(section) {
            let of_groups = vec![groups.iter().map(|group| group.value).collect()];
            let items = reference::items((spec, view), included, reference, convention);
            let found = reference::values(&items, &of_groups, reference, convention);
            values.extend(items.into_iter().zip(found).map(|(item, value)| {
                let measured = match item {
                    Item::ToReference { group, kind, .. } => {
                        compared(kind, value, vec![&groups[group], &groups[reference]])
                    }
                    _ => Measured::without_interval(value),
                };
                (item, measured)
            }));
        }
        values
    }

    /// The value of one group, with its interval where rows are independent.
    fn of_scores(
        &self,
        spec: &MetricSpec,
        scores: &GroupScores,
        everybody: &ScoreDistribution,
    ) -> Measured {
        let (value, standard_error) = value_of_scores(spec, &scores.distribution, everybody);
        let (method, factors) = match (spec.interval, scores.weighting) {
            (IntervalKind::Normal, weighting) => {
                let factor = weighting.map(|weighting| [weighting.of_all(); 2]);
                (IntervalMethod::Normal, factor)
            }
            (IntervalKind::DeLong, weighting) => {
                let factors = weighting.map(|weighting| weighting.of_labels());
                (IntervalMethod::DeLong, factors)
            }
            _ => return Measured::without_interval(value),
        };
        // Of weighted rows, the effective number of those outside a group is not known.
        let against_rest = matches!(spec.definition, Definition::AgainstRest { .. });
        if self.sampling == Sampling::Entities || (against_rest && factors.is_some()) {
            return Measured::without_interval(value);
        }
        // With weights, rows count as effective numbers of rows (Kish 1965).
        let standard_error = match factors {
            None => standard_error,
            Some(factors) => {
                value_of_scores(spec, &scores.distribution.scaled(factors), everybody).1
            }
        };
        Measured::with_standard_error(value, standard_error, method, self.z, spec.range)
    }
}

fn included_only<'v, T>(values: &'v [T], included: &[bool]) -> Vec<&'v T> {
    let pairs = values.iter().zip(included);
    pairs
        .filter(|(_, included)| **included)
        .map(|(v, _)| v)
        .collect()
}
