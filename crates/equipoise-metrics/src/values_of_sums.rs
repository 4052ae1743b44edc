//! The values of a section that are functions of sums over the rows, with their intervals.

use crate::{
    Convention, Definition, Estimate, IntervalKind, IntervalMethod, MetricSpec, Proportion,
    RateInterval,
    bootstrap::{BootstrapInterval, bootstrap},
    evaluation::{Item, Plan},
    measured::Measured,
    section::Section,
    sections::{Sampling, Sections},
    views::{Reading, View},
};

impl Sections<'_> {
    /// The values of all metrics that are made of sums.
    pub(crate) fn values_of_sums(&self, section: &Section) -> Vec<(Item, Measured)> {
        let metrics: Vec<&'static MetricSpec> = self
            .metrics
            .iter()
            .copied()
            .filter(|spec| spec.is_of_sums())
            .collect();
        let (shape, sums) = (section.tallies.shape(), section.tallies.sums());
        let plan = Plan::new(
            &metrics,
            shape,
            sums,
            &self.included(section),
            self.options.convention,
            !section.is_everybody(),
        );
        let values = plan.evaluate(sums);
        let bootstrapped = self.bootstrapped(section, &plan, &values);
        plan.items()
            .iter()
            .zip(values)
            .zip(bootstrapped)
            .map(|((&item, value), bootstrapped)| {
                let measured = match item {
                    Item::Group { group, .. } => {
                        self.of_group(section, item, group, value, bootstrapped)
                    }
                    Item::Aggregate { .. } => Measured {
                        without_value: plan.without_value(item).to_vec(),
                        ..self.with_bootstrap(value, bootstrapped)
                    },
                };
                (item, measured)
            })
            .collect()
    }

    /// The bootstrap of each item of a plan that has a value and no better interval; no other
    /// value is kept.
    fn bootstrapped(
        &self,
        section: &Section,
        plan: &Plan,
        values: &[Estimate],
    ) -> Vec<Option<BootstrapInterval>> {
        let (shape, trials) = (section.tallies.shape(), self.sampling.has_trials());
        let positions: Vec<usize> = (0..values.len())
            .filter(|&position| plan.items()[position].is_bootstrapped(shape, trials))
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
        let width = tallies.shape().width();
        let sums = &tallies.sums()[group * width..(group + 1) * width];
        let reading = Reading::new(tallies.shape(), sums);
        if value.is_ok()
            && let Err(reason) = reading.value(spec, view, Convention::Equipoise)
        {
            let mut measured = Measured::without_interval(value);
            let convention = self.options.convention;
            measured
                .notes
                .push(format!("{reason}; {convention} puts a number here"));
            return measured;
        }
        if item.is_bootstrapped(tallies.shape(), self.sampling.has_trials()) {
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

    fn with_bootstrap(&self, value: Estimate, bootstrapped: Option<BootstrapInterval>) -> Measured {
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
