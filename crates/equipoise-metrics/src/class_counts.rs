//! Counts of rows by two classes, and the metrics that several classes have together.

use crate::{Confusion, Convention, Estimate, NotEstimable};

/// How many rows of one group have which class as label and which as prediction.
#[derive(Debug)]
pub(crate) struct ClassCounts {
    /// `[labels][predictions]`, flat.
    counts: Vec<f64>,
    labels: Vec<f64>,
    predictions: Vec<f64>,
    rows: f64,
}

impl ClassCounts {
    /// `counts` are `[labels][predictions]`, flat.
    pub(crate) fn new(classes: usize, counts: &[f64]) -> Self {
        let mut labels = vec![0.0; classes];
        let mut predictions = vec![0.0; classes];
        for (label, row) in counts.chunks_exact(classes).enumerate() {
            for (prediction, count) in row.iter().enumerate() {
                labels[label] += count;
                predictions[prediction] += count;
            }
        }
        Self {
            counts: counts.to_vec(),
            rows: labels.iter().sum(),
            labels,
            predictions,
        }
    }

    fn right(&self, class: usize) -> f64 {
        self.counts[class * self.labels.len() + class]
    }

    fn all_right(&self) -> f64 {
        (0..self.labels.len()).map(|class| self.right(class)).sum()
    }

    /// The counts of each class against all others, from sums alone: a difference of sums of
    /// weights would leave a rest where nothing is left.
    pub(crate) fn against_rest(&self) -> Vec<Confusion> {
        let classes = self.labels.len();
        let mut counts = vec![Confusion::default(); classes];
        for (label, row) in self.counts.chunks_exact(classes).enumerate() {
            // Of the row, all predictions after each class.
            let mut after = vec![0.0; classes];
            for class in (1..classes).rev() {
                after[class - 1] = after[class] + row[class];
            }
            let mut before = 0.0;
            for (class, counts) in counts.iter_mut().enumerate() {
                let others = before + after[class];
                if class == label {
                    counts.true_positives += row[class];
                    counts.false_negatives += others;
                } else {
                    counts.false_positives += row[class];
                    counts.true_negatives += others;
                }
                before += row[class];
            }
        }
        counts
    }
}

/// A metric of several classes together.
pub(crate) type OfWholeModel = fn(&ClassCounts, Convention) -> Estimate;

/// The metrics of several classes together, by the name of the metric of two classes that they
/// generalise.
const OF_WHOLE_MODEL: [(&str, OfWholeModel); 5] = [
    ("accuracy", accuracy),
    ("error_rate", error_rate),
    ("balanced_accuracy", balanced_accuracy),
    ("matthews_correlation", matthews_correlation),
    ("cohen_kappa", cohen_kappa),
];

/// The metric of several classes together, or `None`.
pub(crate) fn of_whole_model(name: &str) -> Option<OfWholeModel> {
    let known = OF_WHOLE_MODEL.iter().find(|(known, _)| *known == name);
    known.map(|(_, value)| *value)
}

fn checked_rows(counts: &ClassCounts) -> Estimate {
    if counts.rows > 0.0 {
        Ok(counts.rows)
    } else {
        Err(NotEstimable::NoRows)
    }
}

fn accuracy(counts: &ClassCounts, _: Convention) -> Estimate {
    Ok(counts.all_right() / checked_rows(counts)?)
}

fn error_rate(counts: &ClassCounts, _: Convention) -> Estimate {
    let rows = checked_rows(counts)?;
    Ok(((rows - counts.all_right()) / rows).max(0.0))
}

/// The mean over all classes of the share of their rows that are predicted right (Brodersen, Ong,
/// Stephan and Buhmann 2010). Under fairlearn's convention, which is scikit-learn's here, classes
/// without rows are left out of the mean.
fn balanced_accuracy(counts: &ClassCounts, convention: Convention) -> Estimate {
    checked_rows(counts)?;
    let recalls: Vec<f64> = counts
        .labels
        .iter()
        .enumerate()
        .filter(|(_, rows)| **rows > 0.0)
        .map(|(class, rows)| counts.right(class) / rows)
        .collect();
    if recalls.len() < counts.labels.len() && convention == Convention::Equipoise {
        return Err(NotEstimable::MissingClass);
    }
    Ok(recalls.iter().sum::<f64>() / recalls.len() as f64)
}

/// The correlation of label and prediction (Gorodkin 2004).
fn matthews_correlation(counts: &ClassCounts, convention: Convention) -> Estimate {
    let rows = checked_rows(counts)?;
    let squares = |sums: &[f64]| rows * rows - sums.iter().map(|sum| sum * sum).sum::<f64>();
    // Only all rows in one class have no spread: what rounding leaves is none either.
    let is_one = |sums: &[f64]| sums.iter().filter(|sum| **sum > 0.0).count() < 2;
    if is_one(&counts.labels) || is_one(&counts.predictions) {
        return match convention {
            Convention::Fairlearn => Ok(0.0),
            _ if is_one(&counts.labels) => Err(NotEstimable::OneClass),
            _ => Err(NotEstimable::OnePrediction),
        };
    }
    let covariance = counts.all_right() * rows - chance(counts);
    let spread = squares(&counts.labels).sqrt() * squares(&counts.predictions).sqrt();
    Ok((covariance / spread).clamp(-1.0, 1.0))
}

/// The agreement of label and prediction beyond chance (Cohen 1960).
fn cohen_kappa(counts: &ClassCounts, convention: Convention) -> Estimate {
    let rows = checked_rows(counts)?;
    let chance = chance(counts) / rows;
    let expected_wrong = rows - chance;
    let one_class = (0..counts.labels.len())
        .any(|class| counts.labels[class] >= rows && counts.predictions[class] >= rows);
    if one_class || expected_wrong <= 0.0 {
        return match convention {
            Convention::Fairlearn => Ok(0.0),
            _ => Err(NotEstimable::OneClass),
        };
    }
    Ok(((counts.all_right() - chance) / expected_wrong).clamp(-1.0, 1.0))
}

/// The sum over classes of the product of their labels and predictions.
fn chance(counts: &ClassCounts) -> f64 {
    let pairs = counts.labels.iter().zip(&counts.predictions);
    pairs
        .map(|(labels, predictions)| labels * predictions)
        .sum()
}
