//! The rows that an audit is made of.

use equipoise_core::{GroupColumns, GroupSchema};

use crate::{
    Error, LabelColumn, Membership, Outcome, membership::check_memberships, outcome::check_length,
};

/// An audit of more attributes would have more than a thousand sections.
const MAX_ATTRIBUTES: usize = 10;

/// The rows to audit: their groups, their outcome, and what each of them stands for.
///
/// Errors name rows by their place in these slices, counted from 0.
///
/// ```
/// use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
/// use equipoise_metrics::{AuditData, AuditOptions, audit};
///
/// let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
/// let groups = GroupColumns::new(schema, vec![vec![0, 0, 1, 1]])?;
/// let data = AuditData::binary(&groups, &[0, 1, 0, 1])
///     .with_predictions(&[0, 1, 1, 1])
///     .with_weights(&[2.0, 1.0, 1.0, 1.0]);
/// let audit = audit(&data, &AuditOptions::default())?;
/// let accuracy = audit.overall("accuracy").ok_or("not audited")?;
/// assert_eq!((accuracy.value, accuracy.count), (Some(0.8), Some(4)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct AuditData<'a> {
    /// The groups, `[rows]`, with at least one attribute.
    pub groups: &'a GroupColumns,
    /// The labels, and what a model made of them.
    pub outcome: Outcome<'a>,
    /// How much each row counts, `[rows]`, finite and above 0; 1 where there are none. A row of
    /// weight 2 counts as two rows would in all values; the numbers of rows stay what they are.
    pub weights: Option<&'a [f64]>,
    /// A code for each row, `[rows]`; rows with the same code belong to the same person, hospital
    /// or other entity, and are not independent of each other. Without them, each row is an entity
    /// of its own.
    pub entities: Option<&'a [u32]>,
    /// Attributes whose groups are known as probabilities only.
    pub memberships: &'a [Membership<'a>],
}

impl<'a> AuditData<'a> {
    /// Rows of some outcome.
    pub fn new(groups: &'a GroupColumns, outcome: Outcome<'a>) -> Self {
        Self {
            groups,
            outcome,
            weights: None,
            entities: None,
            memberships: &[],
        }
    }

    /// Rows of a binary outcome; they need predictions or scores as well.
    pub fn binary(groups: &'a GroupColumns, labels: &'a [u8]) -> Self {
        let outcome = Outcome::Binary {
            labels,
            predictions: None,
            scores: None,
        };
        Self::new(groups, outcome)
    }

    /// Rows of an outcome of several classes; they need predictions or scores as well.
    pub fn multiclass(groups: &'a GroupColumns, classes: &'a [String], labels: &'a [u32]) -> Self {
        let outcome = Outcome::Multiclass {
            classes,
            labels,
            predictions: None,
            scores: None,
        };
        Self::new(groups, outcome)
    }

    /// Rows of several binary outputs.
    pub fn multilabel(groups: &'a GroupColumns, outputs: &'a [LabelColumn<'a>]) -> Self {
        Self::new(groups, Outcome::Multilabel { outputs })
    }

    /// Rows whose label is a number.
    pub fn regression(groups: &'a GroupColumns, labels: &'a [f64], predictions: &'a [f64]) -> Self {
        let outcome = Outcome::Regression {
            labels,
            predictions,
        };
        Self::new(groups, outcome)
    }

    /// With the predictions of a binary outcome, `[rows]`, 0 or 1.
    #[must_use]
    pub fn with_predictions(mut self, added: &'a [u8]) -> Self {
        match &mut self.outcome {
            Outcome::Binary { predictions, .. } => *predictions = Some(added),
            other => *other = mixed("predictions of 0 and 1", other),
        }
        self
    }

    /// With the scores of a binary outcome, `[rows]`, in `[0, 1]`.
    #[must_use]
    pub fn with_scores(mut self, added: &'a [f64]) -> Self {
        match &mut self.outcome {
            Outcome::Binary { scores, .. } => *scores = Some(added),
            other => *other = mixed("one column of scores", other),
        }
        self
    }

    /// With the predictions of an outcome of several classes, `[rows]`, indices into the classes.
    #[must_use]
    pub fn with_class_predictions(mut self, added: &'a [u32]) -> Self {
        match &mut self.outcome {
            Outcome::Multiclass { predictions, .. } => *predictions = Some(added),
            other => *other = mixed("predictions of classes", other),
        }
        self
    }

    /// With the scores of an outcome of several classes, `[classes][rows]`, in `[0, 1]`.
    #[must_use]
    pub fn with_class_scores(mut self, added: &'a [&'a [f64]]) -> Self {
        match &mut self.outcome {
            Outcome::Multiclass { scores, .. } => *scores = Some(added),
            other => *other = mixed("a column of scores for each class", other),
        }
        self
    }

    /// With weights, `[rows]`.
    #[must_use]
    pub fn with_weights(self, weights: &'a [f64]) -> Self {
        Self {
            weights: Some(weights),
            ..self
        }
    }

    /// With entities, `[rows]`.
    #[must_use]
    pub fn with_entities(self, entities: &'a [u32]) -> Self {
        Self {
            entities: Some(entities),
            ..self
        }
    }

    /// With attributes whose groups are known as probabilities only.
    #[must_use]
    pub fn with_memberships(self, memberships: &'a [Membership<'a>]) -> Self {
        Self {
            memberships,
            ..self
        }
    }

    /// Checks lengths and values.
    pub(crate) fn check(&self) -> Result<(), Error> {
        check_attributes(self.groups.schema())?;
        if let Outcome::Mixed { .. } = self.outcome {
            return self.outcome.check();
        }
        let rows = self.outcome.rows();
        if rows == 0 {
            return Err(Error::NoRows);
        }
        check_length("group codes", self.groups.rows(), rows)?;
        self.outcome.check()?;
        if let Some(weights) = self.weights {
            check_length("weights", weights.len(), rows)?;
            check_weights(weights)?;
        }
        if let Some(entities) = self.entities {
            check_length("entities", entities.len(), rows)?;
        }
        check_memberships(self.memberships, self.groups)
    }
}

/// Checks that there are attributes, and not too many.
pub(crate) fn check_attributes(schema: &GroupSchema) -> Result<(), Error> {
    match schema.attributes().len() {
        0 => Err(Error::NoAttributes),
        1..=MAX_ATTRIBUTES => Ok(()),
        found => Err(Error::TooManyAttributes {
            found,
            legal: MAX_ATTRIBUTES,
        }),
    }
}

fn mixed<'a>(column: &'static str, outcome: &Outcome<'_>) -> Outcome<'a> {
    Outcome::Mixed {
        column,
        outcome: outcome.kind(),
    }
}

/// Sums of squares of weights beyond these limits could overflow or vanish.
const WEIGHTS: std::ops::RangeInclusive<f64> = 1e-100..=1e100;

fn check_weights(weights: &[f64]) -> Result<(), Error> {
    // NaN lies in no range.
    match weights.iter().position(|weight| !WEIGHTS.contains(weight)) {
        None => Ok(()),
        Some(row) => Err(Error::Weight {
            row,
            value: weights[row],
        }),
    }
}
