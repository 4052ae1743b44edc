//! The values of a section that are functions of sums over the rows, with their intervals.

use std::slice;

use crate::{
    Convention, Definition, Estimate, IntervalKind, IntervalMethod, MetricSpec, Proportion,
    RateInterval, Scope,
    bootstrap::{BootstrapInterval, bootstrap},
    bounds::UnknownRows,
    double_corrected::double_corrected_variance,
    evaluation::{Groups, Item, Part, Plan},
    interval_source::IntervalSource,
    measured::Measured,
    notes,
    pairs::ComparedPart,
    permutation::Permutation,
    section::Section,
    sections::{Sampling, Sections},
    views::{Reading, View},
};

impl Sections<'_> {
    /// The values of all metrics that are made of sums.
    pub(crate) fn values_of_sums(&self, section: &Section) -> Vec<(Item, Measured)> {
        let metrics = self.metrics_of_sums(section);
        let sums = section.tallies.sums();
        let included = self.included(section);
        let groups = Groups {
            shape: section.tallies.shape(),
            sums,
            included: &included,
            reference: self.reference(section),
        };
        let plan = Plan::new(
            &metrics,
            &groups,
            self.options.convention,
            !section.is_everybody(),
        );
        let values = plan.evaluate(sums);
        let bootstrapped = self.bootstrapped(section, &plan, &values);
        let found = plan.items().iter().zip(&values).zip(bootstrapped);
        let found = found.map(|((&item, &value), bootstrapped)| match item {
            Item::Group { group, .. } => self.of_group(section, item, group, value, bootstrapped),
            Item::Aggregate { .. } => Measured {
                without_value: plan.without_value(item).to_vec(),
                corrected: self.corrected(section, &plan, item),
                ..self.with_bootstrap(value, bootstrapped)
            },
            Item::ToReference { .. } => self.with_bootstrap(value, bootstrapped),
        });
        let mut measured: Vec<Measured> = found.collect();
        self.compare_pairs(section, &plan, &mut measured);
        self.test_and_bound(
            section,
            (&metrics, &groups),
            (&plan, &values),
            &mut measured,
        );
        let made_up = |item: Item, measured: Measured| match plan.made_up(item, sums) {
            Some(reason) if measured.value.is_ok() => Measured {
                interval: None,
                notes: vec![notes::made_up(reason, self.options.convention)],
                ..measured
            },
            _ => measured,
        };
        plan.items()
            .iter()
            .zip(measured)
            .filter(|(item, _)| self.is_audited(item.spec()))
            .map(|(&item, measured)| (item, made_up(item, measured)))
            .collect()
    }

    /// The metrics that are made of sums, and those that the notions among them ask to be equal:
    /// the gaps of a notion have their intervals from the groups' values of these.
    pub(crate) fn metrics_of_sums(&self, section: &Section) -> Vec<&'static MetricSpec> {
        let of_sums = |spec: &&MetricSpec| spec.is_of_sums() && !spec.needs_controls();
        let mut metrics: Vec<&'static MetricSpec> =
            self.metrics.iter().copied().filter(of_sums).collect();
        if !self.sources(section).may_be_pairs() || section.is_everybody() {
            return metrics;
        }
        for position in 0..metrics.len() {
            let parts = match &metrics[position].definition {
                Definition::Parity(parts) => parts,
                Definition::ParityRatio(part) => slice::from_ref(part),
                _ => continue,
            };
            for &part in parts {
                if metrics.iter().all(|known| known.name != part.name) {
                    metrics.push(part);
                }
            }
        }
        metrics
    }

    /// Whether the audit lists a metric.
    fn is_audited(&self, spec: &MetricSpec) -> bool {
        self.metrics.iter().any(|known| known.name == spec.name)
    }

    /// Whether a value is needed: one that the audit lists, or one of a group.
    pub(crate) fn is_needed(&self, item: Item) -> bool {
        matches!(item, Item::Group { .. }) || self.is_audited(item.spec())
    }

    /// Gives the comparisons of groups the intervals that follow from those of the groups.
    fn compare_pairs(&self, section: &Section, plan: &Plan, measured: &mut [Measured]) {
        let sources = self.sources(section);
        for (at, &item) in plan.items().iter().enumerate() {
            if sources.of(item) != IntervalSource::Pairs || !self.is_audited(item.spec()) {
                continue;
            }
            let of_groups = |part: &Part| -> Option<ComparedPart> {
                let first = plan.first_group(part.spec, part.view)?;
                let groups: Vec<usize> = match item {
                    Item::ToReference { group, .. } => vec![group, plan.reference()?],
                    _ => (0..part.compared.len())
                        .filter(|&group| part.compared[group])
                        .collect(),
                };
                let groups = groups.into_iter().map(|group| &measured[first + group]);
                Some(ComparedPart::new(part.spec, groups))
            };
            let parts: Option<Vec<ComparedPart>> = plan.parts(item).iter().map(of_groups).collect();
            let (Some((_, kind)), Some(parts)) = (item.comparison(), parts) else {
                continue;
            };
            let value = measured[at].value;
            let Measured {
                interval, notes, ..
            } = Measured::of_pairs(value, kind, &parts, self.options.confidence);
            measured[at].interval = interval;
            measured[at].notes.extend(notes);
        }
    }

    /// Adds p-values and bounds, in the views in which rows are counted one by one.
    fn test_and_bound(
        &self,
        section: &Section,
        (metrics, groups): (&[&'static MetricSpec], &Groups<'_>),
        (plan, values): (&Plan, &[Estimate]),
        measured: &mut [Measured],
    ) {
        if self.options.permutations == 0 && self.options.bounds.is_empty() {
            return;
        }
        for view in groups.shape.counted() {
            let Some(counts) = section.tallies.counts(view) else {
                continue;
            };
            let audited = metrics.iter().copied();
            let audited: Vec<&'static MetricSpec> =
                audited.filter(|spec| self.is_audited(spec)).collect();
            let permutation = Permutation {
                metrics: &audited,
                counts: counts.as_flattened(),
                view,
                included: groups.included,
                reference: groups.reference,
                permutations: self.options.permutations(),
            };
            let p_values = permutation.p_values(plan, values);
            let bounds = UnknownRows::new(&section.tallies, view, self.options)
                .map(|unknown| unknown.of_items(plan, &counts_of_all(&counts)))
                .unwrap_or_default();
            for (at, measured) in measured.iter_mut().enumerate() {
                if plan.items()[at].view() == view && measured.value.is_ok() {
                    measured.p_value = p_values[at];
                    measured.bounds = bounds.get(at).copied().flatten();
                }
            }
        }
    }

    /// The variance between the groups compared, without the noise.
    fn corrected(&self, section: &Section, plan: &Plan, item: Item) -> Option<f64> {
        let (Item::Aggregate { kind, .. }, [part]) = (item, plan.parts(item)) else {
            return None;
        };
        let Definition::Rate(proportion) = part.spec.definition else {
            return None;
        };
        if kind.scope != Scope::Variance || !self.sources(section).has_trials(part.view) {
            return None;
        }
        let tallies = &section.tallies;
        let compared = (0..tallies.groups()).filter(|&group| part.compared[group]);
        let shares: Vec<Proportion> = compared
            .map(|group| {
                let squares = tallies.squares(group);
                let reading = tallies.reading(group);
                let (hits, trials) =
                    effective_trials(proportion, part.view, &reading, squares.as_ref());
                Proportion {
                    hits,
                    trials,
                    trial: "",
                }
            })
            .collect();
        double_corrected_variance(&shares)
    }

    /// The bootstrap of each item of a plan that has a value and no better interval; no other
    /// value is kept.
    fn bootstrapped(
        &self,
        section: &Section,
        plan: &Plan,
        values: &[Estimate],
    ) -> Vec<Option<BootstrapInterval>> {
        let sources = self.sources(section);
        let positions: Vec<usize> = (0..values.len())
            .filter(|&position| sources.is_bootstrapped(plan.items()[position]))
            .filter(|&position| self.is_needed(plan.items()[position]))
            .filter(|&position| values[position].is_ok())
            .collect();
        let intervals = bootstrap(
            &section.tallies.resampled(),
            self.options.resampling(),
            self.options.confidence,
            positions.len(),
            |times| {
                let drawn = plan.evaluate(&section.tallies.drawn(times));
                positions.iter().map(|&position| drawn[position]).collect()
            },
        );
        let mut of_items = vec![None; values.len()];
        for (position, interval) in positions.into_iter().zip(intervals) {
            of_items[position] = Some(interval);
        }
        of_items
    }

    /// The interval of one group's value.
    fn of_group(
        &self,
        section: &Section,
        item: Item,
        group: usize,
        value: Estimate,
        bootstrapped: Option<BootstrapInterval>,
    ) -> Measured {
        let (spec, view, tallies) = (item.spec(), item.view(), &section.tallies);
        let reading = tallies.reading(group);
        if value.is_ok()
            && let Err(reason) = reading.value(spec, view, Convention::Equipoise)
        {
            let mut measured = Measured::without_interval(value);
            let note = notes::made_up(reason, self.options.convention);
            measured.notes.push(note);
            return measured;
        }
        if self.sources(section).is_bootstrapped(item) {
            return self.with_bootstrap(value, bootstrapped);
        }
        match (&spec.definition, spec.interval) {
            (Definition::Rate(proportion), IntervalKind::Wilson) => {
                let (hits, trials) =
                    effective_trials(*proportion, view, &reading, tallies.squares(group).as_ref());
                let kind = self.options.interval;
                let method = match kind {
                    RateInterval::Wilson => IntervalMethod::Wilson,
                    RateInterval::Jeffreys => IntervalMethod::Jeffreys,
                };
                Measured {
                    interval: kind
                        .of(hits, trials, self.options.confidence)
                        .map(|interval| (interval, method)),
                    ..Measured::without_interval(value)
                }
            }
            (
                Definition::Outcomes {
                    standard_error: Some(standard_error),
                    ..
                },
                IntervalKind::Normal,
            ) => Measured::with_standard_error(
                value,
                reading.numbers().and_then(standard_error),
                IntervalMethod::Normal,
                self.z,
                spec.range,
            ),
            _ => Measured::without_interval(value),
        }
    }

    pub(crate) fn with_bootstrap(
        &self,
        value: Estimate,
        bootstrapped: Option<BootstrapInterval>,
    ) -> Measured {
        let method = match self.sampling {
            Sampling::Cells => IntervalMethod::Bootstrap,
            Sampling::Rows | Sampling::SoftRows => IntervalMethod::RowBootstrap,
            Sampling::Entities => IntervalMethod::EntityBootstrap,
        };
        Measured::bootstrapped(value, bootstrapped, method, self.options.replicates)
    }
}

/// The hits and trials that an interval counts. With weights, the trials are as many as have the
/// same variance: the squared sum of the weights over the sum of their squares (Kish 1965).
fn effective_trials(
    proportion: fn(&crate::Confusion) -> Proportion,
    view: View,
    reading: &Reading,
    squares: Option<&Reading>,
) -> (f64, f64) {
    let Some(counts) = reading.confusion(view) else {
        return (0.0, 0.0);
    };
    let Proportion { hits, trials, .. } = proportion(counts);
    let squared = squares.and_then(|squares| squares.confusion(view));
    let Some(squared) = squared.map(|squared| proportion(squared).trials) else {
        return (hits, trials);
    };
    if squared <= 0.0 {
        return (hits, trials);
    }
    let effective = trials * trials / squared;
    ((hits / trials * effective).min(effective), effective)
}

/// The counts of all groups together.
fn counts_of_all(groups: &[[u64; 4]]) -> [u64; 4] {
    let mut all = [0; 4];
    for counts in groups {
        for (sum, count) in all.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    all
}
