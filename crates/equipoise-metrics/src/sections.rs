//! The records of the sections of an audit.

use crate::{
    AuditOptions, Error, MACRO, MICRO, MetricSpec, Record, Scope,
    bounds::{self, UnknownRows},
    evaluation::{Item, aggregate_kinds},
    interval::two_sided_quantile,
    interval_source::IntervalSources,
    measured::Measured,
    notes,
    record::group_list,
    reference,
    section::Section,
    views::View,
};

/// The numbers that the bootstrap of one section may hold in memory: one gibibyte.
const MAX_BOOTSTRAP_NUMBERS: usize = 1 << 27;

/// What rows are to the bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sampling {
    /// Independent, and alike within a cell.
    Cells,
    /// Independent, each its own.
    Rows,
    /// Independent, each its own, and in several groups at once: no trials of any of them.
    SoftRows,
    /// Dependent within an entity.
    Entities,
}

impl Sampling {
    /// Whether a value of one group can have an interval from its own counts or standard error.
    pub(crate) fn has_trials(self) -> bool {
        matches!(self, Self::Cells | Self::Rows)
    }
}

/// What all sections of an audit share.
#[derive(Debug)]
pub(crate) struct Sections<'a> {
    pub(crate) options: &'a AuditOptions,
    pub(crate) metrics: &'a [&'static MetricSpec],
    /// The names of the classes or outputs.
    pub(crate) classes: Vec<&'a str>,
    pub(crate) sampling: Sampling,
    pub(crate) is_weighted: bool,
    /// The normal quantile of the confidence.
    pub(crate) z: f64,
    pub(crate) everybody: Section,
}

impl<'a> Sections<'a> {
    pub(crate) fn new(
        options: &'a AuditOptions,
        metrics: &'a [&'static MetricSpec],
        classes: Vec<&'a str>,
        (sampling, is_weighted): (Sampling, bool),
        everybody: Section,
    ) -> Self {
        Self {
            options,
            metrics,
            classes,
            sampling,
            is_weighted,
            z: two_sided_quantile(options.confidence),
            everybody,
        }
    }

    /// Checks that the bootstrap of the groups of the full intersection fits into memory.
    pub(crate) fn check_bootstrap_size(&self, full: &Section) -> Result<(), Error> {
        let groups = full.group_sizes().filter(|&rows| rows > 0).count();
        let (shape, sources) = (full.tallies.shape(), self.sources(full));
        let has_reference = self.reference(full).is_some();
        let values: usize = self
            .metrics_of_sums(full)
            .into_iter()
            .flat_map(|spec| shape.views(spec).into_iter().map(move |view| (spec, view)))
            .map(|(spec, view)| {
                let bootstrapped =
                    |item: Item| usize::from(sources.is_bootstrapped(item) && self.is_needed(item));
                let group = bootstrapped(Item::Group {
                    spec,
                    view,
                    group: 0,
                });
                let aggregates = aggregate_kinds(spec)
                    .iter()
                    .map(|&kind| bootstrapped(Item::Aggregate { spec, view, kind }));
                let to_reference = reference::kinds(spec).iter().map(|&kind| {
                    let group = 0;
                    bootstrapped(Item::ToReference {
                        spec,
                        view,
                        group,
                        kind,
                    })
                });
                let each_group = groups * usize::from(spec.has_group_values());
                let each_comparison = groups * usize::from(has_reference);
                each_group * group
                    + aggregates.sum::<usize>()
                    + each_comparison * to_reference.sum::<usize>()
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
        let mut values = self.values_of_sums(section);
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
        if self.options.replicates == 0 {
            notes.push(
                "nothing was bootstrapped: values whose interval would come from it have none"
                    .to_owned(),
            );
        } else if self.bootstraps_gaps() {
            let gaps = if self.sources(&self.everybody).may_be_pairs() {
                "gaps to the overall value, of means and sums of gaps, and of groups together"
            } else {
                "gaps between groups"
            };
            notes.push(format!(
                "bootstrap intervals of {gaps} cover less often than their confidence says where \
                 the groups are nearly equal"
            ));
        }
        let mut metrics = self.metrics.iter();
        if metrics.any(|spec| spec.needs_scores()) {
            notes.push(if self.sources(&self.everybody).may_be_pairs() {
                "of metrics of scores, gaps to the overall value, distances between \
                 distributions, and means over classes have no intervals"
                    .to_owned()
            } else {
                "gaps of metrics of scores have no intervals".to_owned()
            });
        }
        if self.is_weighted {
            notes.push(
                "rows are weighted: values are of sums of weights, numbers of rows are not, and \
                 intervals count the effective number of rows"
                    .to_owned(),
            );
        }
        match self.sampling {
            Sampling::Cells | Sampling::Rows => {}
            Sampling::SoftRows => notes.push(
                "groups are known as probabilities: a row counts into each group with its \
                 probability, and numbers of rows are expected ones"
                    .to_owned(),
            ),
            Sampling::Entities => notes.push(
                "rows of one entity depend on each other: intervals come from drawing entities, \
                 and metrics of scores have none"
                    .to_owned(),
            ),
        }
        notes
    }

    /// Whether the intervals of some largest or smallest gaps come from the bootstrap: such a gap
    /// is biased in each replicate.
    fn bootstraps_gaps(&self) -> bool {
        let (sources, shape) = (
            self.sources(&self.everybody),
            self.everybody.tallies.shape(),
        );
        self.metrics.iter().any(|&spec| {
            let mut views = shape.views(spec).into_iter();
            let kinds = aggregate_kinds(spec).iter();
            let of_sums = spec.is_of_sums();
            of_sums
                && views.any(|view| {
                    kinds
                        .clone()
                        .any(|&kind| sources.is_bootstrapped(Item::Aggregate { spec, view, kind }))
                })
        })
    }

    /// What a reader must know about one section.
    pub(crate) fn notes_on(&self, section: &Section) -> Vec<String> {
        let by = section.by().join(" x ");
        let groups = section.tallies.groups();
        let empty = (0..groups)
            .filter(|&group| section.tallies.is_empty(group))
            .count();
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
        let tallies = &section.tallies;
        let view = tallies.shape().counted().first().copied();
        let unknown = view.and_then(|view| UnknownRows::new(tallies, view, self.options));
        if let Some(unknown) = unknown {
            let (unknown, homeless) = unknown.rows();
            notes.push(notes::unknown_groups(&by, unknown, homeless));
        }
        notes
    }

    pub(crate) fn has_rows(&self) -> bool {
        !self.everybody.tallies.is_empty(0)
    }

    /// Where the intervals of a section come from.
    pub(crate) fn sources(&self, section: &Section) -> IntervalSources {
        IntervalSources {
            shape: section.tallies.shape(),
            trials: self.sampling.has_trials(),
            gaps: self.options.gaps,
        }
    }

    /// The group that all others are compared with, where there is one.
    pub(crate) fn reference(&self, section: &Section) -> Option<usize> {
        let schema = section.tallies.schema();
        reference::group(schema, section.group_sizes(), self.options)
    }

    /// Whether a group has rows, but too few.
    fn is_small(&self, rows: u64) -> bool {
        rows > 0 && rows < self.options.min_count()
    }

    /// Which groups have a part in the aggregates.
    pub(crate) fn included(&self, section: &Section) -> Vec<bool> {
        let unknown = bounds::is_unknown(section.tallies.schema(), self.options);
        let excludes = |rows| self.options.min_count_excludes && self.is_small(rows);
        section
            .group_sizes()
            .zip(unknown)
            .enumerate()
            .map(|(group, (rows, unknown))| {
                !section.tallies.is_empty(group) && !unknown && !excludes(rows)
            })
            .collect()
    }

    /// The class or output that a view is of.
    pub(crate) fn class(&self, view: View) -> Option<String> {
        match view {
            View::Whole => None,
            View::One(class) => self.classes.get(class).map(|&name| name.to_owned()),
            View::Macro => Some(MACRO.to_owned()),
            View::Micro => Some(MICRO.to_owned()),
        }
    }

    fn record(&self, section: &Section, item: Item, measured: Measured) -> Record {
        let without_value = measured.without_value.clone();
        let mut record = Record::new(item.spec().name, Scope::Overall);
        measured.write(&mut record);
        record.class = self.class(item.view());
        match item {
            Item::Group { group, .. } => {
                let rows = section.tallies.rows(group);
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
                record.count = Some(section.tallies.rows(group));
                let reference = self.reference(section);
                record.reference = reference.map(|group| section.attributes_of(group));
            }
        }
        record
    }
}
