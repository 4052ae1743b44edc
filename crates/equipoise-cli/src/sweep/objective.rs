//! What is measured of a run, and which way it is better.

use std::fmt;

use equipoise_metrics::{Audit, Direction, Method, Quantity, Record, Scope, Unit};
use serde::{Deserialize, Serialize};

/// A metric of an audit, as a file names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeasureTable {
    /// The name of a quantity, such as `accuracy` or `demographic_parity_difference`.
    pub(crate) metric: String,
    /// The attribute whose groups are compared; none for a value of all rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) attribute: Option<String>,
}

/// Which way a measure gets better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Goal {
    /// Larger is better.
    Up,
    /// Smaller is better.
    Down,
}

/// What is measured of a run.
#[derive(Debug, Clone)]
pub(crate) struct Objective {
    quantity: Quantity,
    attribute: Option<String>,
    goal: Goal,
}

/// What is wrong with a measure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ObjectiveError {
    /// The metric is not known.
    #[error(transparent)]
    Metric(#[from] equipoise_metrics::Error),
    /// Neither more nor less of it is better.
    #[error("neither more nor less `{0}` is better by itself, so that it is no objective")]
    Neutral(Quantity),
    /// It has a value for each group, and not one.
    #[error("`{0}` has a value for each group, and an objective is one number")]
    Several(Quantity),
    /// It compares groups, and none are named.
    #[error("`{0}` compares groups, and no `attribute` is named")]
    NoAttribute(Quantity),
    /// It is of all rows, and an attribute is named.
    #[error("`{0}` is of all rows, and an `attribute` is named")]
    NeedlessAttribute(Quantity),
}

impl Objective {
    /// A measure by its names.
    ///
    /// # Errors
    ///
    /// When the metric is not known, is better in neither way, has several values, or does not fit
    /// the attribute.
    pub(crate) fn new(table: &MeasureTable) -> Result<Self, ObjectiveError> {
        let quantity: Quantity = table.metric.parse()?;
        if quantity.method() == Some(Method::ToReference) {
            return Err(ObjectiveError::Several(quantity));
        }
        match (quantity.scope(), &table.attribute) {
            (Scope::Overall, Some(_)) => return Err(ObjectiveError::NeedlessAttribute(quantity)),
            (Scope::Overall, None) | (_, Some(_)) => {}
            (_, None) => return Err(ObjectiveError::NoAttribute(quantity)),
        }
        Ok(Self {
            goal: goal(quantity).ok_or(ObjectiveError::Neutral(quantity))?,
            attribute: table.attribute.clone(),
            quantity,
        })
    }

    /// Which way it is better.
    pub(crate) fn goal(&self) -> Goal {
        self.goal
    }

    /// The attribute whose groups are compared.
    pub(crate) fn attribute(&self) -> Option<&str> {
        self.attribute.as_deref()
    }

    /// The metric that an audit must hold.
    pub(crate) fn metric(&self) -> &'static str {
        self.quantity.metric().name
    }

    /// Its name for readers: `Demographic parity difference by sex`.
    pub(crate) fn label(&self) -> String {
        let name = match self.quantity.scope() {
            Scope::Overall => self.quantity.metric().title.to_owned(),
            _ => self.quantity.to_string().replace('_', " "),
        };
        let mut letters = name.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        let name: String = first.chain(letters).collect();
        match &self.attribute {
            Some(attribute) => format!("{name} by {attribute}"),
            None => name,
        }
    }

    /// What it counts, and whether it is a difference of such numbers. A ratio, a variance and a
    /// share that is no share of rows have no unit.
    pub(crate) fn unit(&self) -> (Unit, bool) {
        let metric = self.quantity.metric();
        match self.quantity.scope() {
            Scope::Ratio | Scope::Variance => (Unit::Coefficient, false),
            Scope::Difference => (metric.unit, true),
            _ if metric.is_count_based() => (metric.unit, false),
            _ => (Unit::Coefficient, false),
        }
    }

    /// Its record in an audit.
    pub(crate) fn find<'a>(&self, audit: &'a Audit) -> Option<&'a Record> {
        let by: Vec<&str> = self.attribute.iter().map(String::as_str).collect();
        self.quantity.find(audit, &by)
    }

    /// A value as a number of which more is better.
    pub(crate) fn gain(&self, value: f64) -> f64 {
        match self.goal {
            Goal::Up => value,
            Goal::Down => -value,
        }
    }
}

/// A gap is to be small and a ratio large, whatever the metric.
fn goal(quantity: Quantity) -> Option<Goal> {
    match (quantity.scope(), quantity.metric().direction) {
        (Scope::Difference | Scope::Variance, _) => Some(Goal::Down),
        (Scope::Ratio, _) | (_, Direction::HigherIsBetter) => Some(Goal::Up),
        (_, Direction::LowerIsBetter) => Some(Goal::Down),
        (_, Direction::Neutral) => None,
    }
}

/// As gates have it: `accuracy`, `demographic_parity_difference[sex]`.
impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.quantity)?;
        match &self.attribute {
            Some(attribute) => write!(f, "[{attribute}]"),
            None => Ok(()),
        }
    }
}

/// Two are the same measure if they have the same name.
impl PartialEq for Objective {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}
