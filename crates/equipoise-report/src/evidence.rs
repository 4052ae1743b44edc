//! Looking numbers up in an audit.

use std::collections::{BTreeMap, BTreeSet};

use equipoise_metrics::{Attributes, Audit, Method, Record, Scope};

/// One number with its interval, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Estimate {
    /// The number; finite.
    pub(crate) value: Option<f64>,
    /// The two ends of its interval; finite.
    pub(crate) interval: Option<(f64, f64)>,
    /// How many people it is about.
    pub(crate) count: Option<u64>,
    /// Why there is no number.
    pub(crate) reason: Option<String>,
}

impl Estimate {
    fn of_record(record: &Record) -> Self {
        let value = record.value.filter(|value| value.is_finite());
        let interval = match (record.low, record.high) {
            (Some(low), Some(high)) if low.is_finite() && high.is_finite() => Some((low, high)),
            _ => None,
        };
        let reason = match (&record.reason, value, record.value) {
            (_, Some(_), _) => None,
            (Some(reason), None, _) => Some(reason.clone()),
            (None, None, Some(_)) => Some("the number is not finite".to_owned()),
            (None, None, None) => Some("the audit gives no reason".to_owned()),
        };
        Self {
            interval: value.and(interval),
            value,
            count: record.count,
            reason,
        }
    }

    /// Whether the intervals of two numbers share a point; `None` where one has no interval.
    pub(crate) fn overlaps(&self, other: &Self) -> Option<bool> {
        let (low, high) = self.interval?;
        let (other_low, other_high) = other.interval?;
        Some(low <= other_high && other_low <= high)
    }
}

/// One group of people, as an audit has it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    /// The values, one for each attribute asked for, in that order.
    pub(crate) values: Vec<String>,
    /// How many people it has, where the audit says so.
    pub(crate) count: Option<u64>,
}

impl Group {
    /// The values in one text: `Female`, `Female · Black`.
    pub(crate) fn label(&self) -> String {
        self.values.join(" · ")
    }
}

/// An audit that can be asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence<'a> {
    audit: &'a Audit,
}

impl<'a> Evidence<'a> {
    /// The evidence of an audit.
    pub(crate) fn new(audit: &'a Audit) -> Self {
        Self { audit }
    }

    /// The audit itself.
    pub(crate) fn audit(self) -> &'a Audit {
        self.audit
    }

    /// Whether it has values of a metric by group.
    pub(crate) fn has_groups(self, metric: &str) -> bool {
        self.audit
            .records
            .iter()
            .any(|record| record.scope == Scope::Group && record.metric == metric)
    }

    /// Whether a metric has one value, that of everybody, in all groups.
    pub(crate) fn is_even(self, metric: &str) -> bool {
        let everybody = self.overall(metric).and_then(|overall| overall.value);
        self.audit
            .records
            .iter()
            .filter(|record| record.scope == Scope::Group && record.metric == metric)
            .all(|record| match (record.value, everybody) {
                (Some(value), Some(everybody)) => (value - everybody).abs() < 1e-9,
                (None, _) => true,
                (Some(_), None) => false,
            })
    }

    /// The number for everybody.
    pub(crate) fn overall(self, metric: &str) -> Option<Estimate> {
        self.audit.overall(metric).map(Estimate::of_record)
    }

    /// The numbers of all groups of exactly these attributes, by the attributes' values.
    pub(crate) fn by_group(self, metric: &str, by: &[&str]) -> BTreeMap<Vec<String>, Estimate> {
        self.audit
            .groups(metric, by)
            .map(|record| (values_of(record), Estimate::of_record(record)))
            .collect()
    }

    /// The difference between groups: the largest over all pairs, and the larger of two gaps for
    /// equalized odds.
    pub(crate) fn gap(self, metric: &str, by: &[&str]) -> Option<Estimate> {
        [Some(Method::BetweenGroups), Some(Method::Max), None]
            .into_iter()
            .find_map(|method| self.audit.aggregate(metric, Scope::Difference, by, method))
            .map(Estimate::of_record)
    }

    /// The number of the group that has the least.
    pub(crate) fn lowest(self, metric: &str, by: &[&str]) -> Option<Estimate> {
        self.audit
            .aggregate(metric, Scope::Min, by, None)
            .map(Estimate::of_record)
    }

    /// The groups of exactly these attributes, in the order of the audit, with the number of
    /// people.
    pub(crate) fn groups(self, by: &[&str]) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut places: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for metric in self.audit.metrics() {
            for record in self.audit.groups(metric, by) {
                let values = values_of(record);
                if let Some(place) = places.get(&values) {
                    let group = &mut groups[*place];
                    group.count = group.count.max(record.count);
                } else {
                    places.insert(values.clone(), groups.len());
                    groups.push(Group {
                        values,
                        count: record.count,
                    });
                }
            }
        }
        groups
    }
}

/// The values of a group's attributes; none where the record is of no group.
fn values_of(record: &Record) -> Vec<String> {
    record
        .attributes
        .iter()
        .flat_map(Attributes::values)
        .map(str::to_owned)
        .collect()
}

/// The metrics that any of several audits has, in the order of the first that has them.
pub(crate) fn all_metrics<'a>(evidence: &[Evidence<'a>]) -> Vec<&'a str> {
    let mut metrics: Vec<&str> = Vec::new();
    for metric in evidence
        .iter()
        .flat_map(|evidence| evidence.audit().metrics())
    {
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    metrics
}

/// The groups that any of several audits has, in the order of the first that has them.
pub(crate) fn all_groups(evidence: &[Evidence<'_>], by: &[&str]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut seen: BTreeSet<Vec<String>> = BTreeSet::new();
    for group in evidence.iter().flat_map(|evidence| evidence.groups(by)) {
        if seen.insert(group.values.clone()) {
            groups.push(group);
        }
    }
    groups
}
