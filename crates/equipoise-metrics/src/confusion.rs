//! The four counts of one group.

use std::ops::Add;

/// How many rows of one group have which label and which prediction.
///
/// The numbers are `f64` so that sums of weights fit in the same place; counts of up to 2^53 rows
/// are exact.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Confusion {
    /// Label 0, prediction 0.
    pub true_negatives: f64,
    /// Label 0, prediction 1.
    pub false_positives: f64,
    /// Label 1, prediction 0.
    pub false_negatives: f64,
    /// Label 1, prediction 1.
    pub true_positives: f64,
}

impl Confusion {
    /// The four numbers from counts `[label][prediction]` in one row:
    /// `[n(0,0), n(0,1), n(1,0), n(1,1)]`.
    pub fn from_counts(counts: [u64; 4]) -> Self {
        Self {
            true_negatives: counts[0] as f64,
            false_positives: counts[1] as f64,
            false_negatives: counts[2] as f64,
            true_positives: counts[3] as f64,
        }
    }

    /// The four numbers from sums of weights in the order of [`from_counts`](Self::from_counts);
    /// zeros where there are not four.
    pub(crate) fn from_sums(sums: &[f64]) -> Self {
        let &[
            true_negatives,
            false_positives,
            false_negatives,
            true_positives,
        ] = sums
        else {
            return Self::default();
        };
        Self {
            true_negatives,
            false_positives,
            false_negatives,
            true_positives,
        }
    }

    /// The four numbers in the order of [`from_counts`](Self::from_counts), to the nearest whole.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "numbers of rows"
    )]
    pub(crate) fn to_counts(self) -> [u64; 4] {
        [
            self.true_negatives,
            self.false_positives,
            self.false_negatives,
            self.true_positives,
        ]
        .map(|count| count.round() as u64)
    }

    /// All rows.
    pub fn rows(&self) -> f64 {
        self.label_negatives() + self.label_positives()
    }

    /// Rows with label 1.
    pub fn label_positives(&self) -> f64 {
        self.true_positives + self.false_negatives
    }

    /// Rows with label 0.
    pub fn label_negatives(&self) -> f64 {
        self.true_negatives + self.false_positives
    }

    /// Rows with prediction 1.
    pub fn predicted_positives(&self) -> f64 {
        self.true_positives + self.false_positives
    }

    /// Rows with prediction 0.
    pub fn predicted_negatives(&self) -> f64 {
        self.true_negatives + self.false_negatives
    }
}

impl Add for Confusion {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            true_negatives: self.true_negatives + other.true_negatives,
            false_positives: self.false_positives + other.false_positives,
            false_negatives: self.false_negatives + other.false_negatives,
            true_positives: self.true_positives + other.true_positives,
        }
    }
}
