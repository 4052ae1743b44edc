//! One name for each value by which an audit can be judged.

use std::{fmt, str::FromStr};

use equipoise_core::closest;

use crate::{
    Audit, Definition, Direction, Error, METRICS, Method, MetricSpec, Record, Scope,
    evaluation::aggregate_kinds, reference,
};

/// A value of an audit by which it can be judged: an overall value, an aggregate over groups, or the
/// values of each group against the reference group.
///
/// | name | value |
/// |---|---|
/// | `accuracy` | of all rows |
/// | `accuracy_difference`, `accuracy_ratio` | largest against smallest group value |
/// | `accuracy_difference_to_overall`, `accuracy_ratio_to_overall` | the group furthest from the overall value |
/// | `accuracy_difference_to_reference`, `accuracy_ratio_to_reference` | of each group to the reference group |
/// | `accuracy_min`, `accuracy_max` | smallest and largest group value |
/// | `accuracy_variance` | variance between the groups |
/// | `worst_group_accuracy` | the worse of these two |
/// | `equalized_odds_difference`, `equalized_odds_difference_mean`, `equalized_odds_difference_sum` | largest gap, mean, sum |
/// | `equalized_odds_ratio`, `equalized_odds_ratio_mean` | smallest ratio, mean |
/// | `abcc`, `mutual_information` | as `abcc_difference`: a number that only groups together have |
/// | `adverse_impact_ratio` | the four-fifths rule asks for 0.8 |
///
/// ```
/// use equipoise_metrics::{Quantity, Scope};
///
/// let quantity: Quantity = "worst_group_accuracy".parse()?;
/// assert_eq!(quantity.scope(), Scope::Min);
/// assert_eq!(quantity.to_string(), "accuracy_min");
/// # Ok::<(), equipoise_metrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    spec: &'static MetricSpec,
    scope: Scope,
    method: Option<Method>,
}

impl Quantity {
    /// All quantities of the registry, each once.
    pub fn all() -> Vec<Self> {
        METRICS.iter().copied().flat_map(Self::of_metric).collect()
    }

    /// The quantities of one metric.
    fn of_metric(spec: &'static MetricSpec) -> Vec<Self> {
        let overall = spec.has_group_values().then_some(Self {
            spec,
            scope: Scope::Overall,
            method: None,
        });
        let aggregates = aggregate_kinds(spec).iter().map(|kind| Self {
            spec,
            scope: kind.scope,
            method: kind.method,
        });
        let to_reference = reference::kinds(spec).iter().map(|kind| Self {
            spec,
            scope: kind.scope,
            method: kind.method,
        });
        overall
            .into_iter()
            .chain(aggregates)
            .chain(to_reference)
            .collect()
    }

    /// The metric.
    pub fn metric(&self) -> &'static MetricSpec {
        self.spec
    }

    /// Whether it is of all rows, or which aggregate.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// How groups are compared; `None` for an overall value, a minimum and a maximum.
    pub fn method(&self) -> Option<Method> {
        self.method
    }

    /// Its record in an audit, or `None`; of several groups against the reference group, that of
    /// the first. `by` does not matter to an overall value.
    pub fn find<'a>(&self, audit: &'a Audit, by: &[&str]) -> Option<&'a Record> {
        self.find_all(audit, by).into_iter().next()
    }

    /// Its records in an audit: one of each group against the reference group, and otherwise at
    /// most one.
    pub fn find_all<'a>(&self, audit: &'a Audit, by: &[&str]) -> Vec<&'a Record> {
        let name = self.spec.name;
        match (self.scope, self.method) {
            (Scope::Overall, _) => audit.overall(name).into_iter().collect(),
            (scope, Some(Method::ToReference)) => audit.to_reference(name, scope, by).collect(),
            (scope, method) => audit
                .aggregate(name, scope, by, method)
                .into_iter()
                .collect(),
        }
    }

    /// The same of one class or output, of [`MACRO`](crate::MACRO) or of [`MICRO`](crate::MICRO).
    pub fn find_all_of<'a>(&self, audit: &'a Audit, by: &[&str], class: &str) -> Vec<&'a Record> {
        let (name, class) = (self.spec.name, Some(class));
        match (self.scope, self.method) {
            (Scope::Overall, _) => audit.overall_of(name, class).into_iter().collect(),
            (scope, Some(Method::ToReference)) => {
                audit.to_reference_of(name, scope, by, class).collect()
            }
            (scope, method) => audit
                .aggregate_of(name, scope, by, method, class)
                .into_iter()
                .collect(),
        }
    }

    /// Another name, where it has one.
    fn alias(&self) -> Option<String> {
        let name = self.spec.name;
        match (self.scope, self.spec.direction) {
            (Scope::Min, Direction::HigherIsBetter) | (Scope::Max, Direction::LowerIsBetter) => {
                Some(format!("worst_group_{name}"))
            }
            (Scope::Difference, _)
                if !self.spec.has_group_values()
                    && !matches!(self.spec.definition, Definition::Parity(_))
                    && self.method == Some(Method::BetweenGroups) =>
            {
                Some(name.to_owned())
            }
            _ => None,
        }
    }
}

/// The name.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spec.name)?;
        if self.scope != Scope::Overall {
            write!(f, "_{}", self.scope.name())?;
        }
        match self.method {
            // What is meant where nothing more is said.
            None | Some(Method::BetweenGroups | Method::Max | Method::Min) => Ok(()),
            Some(method) => write!(f, "_{}", method.name()),
        }
    }
}

impl FromStr for Quantity {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let all = Self::all();
        let known = |quantity: &&Self| {
            quantity.to_string() == name || quantity.alias().is_some_and(|alias| alias == name)
        };
        all.iter().find(known).copied().ok_or_else(|| {
            let names: Vec<String> = all
                .iter()
                .flat_map(|quantity| [Some(quantity.to_string()), quantity.alias()])
                .flatten()
                .collect();
            Error::UnknownQuantity {
                name: name.to_owned(),
                closest: closest(name, names.iter().map(String::as_str)).map(str::to_owned),
            }
        })
    }
}
