//! Which rows the denominator of a rate counts.

use crate::{Confusion, Definition, MetricSpec};

/// By what the rows that a metric is computed from are picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trials {
    /// All rows of a group.
    AllRows,
    /// The rows with one label: the metric says something of predictions given the label.
    OfLabel,
    /// The rows with one prediction: the metric says something of labels given the prediction.
    OfPrediction,
}

/// The four kinds of rows, as a confusion with one row, in the order of the cube's counts.
pub(crate) fn unit_confusions() -> [Confusion; 4] {
    [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]].map(Confusion::from_counts)
}

impl Trials {
    /// Of a metric made of counts. A notion that asks several metrics to be equal has those of its
    /// parts where these agree.
    pub(crate) fn of(spec: &MetricSpec) -> Self {
        match &spec.definition {
            Definition::Rate(proportion) => {
                let [tn, fp, fnn, tp] =
                    unit_confusions().map(|unit| proportion(&unit).trials > 0.0);
                if !(tn || fp) || !(fnn || tp) {
                    Self::OfLabel
                } else if !(tn || fnn) || !(fp || tp) {
                    Self::OfPrediction
                } else {
                    Self::AllRows
                }
            }
            Definition::Parity(parts) => {
                let mut parts = parts.iter().map(|part| Self::of(part));
                let first = parts.next().unwrap_or(Self::AllRows);
                if parts.all(|part| part == first) {
                    first
                } else {
                    Self::AllRows
                }
            }
            _ => Self::AllRows,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::metric;

    #[rstest]
    #[case("selection_rate", Trials::AllRows)]
    #[case("accuracy", Trials::AllRows)]
    #[case("f1", Trials::AllRows)]
    #[case("true_positive_rate", Trials::OfLabel)]
    #[case("false_positive_rate", Trials::OfLabel)]
    #[case("equalized_odds", Trials::OfLabel)]
    #[case("precision", Trials::OfPrediction)]
    #[case("false_omission_rate", Trials::OfPrediction)]
    #[case("predictive_parity", Trials::OfPrediction)]
    fn a_rate_is_of_rows_of_one_kind(#[case] name: &str, #[case] expected: Trials) {
        assert_eq!(Trials::of(metric(name).unwrap()), expected);
    }
}
