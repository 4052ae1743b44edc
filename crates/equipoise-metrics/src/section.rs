//! The records of one section of an audit: of the groups of some of the attributes.

use crate::{
    Aggregates, Attributes, AuditOptions, Confusion, Convention, Definition, Error, Estimate,
    GroupCube, Interval, IntervalKind, IntervalMethod, Method, MetricSpec, Proportion, Record,
    Scope, ScoreDistribution,
    bootstrap::{BootstrapInterval, bootstrap},
    evaluation::{Item, Plan, aggregate_kinds, value_of_counts},
    interval::{normal, two_sided_quantile, wilson},
    notes,
    record::group_list,
    score_values::{distances, value_of_scores},
};

/// The numbers that the bootstrap of one section may hold in memory: one gibibyte.
const MAX_BOOTSTRAP_NUMBERS: usize = 1 << 27;

/// The groups of some attributes. Without attributes there is one group: everybody.
#[derive(Debug)]
pub(crate) struct Section {
    /// The counts, one cell for each group.
    pub(crate) cube: GroupCube,
    /// The scores of each group; empty where no metric needs them.
    pub(crate) scores: Vec<ScoreDistribution>,
}

impl Section {
    /// The attributes' names.
    fn by(&self) -> Vec<String> {
        let attributes = self.cube.schema().attributes().iter();
        attributes.map(|a| a.name().to_owned()).collect()
    }

    fn is_everybody(&self) -> bool {
        self.cube.schema().attributes().is_empty()
    }

    fn attributes_of(&self, group: usize) -> Attributes {
        let pairs = self.cube.schema().describe(group).into_iter();
        Attributes(
            pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    fn group_sizes(&self) -> impl Iterator<Item = u64> {
        (0..self.cube.cells()).map(|group| self.cube.cell_rows(group))
    }
}

/// What all sections of an audit share.
#[derive(Debug)]
pub(crate) struct Sections<'a> {
    options: &'a AuditOptions,
    metrics: &'a [&'static MetricSpec],
    /// The normal quantile of the confidence.
    z: f64,
    everybody: Section,
}

/// A value with its interval.
#[derive(Debug)]
struct Measured {
    value: Estimate,
    interval: Option<(Interval, IntervalMethod)>,
    notes: Vec<String>,
    /// Of an aggregate: the groups that it should compare, and that have no value.
    without_value: Vec<usize>,
}

impl Measured {
    fn without_interval(value: Estimate) -> Self {
        Self {
            value,
            interval: None,
            notes: Vec::new(),
            without_value: Vec::new(),
        }
    }
}

impl<'a> Sections<'a> {
    pub(crate) fn new(
        options: &'a AuditOptions,
        metrics: &'a [&'static MetricSpec],
        everybody: Section,
    ) -> Self {
        Self {
            options,
            metrics,
            z: two_sided_quantile(options.confidence),
            everybody,
        }
    }

    /// The section of all rows.
    pub(crate) fn everybody(&self) -> &Section {
        &self.everybody
    }

    /// Checks that the bootstrap of the groups of the full intersection fits into memory.
    pub(crate) fn check_bootstrap_size(&self, cube: &GroupCube) -> Result<(), Error> {
        let groups = (0..cube.cells())
            .filter(|&cell| cube.cell_rows(cell) > 0)
            .count();
        let values: usize = self
            .metrics
            .iter()
            .filter(|spec| spec.is_count_based())
            .map(|&spec| {
                let bootstrapped = |item: Item| usize::from(item.is_bootstrapped());
                let group = bootstrapped(Item::Group { spec, group: 0 });
                let aggregates = aggregate_kinds(spec)
                    .iter()
                    .map(|&kind| bootstrapped(Item::Aggregate { spec, kind }));
                let each_group = groups * usize::from(spec.has_group_values());
                each_group * group + aggregates.sum::<usize>()
            })
            .sum();
        let replicates = self.options.replicates;
        if values.saturating_mul(replicates) > MAX_BOOTSTRAP_NUMBERS {
            return Err(Error::BootstrapSize {
                groups,
                values,
                replicates,
                legal: MAX_BOOTSTRAP_NUMBERS,
            });
        }
        Ok(())
    }

    /// All records of a section, metric by metric.
    pub(crate) fn records(&self, section: &Section) -> Vec<Record> {
        let mut values = self.values_of_counts(section);
        values.extend(self.values_of_scores(section));
        let position = |spec: &MetricSpec| self.metrics.iter().position(|m| m.name == spec.name);
        values.sort_by_key(|(item, _)| position(item.spec()));
        values
            .into_iter()
            .map(|(item, measured)| self.record(section, item, measured))
            .collect()
    }

    /// What a reader must know about all sections.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let count_based = |spec: &&MetricSpec| spec.is_count_based();
        if self.options.replicates == 0 {
            notes.push("nothing was bootstrapped, so gaps have no intervals".to_owned());
        } else if self.metrics.iter().copied().any(|spec| count_based(&spec)) {
            notes.push(
                "bootstrap intervals of gaps between groups cover less often than their \
                 confidence says where the groups are nearly equal"
                    .to_owned(),
            );
        }
        if !self.metrics.iter().copied().all(|spec| count_based(&spec)) {
            notes.push("gaps of metrics of scores have no intervals".to_owned());
        }
        notes
    }

    /// What a reader must know about one section.
    pub(crate) fn notes_on(&self, section: &Section) -> Vec<String> {
        let by = section.by().join(" x ");
        let groups = section.cube.cells();
        let empty = section.group_sizes().filter(|&rows| rows == 0).count();
        let small = section
            .group_sizes()
            .filter(|&rows| self.is_small(rows))
            .count();
        let mut notes = Vec::new();
        if empty > 0 {
            notes.push(notes::empty_groups(&by, empty, groups));
        }
        if small > 0 {
            let (least, excluded) = (self.options.min_count(), self.options.min_count_excludes);
            notes.push(notes::small_groups(&by, small, groups, least, excluded));
        }
        notes
    }

    /// Whether a group has rows, but too few.
    fn is_small(&self, rows: u64) -> bool {
        rows > 0 && rows < self.options.min_count()
    }

    /// Which groups have a part in the aggregates.
    fn included(&self, section: &Section) -> Vec<bool> {
        section
            .group_sizes()
            .map(|rows| rows > 0 && !(self.options.min_count_excludes && self.is_small(rows)))
            .collect()
    }

    fn record(&self, section: &Section, item: Item, measured: Measured) -> Record {
        let Measured {
            value,
            interval,
            mut notes,
            without_value,
        } = measured;
        let mut record = Record {
            metric: item.spec().name.to_owned(),
            scope: Scope::Overall,
            class: None,
            attributes: None,
            by: None,
            method: None,
            count: None,
            value: value.ok(),
            low: interval.map(|(interval, _)| interval.low),
            high: interval.map(|(interval, _)| interval.high),
            reason: value.err().map(|reason| reason.to_string()),
            without_value: Vec::new(),
            interval: interval.map(|(_, method)| method),
            notes: Vec::new(),
        };
        match item {
            Item::Group { group, .. } => {
                let rows = section.cube.cell_rows(group);
                if !section.is_everybody() {
                    record.scope = Scope::Group;
                }
                record.attributes = Some(section.attributes_of(group));
                record.count = Some(rows);
                if self.is_small(rows) {
                    notes.push(notes::small_group(self.options.min_count()));
                }
            }
            Item::Aggregate { kind, .. } => {
                record.scope = kind.scope;
                record.method = kind.method;
                record.by = Some(section.by());
                if !without_value.is_empty() {
                    let groups = without_value.iter();
                    record.without_value = groups.map(|&g| section.attributes_of(g)).collect();
                    let names = group_list(&record.without_value);
                    let compared = self.included(section).iter().filter(|part| **part).count();
                    notes.push(notes::without_value(without_value.len(), compared, &names));
                }
            }
        }
        record.notes = notes;
        record
    }

    /// The values of all metrics that are made of counts.
    fn values_of_counts(&self, section: &Section) -> Vec<(Item, Measured)> {
        let metrics: Vec<&'static MetricSpec> = self
            .metrics
            .iter()
            .copied()
            .filter(|spec| spec.is_count_based())
            .collect();
        let groups: Vec<Confusion> = (0..section.cube.cells())
            .map(|group| section.cube.confusion(group))
            .collect();
        let plan = Plan::new(
            &metrics,
            &groups,
            &self.included(section),
            self.options.convention,
            !section.is_everybody(),
        );
        let values = plan.evaluate(&groups);
        let bootstrapped = self.bootstrapped(section, &plan, &values);
        plan.items()
            .iter()
            .zip(values)
            .zip(bootstrapped)
            .map(|((&item, value), bootstrapped)| {
                let measured = match item {
                    Item::Group { spec, group } => {
                        self.of_group(spec, &groups[group], value, bootstrapped)
                    }
                    Item::Aggregate { spec, .. } => Measured {
                        without_value: plan.without_value(spec).to_vec(),
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
        let positions: Vec<usize> = (0..values.len())
            .filter(|&position| plan.items()[position].is_bootstrapped())
            .filter(|&position| values[position].is_ok())
            .collect();
        let intervals = bootstrap(
            section.cube.as_slice(),
            self.options.bootstrap(),
            self.options.confidence,
            positions.len(),
            |counts| {
                let groups: Vec<Confusion> = counts
                    .chunks_exact(4)
                    .map(|c| Confusion::from_counts([c[0], c[1], c[2], c[3]]))
                    .collect();
                let values = plan.evaluate(&groups);
                positions.iter().map(|&position| values[position]).collect()
            },
        );
        let mut bootstrapped = vec![None; values.len()];
        for (position, interval) in positions.into_iter().zip(intervals) {
            bootstrapped[position] = Some(interval);
        }
        bootstrapped
    }

    fn of_group(
        &self,
        spec: &MetricSpec,
        counts: &Confusion,
        value: Estimate,
        bootstrapped: Option<BootstrapInterval>,
    ) -> Measured {
        if value.is_ok()
            && let Err(reason) = value_of_counts(spec, counts, Convention::Equipoise)
        {
            let mut measured = Measured::without_interval(value);
            let convention = self.options.convention;
            measured
                .notes
                .push(format!("{reason}; {convention} puts a number here"));
            return measured;
        }
        match (&spec.definition, spec.interval) {
            (Definition::Rate(proportion), IntervalKind::Wilson) => {
                let Proportion { hits, trials, .. } = proportion(counts);
                let interval = wilson(hits, trials, self.z);
                Measured {
                    interval: interval.map(|interval| (interval, IntervalMethod::Wilson)),
                    ..Measured::without_interval(value)
                }
            }
            (_, IntervalKind::Bootstrap) => self.with_bootstrap(value, bootstrapped),
            _ => Measured::without_interval(value),
        }
    }

    fn with_bootstrap(&self, value: Estimate, bootstrapped: Option<BootstrapInterval>) -> Measured {
        let mut measured = Measured::without_interval(value);
        let (Ok(value), Some(bootstrapped)) = (value, bootstrapped) else {
            return measured;
        };
        let without_value = bootstrapped.not_estimable;
        let missing = notes::replicates_without_value(without_value, self.options.replicates);
        let Some(found) = bootstrapped.interval else {
            if without_value > 0 {
                measured.notes.push(format!("no interval: {missing}"));
            }
            return measured;
        };
        if without_value > 0 {
            measured.notes.push(missing);
        }
        if found.is_point() {
            // A width of 0 would pass for certainty.
            let note = "no interval: all bootstrap replicates agree".to_owned();
            measured.notes.push(note);
            return measured;
        }
        if value < found.low || value > found.high {
            measured.notes.push(
                "the bootstrap is biased here: its interval was widened to hold the value"
                    .to_owned(),
            );
        }
        let interval = Interval {
            low: found.low.min(value),
            high: found.high.max(value),
        };
        measured.interval = Some((interval, IntervalMethod::Bootstrap));
        measured
    }

    /// The values of all metrics that are made of scores.
    fn values_of_scores(&self, section: &Section) -> Vec<(Item, Measured)> {
        let Some(everybody) = self.everybody.scores.first() else {
            return Vec::new();
        };
        let included = self.included(section);
        let metrics = self.metrics.iter().copied();
        metrics
            .filter(|spec| !spec.is_count_based())
            .flat_map(|spec| match spec.definition {
                Definition::Distance(_) if section.is_everybody() => Vec::new(),
                Definition::Distance(distance) => {
                    let groups: Vec<&ScoreDistribution> = included_only(&section.scores, &included);
                    let (between, to_overall) = distances(distance, &groups, everybody);
                    aggregate_kinds(spec)
                        .iter()
                        .map(|&kind| {
                            let value = match kind.method {
                                Some(Method::ToOverall) => to_overall,
                                _ => between,
                            };
                            let item = Item::Aggregate { spec, kind };
                            (item, Measured::without_interval(value))
                        })
                        .collect()
                }
                _ => self.values_of_score(spec, section, &included, everybody),
            })
            .collect()
    }

    /// The values of one metric that each group has a value of.
    fn values_of_score(
        &self,
        spec: &'static MetricSpec,
        section: &Section,
        included: &[bool],
        everybody: &ScoreDistribution,
    ) -> Vec<(Item, Measured)> {
        let groups: Vec<Measured> = section
            .scores
            .iter()
            .map(|scores| self.of_scores(spec, scores))
            .collect();
        let mut aggregated = Vec::new();
        if !section.is_everybody() {
            let without_value: Vec<usize> = (0..groups.len())
                .filter(|&group| included[group] && groups[group].value.is_err())
                .collect();
            let aggregates = Aggregates::new(
                included_only(&groups, included)
                    .into_iter()
                    .map(|group| group.value),
                value_of_scores(spec, everybody).0,
                self.options.convention,
            );
            aggregated.extend(aggregate_kinds(spec).iter().map(|&kind| {
                let measured = Measured {
                    without_value: without_value.clone(),
                    ..Measured::without_interval(aggregates.get(kind))
                };
                (Item::Aggregate { spec, kind }, measured)
            }));
        }
        let groups = groups.into_iter().enumerate();
        groups
            .map(|(group, measured)| (Item::Group { spec, group }, measured))
            .chain(aggregated)
            .collect()
    }

    fn of_scores(&self, spec: &MetricSpec, scores: &ScoreDistribution) -> Measured {
        let (estimate, standard_error) = value_of_scores(spec, scores);
        let mut measured = Measured::without_interval(estimate);
        let method = match spec.interval {
            IntervalKind::Normal => IntervalMethod::Normal,
            IntervalKind::DeLong => IntervalMethod::DeLong,
            _ => return measured,
        };
        let Ok(value) = estimate else {
            return measured;
        };
        let interval = standard_error.map(|error| normal(value, error, self.z, spec.range));
        match interval {
            Some(interval) if interval.is_point() => {
                // A few rows that agree say little of those that were not seen.
                let note = "no interval: the standard error is 0".to_owned();
                measured.notes.push(note);
            }
            Some(interval) => measured.interval = Some((interval, method)),
            None => {
                let note = "no interval: too few rows for a standard error".to_owned();
                measured.notes.push(note);
            }
        }
        measured
    }
}

fn included_only<'v, T>(values: &'v [T], included: &[bool]) -> Vec<&'v T> {
    let pairs = values.iter().zip(included);
    pairs
        .filter(|(_, included)| **included)
        .map(|(v, _)| v)
        .collect()
}
