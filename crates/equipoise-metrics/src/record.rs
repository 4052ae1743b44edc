//! The audit as a value: one tidy list of records.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
    ser::SerializeMap,
};

use equipoise_core::GroupSchema;

use crate::{Bounds, Convention};

/// What an audit found: `equipoise.audit/1`.
///
/// Every metric, of all rows, of every group of every attribute and intersection, and its gaps,
/// is one [`Record`] of the same shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// The version of the format.
    pub schema: AuditSchema,
    /// The number of rows.
    pub rows: u64,
    /// The answers to the questions on which toolkits differ.
    pub convention: Convention,
    /// The confidence of all intervals, in `(0, 1)`.
    pub confidence: f64,
    /// The size below which a group is marked as small.
    pub min_count: u64,
    /// Whether small groups have no part in differences, ratios, minima and maxima.
    #[serde(default)]
    pub min_count_excludes: bool,
    /// The attributes, in the order in which they were named.
    pub attributes: Vec<String>,
    /// The strata of the control attributes that have rows, in order; none where there are no
    /// controls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strata: Vec<Stratum>,
    /// All values: first of all rows, then of each attribute, then of the intersections.
    pub records: Vec<Record>,
    /// What a reader must know about the whole, as sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The rows that are alike in the control attributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stratum {
    /// The control attributes and the values that these rows have in common.
    pub control: Attributes,
    /// The number of rows.
    pub rows: u64,
}

/// The version of the format of an [`Audit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum AuditSchema {
    /// The first.
    #[default]
    #[serde(rename = "equipoise.audit/1")]
    V1,
}

/// The [`Record::class`] of a mean of the values of all classes, or of all outputs.
pub const MACRO: &str = "(macro)";

/// The [`Record::class`] of the value of all outputs' answers put together.
pub const MICRO: &str = "(micro)";

/// One value of an audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The metric's name in the registry.
    pub metric: String,
    /// What the value is of.
    pub scope: Scope,
    /// Of an outcome of several classes or outputs: the one against the rest that the value is of,
    /// or [`MACRO`] or [`MICRO`] for a mean over all of them; absent for a value of the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Of all rows, of a group, and of a group against the reference group: the attributes and
    /// their values; empty for all rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Attributes>,
    /// The stratum that the value is of, where control attributes are given: the rows with these
    /// values. Absent for a value of all strata together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Attributes>,
    /// Of a difference or a ratio to a reference group: that group. The group compared with it
    /// is in `attributes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Attributes>,
    /// Of an aggregate: the attributes whose groups are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Vec<String>>,
    /// Of a difference or a ratio: how the groups are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// Of all rows and of a group: the number of rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The value; `None` where it is not estimable, and then `reason` says why.
    pub value: Option<f64>,
    /// The lower end of the interval, where there is one.
    pub low: Option<f64>,
    /// The upper end of the interval, where there is one.
    pub high: Option<f64>,
    /// Why there is no value.
    pub reason: Option<String>,
    /// Of an aggregate: the groups that it leaves out although they have rows, and are not left
    /// out for being small. They have no value of the metric (or of one that the notion asks to
    /// be equal), so nothing is known of how they are treated. Of a conditional notion: the strata
    /// in which there is nothing to compare.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_value: Vec<Attributes>,
    /// How the interval was made.
    #[serde(default)]
    pub interval: Option<IntervalMethod>,
    /// What the rows of unknown group may make of the value, where there are such rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<Bounds>,
    /// Of a difference of a metric of counts: the p-value of the permutation test of "no
    /// difference".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
    /// The p-value corrected for the number of tests of the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjusted_p_value: Option<f64>,
    /// Of a variance between groups: what is left of it without sampling noise, by
    /// [`double_corrected_variance`](crate::double_corrected_variance). Negative where groups
    /// differ less than noise alone would have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<f64>,
    /// What a reader must know about this value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What a value is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All rows.
    Overall,
    /// One group.
    Group,
    /// How far groups lie apart; 0 where they agree.
    Difference,
    /// The smaller in terms of the larger; 1 where groups agree.
    Ratio,
    /// The smallest value of a group.
    Min,
    /// The largest value of a group.
    Max,
    /// The sample variance of the values of the groups.
    Variance,
}

/// How groups are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The largest with the smallest group value.
    BetweenGroups,
    /// Each group value with the overall one; the worst counts.
    ToOverall,
    /// The largest of the gaps that a notion asks to vanish.
    Max,
    /// Their mean.
    Mean,
    /// Their sum.
    Sum,
    /// The smallest of the ratios that a notion asks to be 1.
    Min,
    /// One group with the reference group: a signed difference, or a ratio that may exceed 1.
    ToReference,
}

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IntervalMethod {
    /// Wilson score interval.
    Wilson,
    /// Jeffreys interval.
    Jeffreys,
    /// Percentiles of the bootstrap.
    Bootstrap,
    /// Normal standard error.
    Normal,
    /// Standard error of DeLong, DeLong and Clarke-Pearson.
    #[serde(rename = "delong")]
    DeLong,
    /// Percentiles of a bootstrap that draws rows one by one, since they differ in more than their
    /// cell.
    RowBootstrap,
    /// Percentiles of a bootstrap that draws entities with all their rows.
    EntityBootstrap,
    /// From the intervals of the groups that are compared:
    /// [`gap_interval`](crate::gap_interval).
    Pairs,
}

impl Scope {
    /// The name as files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overall => "overall",
            Self::Group => "group",
            Self::Difference => "difference",
            Self::Ratio => "ratio",
            Self::Min => "min",
            Self::Max => "max",
            Self::Variance => "variance",
        }
    }
}

impl Method {
    /// The name as files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::BetweenGroups => "between_groups",
            Self::ToOverall => "to_overall",
            Self::Max => "max",
            Self::Mean => "mean",
            Self::Sum => "sum",
            Self::Min => "min",
            Self::ToReference => "to_reference",
        }
    }
}

impl IntervalMethod {
    /// The name as files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wilson => "wilson",
            Self::Jeffreys => "jeffreys",
            Self::Bootstrap => "bootstrap",
            Self::Normal => "normal",
            Self::DeLong => "delong",
            Self::RowBootstrap => "row_bootstrap",
            Self::EntityBootstrap => "entity_bootstrap",
            Self::Pairs => "pairs",
        }
    }
}

/// The values of some attributes, in order; written as a JSON object.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Attributes(pub Vec<(String, String)>);

impl Attributes {
    /// The attributes of a group of a schema.
    pub(crate) fn of_cell(schema: &GroupSchema, cell: usize) -> Self {
        let pairs = schema.describe(cell).into_iter();
        Self(
            pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    /// The value of an attribute, or `None`.
    pub fn get(&self, attribute: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == attribute)
            .map(|(_, value)| value.as_str())
    }

    /// The attributes' names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The attributes' values, in order.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, value)| value.as_str())
    }
}

/// `sex=Female, race=Black`; `all` where there is no attribute.
impl fmt::Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("all");
        }
        for (index, (name, value)) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{name}={value}")?;
        }
        Ok(())
    }
}

/// Groups by their values, as in `Female x Black, Male x White`; of many, the first few.
pub(crate) fn group_list(groups: &[Attributes]) -> String {
    const SHOWN: usize = 8;
    let names = groups.iter().take(SHOWN).map(|group| {
        let values: Vec<&str> = group.values().collect();
        values.join(" x ")
    });
    let names = names.collect::<Vec<String>>().join(", ");
    match groups.len().saturating_sub(SHOWN) {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Attributes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of attribute values")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Attributes, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Attributes(pairs))
            }
        }

        deserializer.deserialize_map(Pairs)
    }
}

impl Record {
    fn is_of(&self, class: Option<&str>) -> bool {
        self.class.as_deref() == class
    }

    /// A record of a metric that has no value yet.
    pub fn new(metric: &str, scope: Scope) -> Self {
        Self {
            metric: metric.to_owned(),
            scope,
            class: None,
            attributes: None,
            control: None,
            reference: None,
            by: None,
            method: None,
            count: None,
            value: None,
            low: None,
            high: None,
            reason: None,
            without_value: Vec::new(),
            interval: None,
            bounds: None,
            p_value: None,
            adjusted_p_value: None,
            corrected: None,
            notes: Vec::new(),
        }
    }

    /// That there are groups without a value, which no gap can speak for; `None` where every
    /// group that should be compared is.
    pub(crate) fn gap_in_groups(&self) -> Option<String> {
        (!self.without_value.is_empty())
            .then(|| format!("there is no value for {}", group_list(&self.without_value)))
    }
}

impl Audit {
    /// The records of all strata together.
    fn of_all_rows(&self) -> impl Iterator<Item = &Record> {
        self.records
            .iter()
            .filter(|record| record.control.is_none())
    }

    /// The record of a metric over all rows, or `None`.
    ///
    /// Where there are several classes or outputs, this and the other look-ups give the value of
    /// the whole model, and the macro mean where a metric has none.
    pub fn overall(&self, metric: &str) -> Option<&Record> {
        self.overall_of(metric, self.main_class(metric))
    }

    /// The same of one class or output, of [`MACRO`], of [`MICRO`], or of the whole (`None`).
    pub fn overall_of(&self, metric: &str, class: Option<&str>) -> Option<&Record> {
        self.of_all_rows().find(|record| {
            record.scope == Scope::Overall && record.metric == metric && record.is_of(class)
        })
    }

    /// The records of a metric for the groups of exactly the given attributes, in the order of
    /// the attributes' values.
    pub fn groups(&self, metric: &str, by: &[&str]) -> impl Iterator<Item = &Record> {
        self.groups_of(metric, by, self.main_class(metric))
    }

    /// The same of one class or output, of [`MACRO`], of [`MICRO`], or of the whole (`None`).
    pub fn groups_of(
        &self,
        metric: &str,
        by: &[&str],
        class: Option<&str>,
    ) -> impl Iterator<Item = &Record> {
        self.of_all_rows().filter(move |record| {
            record.scope == Scope::Group
                && record.metric == metric
                && record.is_of(class)
                && record
                    .attributes
                    .as_ref()
                    .is_some_and(|attributes| attributes.names().eq(by.iter().copied()))
        })
    }

    /// The record of an aggregate over the groups of the given attributes, or `None`.
    ///
    /// `method` is `None` for the scopes `min` and `max`.
    pub fn aggregate(
        &self,
        metric: &str,
        scope: Scope,
        by: &[&str],
        method: Option<Method>,
    ) -> Option<&Record> {
        self.aggregate_of(metric, scope, by, method, self.main_class(metric))
    }

    /// The same of one class or output, of [`MACRO`], of [`MICRO`], or of the whole (`None`).
    pub fn aggregate_of(
        &self,
        metric: &str,
        scope: Scope,
        by: &[&str],
        method: Option<Method>,
        class: Option<&str>,
    ) -> Option<&Record> {
        self.of_all_rows().find(|record| {
            record.scope == scope
                && record.metric == metric
                && record.is_of(class)
                && record.method == method
                && record.by.as_ref().is_some_and(|names| names == by)
        })
    }

    /// The records of the groups of the given attributes against the reference group: `scope` is
    /// `difference` or `ratio`.
    pub fn to_reference(
        &self,
        metric: &str,
        scope: Scope,
        by: &[&str],
    ) -> impl Iterator<Item = &Record> {
        self.to_reference_of(metric, scope, by, self.main_class(metric))
    }

    /// The same of one class or output, of [`MACRO`], of [`MICRO`], or of the whole (`None`).
    pub fn to_reference_of(
        &self,
        metric: &str,
        scope: Scope,
        by: &[&str],
        class: Option<&str>,
    ) -> impl Iterator<Item = &Record> {
        self.of_all_rows().filter(move |record| {
            record.method == Some(Method::ToReference)
                && record.scope == scope
                && record.metric == metric
                && record.is_of(class)
                && record
                    .attributes
                    .as_ref()
                    .is_some_and(|attributes| attributes.names().eq(by.iter().copied()))
        })
    }

    /// The classes or outputs of the records, and their means, in order; only `None` where the
    /// outcome is one.
    pub fn classes(&self) -> Vec<Option<&str>> {
        let mut classes = Vec::new();
        for record in &self.records {
            if !classes.contains(&record.class.as_deref()) {
                classes.push(record.class.as_deref());
            }
        }
        classes
    }

    /// The class of the value that is meant where none is named.
    fn main_class(&self, metric: &str) -> Option<&'static str> {
        let mut records = self.records.iter().filter(|r| r.metric == metric);
        let whole = records.next().is_none_or(|first| first.class.is_none())
            || records.any(|record| record.class.is_none());
        (!whole).then_some(MACRO)
    }

    /// The audit of one of the [`strata`](Self::strata) alone, as if there were no other.
    #[must_use]
    pub fn within(&self, stratum: &Stratum) -> Self {
        let of_stratum = self.records.iter();
        let of_stratum =
            of_stratum.filter(|record| record.control.as_ref() == Some(&stratum.control));
        let records: Vec<Record> = of_stratum
            .map(|record| Record {
                control: None,
                ..record.clone()
            })
            .collect();
        Self {
            schema: self.schema,
            rows: stratum.rows,
            attributes: self.attributes.clone(),
            strata: Vec::new(),
            records,
            notes: Vec::new(),
            ..*self
        }
    }

    /// The sets of attributes whose groups are compared: each alone, then the intersections.
    pub fn sections(&self) -> Vec<Vec<&str>> {
        let mut sections: Vec<Vec<&str>> = Vec::new();
        for by in self.records.iter().filter_map(|record| record.by.as_ref()) {
            let by: Vec<&str> = by.iter().map(String::as_str).collect();
            if !sections.contains(&by) {
                sections.push(by);
            }
        }
        sections
    }

    /// The names of the metrics, in order, those with group values and those without.
    pub fn metrics(&self) -> Vec<&str> {
        let mut metrics: Vec<&str> = Vec::new();
        for record in &self.records {
            if !metrics.contains(&record.metric.as_str()) {
                metrics.push(&record.metric);
            }
        }
        metrics
    }
}
