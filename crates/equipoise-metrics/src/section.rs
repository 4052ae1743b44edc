//! The records of one section of an audit: of the groups of some of the attributes.

use rayon::prelude::*;

use crate::{
    Aggregates, Attributes, AuditOptions, Confusion, Convention, Definition, Error, Estimate,
    GroupCube, Interval, IntervalKind, IntervalMethod, Method, MetricSpec, Proportion, Record,
    Scope, ScoreDistribution,
    aggregate::combine,
    bootstrap::{BootstrapInterval, bootstrap},
    bounds::{self, Bounds, UnknownRows},
    double_corrected::double_corrected_variance,
    evaluation::{Item, Plan, aggregate_kinds, value_of_counts},
    interval::{normal, two_sided_quantile, wilson},
    notes,
    permutation::Permutation,
    record::group_list,
    reference,
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
        Attributes::of_cell(self.cube.schema(), group)
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
pub(crate) struct Measured {
    value: Estimate,
    interval: Option<(Interval, IntervalMethod)>,
    notes: Vec<String>,
    /// Of an aggregate: the groups that it should compare, and that have no value.
    without_value: Vec<usize>,
    bounds: Option<Bounds>,
    p_value: Option<f64>,
    corrected: Option<f64>,
}

impl Measured {
    /// Writes all but the groups into a record.
    pub(crate) fn write(self, record: &mut Record) {
        record.value = self.value.ok();
        record.low = self.interval.map(|(interval, _)| interval.low);
        record.high = self.interval.map(|(interval, _)| interval.high);
        record.reason = self.value.err().map(|reason| reason.to_string());
        record.interval = self.interval.map(|(_, method)| method);
        record.bounds = self.bounds;
        record.p_value = self.p_value;
        record.corrected = self.corrected;
        record.notes = self.notes;
    }

    fn without_interval(value: Estimate) -> Self {
        Self {
            value,
            interval: None,
            notes: Vec::new(),
            without_value: Vec::new(),
            bounds: None,
            p_value: None,
            corrected: None,
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

    pub(crate) fn has_rows(&self) -> bool {
        self.everybody.cube.rows() > 0
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
        if let Some(unknown) = UnknownRows::new(&section.cube, self.options) {
            let (unknown, homeless) = unknown.rows();
            notes.push(notes::unknown_groups(&by, unknown, homeless));
        }
        notes
    }

    /// Whether a group has rows, but too few.
    fn is_small(&self, rows: u64) -> bool {
        rows > 0 && rows < self.options.min_count()
    }

    fn is_left_out(&self, rows: u64) -> bool {
        self.options.min_count_excludes && self.is_small(rows)
    }

    /// The group that all others are compared with, where there is one.
    fn reference(&self, section: &Section) -> Option<usize> {
        reference::group(section.cube.schema(), section.group_sizes(), self.options)
    }

    /// Which groups have a part in the aggregates.
    pub(crate) fn included(&self, section: &Section) -> Vec<bool> {
        let unknown = bounds::is_unknown(section.cube.schema(), self.options);
        section
            .group_sizes()
            .zip(unknown)
            .map(|(rows, unknown)| rows > 0 && !unknown && !self.is_left_out(rows))
            .collect()
    }

    fn record(&self, section: &Section, item: Item, measured: Measured) -> Record {
        let without_value = measured.without_value.clone();
        let mut record = Record::new(item.spec().name, Scope::Overall);
        measured.write(&mut record);
        match item {
            Item::Group { group, .. } => {
                let rows = section.cube.cell_rows(group);
                if !section.is_everybody() {
                    record.scope = Scope::Group;
                }
                record.attributes = Some(section.attributes_of(group));
                record.count = Some(rows);
                if self.is_small(rows) {
                    let note = notes::small_group(self.options.min_count());
                    record.notes.push(note);
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
                    let note = notes::without_value(without_value.len(), compared, &names);
                    record.notes.push(note);
                }
            }
            Item::ToReference { group, kind, .. } => {
                record.scope = kind.scope;
                record.method = kind.method;
                record.attributes = Some(section.attributes_of(group));
                record.count = Some(section.cube.cell_rows(group));
                let reference = self.reference(section);
                record.reference = reference.map(|group| section.attributes_of(group));
            }
        }
        record
    }

    /// The values of all metrics that are made of counts.
    fn values_of_counts(&self, section: &Section) -> Vec<(Item, Measured)> {
        let metrics: Vec<&'static MetricSpec> = self
            .metrics
            .iter()
            .copied()
            .filter(|spec| spec.is_count_based() && !spec.needs_controls())
            .collect();
        let groups: Vec<Confusion> = (0..section.cube.cells())
            .map(|group| section.cube.confusion(group))
            .collect();
        let included = self.included(section);
        let reference = self.reference(section);
        let plan = Plan::new(
            &metrics,
            &groups,
            &included,
            self.options.convention,
            !section.is_everybody(),
            reference,
        );
        let values = plan.evaluate(&groups);
        let bootstrapped = self.bootstrapped(section, &plan, &values);
        let permutation = Permutation {
            metrics: &metrics,
            counts: section.cube.as_slice(),
            included: &included,
            reference,
            permutations: self.options.permutations(),
        };
        let p_values = permutation.p_values(&plan, &values);
        let overall = counts_of_all(&section.cube);
        let bounds = UnknownRows::new(&section.cube, self.options).map_or_else(
            || vec![None; values.len()],
            |unknown| unknown.of_items(&plan, &overall),
        );
        plan.items()
            .iter()
            .zip(values)
            .zip(bootstrapped)
            .zip(p_values.into_iter().zip(bounds))
            .map(|(((&item, value), bootstrapped), (p_value, bounds))| {
                let mut measured = match item {
                    Item::Group { spec, group } => {
                        self.of_group(spec, &groups[group], value, bootstrapped)
                    }
                    Item::Aggregate { spec, .. } => Measured {
                        without_value: plan.without_value(spec).to_vec(),
                        corrected: corrected(&plan, item, &groups),
                        ..self.with_bootstrap(value, bootstrapped)
                    },
                    Item::ToReference { .. } => self.with_bootstrap(value, bootstrapped),
                };
                measured.p_value = p_value;
                measured.bounds = bounds.filter(|_| value.is_ok());
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

    pub(crate) fn with_bootstrap(
        &self,
        value: Estimate,
        bootstrapped: Option<BootstrapInterval>,
    ) -> Measured {
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
                            let defined = self.options.convention.check_defines(kind);
                            let value = defined.and(value);
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
            .par_iter()
            .map(|scores| self.of_scores(spec, scores))
            .collect();
        let mut aggregated = Vec::new();
        let convention = self.options.convention;
        if !section.is_everybody() {
            let without_value: Vec<usize> = (0..groups.len())
                .filter(|&group| included[group] && groups[group].value.is_err())
                .collect();
            let aggregates = Aggregates::new(
                included_only(&groups, included)
                    .into_iter()
                    .map(|group| group.value),
                value_of_scores(spec, everybody).0,
                convention,
            );
            aggregated.extend(aggregate_kinds(spec).iter().map(|&kind| {
                let measured = Measured {
                    without_value: without_value.clone(),
                    ..Measured::without_interval(combine(&[aggregates], kind, convention))
                };
                (Item::Aggregate { spec, kind }, measured)
            }));
        }
        if let Some(reference) = self.reference(section) {
            let values = vec![groups.iter().map(|group| group.value).collect()];
            let items = reference::items(spec, groups.len(), reference, convention);
            let values = reference::values(spec, &values, reference, convention);
            aggregated.extend(items.zip(values.map(Measured::without_interval)));
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

/// The counts of all groups together.
fn counts_of_all(cube: &GroupCube) -> [u64; 4] {
    let mut all = [0; 4];
    for group in 0..cube.cells() {
        for (sum, count) in all.iter_mut().zip(cube.counts(group)) {
            *sum += count;
        }
    }
    all
}

/// The variance between the groups compared, without the noise.
fn corrected(plan: &Plan, item: Item, groups: &[Confusion]) -> Option<f64> {
    let Item::Aggregate { spec, kind } = item else {
        return None;
    };
    let (part, compared) = plan.parts(spec).next()?;
    let Definition::Rate(proportion) = part.definition else {
        return None;
    };
    if kind.scope != Scope::Variance {
        return None;
    }
    let compared = groups
        .iter()
        .zip(compared)
        .filter(|(_, compared)| **compared);
    let shares: Vec<Proportion> = compared.map(|(group, _)| proportion(group)).collect();
    double_corrected_variance(&shares)
}

fn included_only<'v, T>(values: &'v [T], included: &[bool]) -> Vec<&'v T> {
    let pairs = values.iter().zip(included);
    pairs
        .filter(|(_, included)| **included)
        .map(|(v, _)| v)
        .collect()
}
