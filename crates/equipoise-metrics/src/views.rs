//! The sums of a group, read as what a metric is made of.

use crate::{
    Confusion, Convention, Definition, Estimate, MetricSpec, NotEstimable, OutcomeSums, Unit,
    class_counts::{ClassCounts, of_whole_model},
    evaluation::value_of_counts,
};

/// Which sums are kept of each group: the number of rows, and then
/// sums of weights (which are counts where there are no weights).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    /// Of each label and prediction.
    Binary,
    /// Of each pair of classes, label first.
    Classes(usize),
    /// Of each label and prediction of each output.
    Outputs(usize),
    /// Of labels, predictions and errors, labels and predictions measured from `origin`.
    Numbers {
        /// A number in the middle of the labels, so that squares lose no digits.
        origin: f64,
    },
}

/// Of which part of an outcome a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// All of it.
    Whole,
    /// One class against the rest, or one output.
    One(usize),
    /// The mean over all classes or outputs.
    Macro,
    /// The answers of all outputs put together.
    Micro,
}

impl Shape {
    /// The sums of one group; the first one is the number of rows.
    pub(crate) fn width(self) -> usize {
        1 + match self {
            Self::Binary => 4,
            Self::Classes(classes) => classes * classes,
            Self::Outputs(outputs) => 4 * outputs,
            Self::Numbers { .. } => OutcomeSums::WIDTH,
        }
    }

    /// The views in which a metric of such an outcome has values.
    pub(crate) fn views(self, spec: &MetricSpec) -> Vec<View> {
        if spec.unit == Unit::Rows {
            return vec![View::Whole];
        }
        match self {
            Self::Binary | Self::Numbers { .. } => vec![View::Whole],
            Self::Classes(classes) => {
                let whole = is_of_whole_model(spec).then_some(View::Whole);
                let each = (0..classes).map(View::One);
                whole.into_iter().chain(each).chain([View::Macro]).collect()
            }
            Self::Outputs(outputs) => {
                let each = (0..outputs).map(View::One);
                let together = spec.is_count_based().then_some(View::Micro);
                each.chain([View::Macro]).chain(together).collect()
            }
        }
    }

    /// The views in which a row is of one label and one prediction.
    pub(crate) fn counted(self) -> Vec<View> {
        match self {
            Self::Binary => vec![View::Whole],
            Self::Classes(_) | Self::Outputs(_) => self.each(),
            Self::Numbers { .. } => Vec::new(),
        }
    }

    /// The views of single classes or outputs.
    pub(crate) fn each(self) -> Vec<View> {
        match self {
            Self::Classes(count) | Self::Outputs(count) => (0..count).map(View::One).collect(),
            Self::Binary | Self::Numbers { .. } => Vec::new(),
        }
    }

    /// Whether the rows behind a value are independent trials, so that an interval can be made
    /// from the value's own counts.
    pub(crate) fn has_trials(self, view: View) -> bool {
        match self {
            Self::Binary | Self::Numbers { .. } => true,
            Self::Classes(_) | Self::Outputs(_) => matches!(view, View::One(_)),
        }
    }
}

/// Whether several classes together have a value of a metric, or of all that a notion asks to be
/// equal.
fn is_of_whole_model(spec: &MetricSpec) -> bool {
    match spec.definition {
        Definition::Parity(parts) => parts.iter().all(|part| is_of_whole_model(part)),
        Definition::ParityRatio(part) => is_of_whole_model(part),
        _ => of_whole_model(spec.name).is_some(),
    }
}

/// The sums of one group, taken apart.
#[derive(Debug)]
pub(crate) struct Reading {
    rows: f64,
    parts: Parts,
}

#[derive(Debug)]
enum Parts {
    Binary(Confusion),
    Classes {
        counts: ClassCounts,
        against_rest: Vec<Confusion>,
    },
    Outputs {
        each: Vec<Confusion>,
        together: Confusion,
    },
    Numbers(OutcomeSums),
}

impl Reading {
    /// `sums` are as many as [`Shape::width`] says.
    pub(crate) fn new(shape: Shape, sums: &[f64]) -> Self {
        let (rows, sums) = sums
            .split_first()
            .map_or((0.0, sums), |(&r, rest)| (r, rest));
        let parts = match shape {
            Shape::Binary => Parts::Binary(Confusion::from_sums(sums)),
            Shape::Classes(classes) => {
                let counts = ClassCounts::new(classes, sums);
                let against_rest = counts.against_rest();
                Parts::Classes {
                    counts,
                    against_rest,
                }
            }
            Shape::Outputs(_) => {
                let each: Vec<Confusion> = sums.chunks_exact(4).map(Confusion::from_sums).collect();
                let together = each
                    .iter()
                    .fold(Confusion::default(), |sum, one| sum + *one);
                Parts::Outputs { each, together }
            }
            Shape::Numbers { origin } => Parts::Numbers(OutcomeSums::from_sums(origin, sums)),
        };
        Self { rows, parts }
    }

    /// The four counts behind a value, where there are four.
    pub(crate) fn confusion(&self, view: View) -> Option<&Confusion> {
        match (&self.parts, view) {
            (Parts::Binary(counts), _) => Some(counts),
            (Parts::Classes { against_rest, .. }, View::One(class)) => against_rest.get(class),
            (Parts::Outputs { each, .. }, View::One(output)) => each.get(output),
            (Parts::Outputs { together, .. }, View::Micro) => Some(together),
            _ => None,
        }
    }

    /// The sums of a regression outcome.
    pub(crate) fn numbers(&self) -> Option<&OutcomeSums> {
        match &self.parts {
            Parts::Numbers(sums) => Some(sums),
            _ => None,
        }
    }

    /// The value of a metric, which is made of such sums.
    pub(crate) fn value(&self, spec: &MetricSpec, view: View, convention: Convention) -> Estimate {
        if spec.unit == Unit::Rows {
            return Ok(self.rows);
        }
        if let Some(counts) = self.confusion(view) {
            return value_of_counts(spec, counts, convention);
        }
        match (&self.parts, view) {
            (Parts::Classes { counts, .. }, View::Whole) => {
                let value = of_whole_model(spec.name).ok_or(NotEstimable::NoGroups)?;
                value(counts, convention)
            }
            (
                Parts::Classes {
                    against_rest: each, ..
                }
                | Parts::Outputs { each, .. },
                _,
            ) => {
                let values = each
                    .iter()
                    .map(|counts| value_of_counts(spec, counts, convention));
                mean(values)
            }
            (Parts::Numbers(sums), _) => match spec.definition {
                Definition::Outcomes { value, .. } if sums.weight > 0.0 => value(sums),
                Definition::Outcomes { .. } => Err(NotEstimable::NoRows),
                _ => Err(NotEstimable::NoGroups),
            },
            (Parts::Binary(_), _) => Err(NotEstimable::NoGroups),
        }
    }
}

/// The mean of values that must all be estimable. Where they cancel, what rounding leaves is 0.
pub(crate) fn mean(values: impl Iterator<Item = Estimate>) -> Estimate {
    let values = values.collect::<Result<Vec<f64>, _>>()?;
    if values.is_empty() {
        return Err(NotEstimable::NoGroups);
    }
    let (sum, count) = (values.iter().sum::<f64>(), values.len() as f64);
    let rounding = count * f64::EPSILON * values.iter().map(|value| value.abs()).sum::<f64>();
    Ok(if sum.abs() <= rounding {
        0.0
    } else {
        sum / count
    })
}
