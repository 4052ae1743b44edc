//! What the metrics of a regression outcome are made of.

/// Sums over the rows of one group of functions of label `y` and prediction `p`, each row times
/// its weight. The error of a row is `p - y`: above 0 where the prediction is too high.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct OutcomeSums {
    /// The number that labels and predictions are measured from.
    pub origin: f64,
    /// The sum of the weights.
    pub weight: f64,
    /// The sum of the squared weights.
    pub squared_weight: f64,
    /// Of the errors.
    pub error: f64,
    /// Of their sizes.
    pub absolute_error: f64,
    /// Of their squares.
    pub squared_error: f64,
    /// Of their fourth powers.
    pub fourth_power_error: f64,
    /// Of `y - origin`.
    pub label: f64,
    /// Of its square.
    pub squared_label: f64,
    /// Of `p - origin`.
    pub prediction: f64,
    /// Of its square.
    pub squared_prediction: f64,
}

impl OutcomeSums {
    /// How many sums there are.
    pub(crate) const WIDTH: usize = 10;
    /// The place of the squared weight among the sums of a group, of which the first is the number
    /// of rows.
    pub(crate) const SQUARED_WEIGHT: usize = 2;

    /// The sums of one row, in the order of the fields.
    pub(crate) fn of_row(origin: f64, label: f64, prediction: f64, weight: f64) -> [f64; 10] {
        let error = prediction - label;
        let (label, prediction) = (label - origin, prediction - origin);
        [
            1.0,
            weight,
            error,
            error.abs(),
            error * error,
            (error * error) * (error * error),
            label,
            label * label,
            prediction,
            prediction * prediction,
        ]
        .map(|term| weight * term)
    }

    /// The sums in the order of the fields.
    pub(crate) fn from_sums(origin: f64, sums: &[f64]) -> Self {
        let &[
            weight,
            squared_weight,
            error,
            absolute_error,
            squared_error,
            fourth_power_error,
            label,
            squared_label,
            prediction,
            squared_prediction,
        ] = sums
        else {
            return Self::default();
        };
        Self {
            origin,
            weight,
            squared_weight,
            error,
            absolute_error,
            squared_error,
            fourth_power_error,
            label,
            squared_label,
            prediction,
            squared_prediction,
        }
    }

    /// The weighted mean of a sum.
    pub fn mean(&self, sum: f64) -> f64 {
        sum / self.weight
    }

    /// The standard error of a mean, given the sum and that of the squares. With weights, the rows
    /// count as the effective number of rows of Kish (1965), `weight^2 / squared_weight`. `None`
    /// with fewer than two.
    pub fn standard_error_of_mean(&self, sum: f64, squares: f64) -> Option<f64> {
        let rows = self.weight * self.weight / self.squared_weight;
        let variance = self.mean(squares) - self.mean(sum).powi(2);
        (rows >= 2.0).then(|| (variance.max(0.0) / (rows - 1.0)).sqrt())
    }
}
