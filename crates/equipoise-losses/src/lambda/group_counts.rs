//! The violation, measured on hard decisions.

use burn::tensor::{Bool, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::{Error, FairnessInput, Statistic, TaskKind};

/// Numerators and denominators of the hard rates of some rows, on the host.
///
/// The rates are those of a [`Statistic`] on decisions of 0 and 1 in place of probabilities, with
/// every row counting once: what an audit of the same decisions measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupCounts {
    groups: usize,
    /// Constraint after constraint.
    numerators: Vec<f64>,
    /// Constraint after constraint.
    denominators: Vec<f64>,
}

impl GroupCounts {
    /// Counts of `groups` groups, constraint after constraint.
    ///
    /// # Errors
    ///
    /// When there is no group, or when the lengths are not the same multiple of `groups`.
    pub fn new(groups: usize, numerators: Vec<f64>, denominators: Vec<f64>) -> Result<Self, Error> {
        if groups == 0 {
            return Err(Error::Empty { what: "groups" });
        }
        if numerators.len() != denominators.len() || !numerators.len().is_multiple_of(groups) {
            return Err(Error::Shape {
                what: "denominators",
                expected: vec![numerators.len() / groups, groups],
                found: vec![denominators.len()],
            });
        }
        Ok(Self {
            groups,
            numerators,
            denominators,
        })
    }

    /// Counts what a model decides on some rows. A model with one logit decides for the positive
    /// class from the logit `cut`, a model with several for the class of the largest; a number
    /// that is predicted is taken as it is.
    ///
    /// # Errors
    ///
    /// When the statistic is not defined for the task, or the device fails.
    pub fn measure(
        statistic: &dyn Statistic,
        input: &FairnessInput,
        cut: f32,
    ) -> Result<Self, Error> {
        let outputs = input.outputs().clone().detach();
        let decided = if statistic.is_of_decisions() {
            hard(input.task(), &outputs, cut)
        } else {
            outputs
        };
        let hard = FairnessInput::new(
            input.task(),
            decided,
            input.targets().clone(),
            input.membership().clone(),
            input.weights().ones_like(),
        )?;
        let rates = statistic.rates(&hard)?;
        let [_, groups] = rates.numerators().dims();
        Self::new(
            groups,
            read(rates.numerators().clone())?,
            read(rates.denominators().clone())?,
        )
    }

    /// The number of constraints.
    pub fn constraints(&self) -> usize {
        self.numerators.len() / self.groups
    }

    /// The number of groups.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// The rate of a group; `None` for a group without rows.
    pub fn rate(&self, constraint: usize, group: usize) -> Option<f64> {
        let at = constraint * self.groups + group;
        let (numerator, denominator) = (self.numerators.get(at)?, self.denominators.get(at)?);
        (*denominator > 0.0).then(|| numerator / denominator)
    }

    /// The largest difference of rates between two groups, over all constraints: for demographic
    /// parity the demographic parity difference, for equalized odds the larger of the differences
    /// of true and of false positive rates. `None` where no constraint has two groups.
    pub fn violation(&self) -> Option<f64> {
        (0..self.constraints())
            .filter_map(|constraint| {
                let rates: Vec<f64> = (0..self.groups)
                    .filter_map(|group| self.rate(constraint, group))
                    .collect();
                let low = rates.iter().copied().reduce(f64::min)?;
                let high = rates.iter().copied().reduce(f64::max)?;
                (rates.len() > 1).then_some(high - low)
            })
            .reduce(f64::max)
    }

    /// What was counted on these rows and on others.
    ///
    /// # Errors
    ///
    /// When the others have other constraints or groups.
    pub fn with(&self, others: &Self) -> Result<Self, Error> {
        let mut sum = self.clone();
        sum.run(1.0, others)?;
        Ok(sum)
    }

    /// Keeps a share of what was counted and adds a batch.
    ///
    /// # Errors
    ///
    /// When the batch has other constraints or groups.
    pub(super) fn run(&mut self, keep: f64, batch: &Self) -> Result<(), Error> {
        if (self.groups, self.numerators.len()) != (batch.groups, batch.numerators.len()) {
            return Err(Error::Shape {
                what: "group counts",
                expected: vec![self.constraints(), self.groups],
                found: vec![batch.constraints(), batch.groups],
            });
        }
        for (sum, new) in [
            (&mut self.numerators, &batch.numerators),
            (&mut self.denominators, &batch.denominators),
        ] {
            for (sum, new) in sum.iter_mut().zip(new) {
                *sum = keep * *sum + new;
            }
        }
        Ok(())
    }
}

/// Outputs whose probabilities are 0 and 1.
fn hard(task: TaskKind, outputs: &Tensor<2>, cut: f32) -> Tensor<2> {
    /// A logit whose sigmoid is 1 in `f32`, and that of its negative 0 for all that is counted.
    const CERTAIN: f64 = 100.0;

    let certain = |is_chosen: Tensor<2, Bool>| {
        is_chosen
            .float()
            .cast(outputs.dtype())
            .mul_scalar(2.0 * CERTAIN)
            .sub_scalar(CERTAIN)
    };
    match task {
        TaskKind::Binary => certain(outputs.clone().greater_equal_scalar(cut)),
        TaskKind::Multiclass => {
            let [rows, classes] = outputs.dims();
            let chosen = outputs.clone().argmax(1).float().reshape([rows]);
            certain(crate::input::one_hot(&chosen, classes).greater_scalar(0.5))
        }
        TaskKind::Regression => outputs.clone(),
    }
}

fn read(tensor: Tensor<2>) -> Result<Vec<f64>, Error> {
    let failed = |reason: String| Error::Device { reason };
    let data: TensorData = tensor
        .try_into_data()
        .map_err(|error| failed(error.to_string()))?;
    data.convert::<f64>()
        .try_into_vec()
        .map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_violation_is_the_largest_of_all_constraints() {
        let counts =
            GroupCounts::new(2, vec![3.0, 1.0, 1.0, 4.0], vec![4.0, 4.0, 10.0, 10.0]).unwrap();
        assert_eq!(counts.constraints(), 2);
        assert_eq!(counts.violation(), Some(0.5));
    }

    #[test]
    fn a_window_forgets() {
        let mut counts = GroupCounts::new(2, vec![1.0, 0.0], vec![1.0, 1.0]).unwrap();
        let other = GroupCounts::new(2, vec![0.0, 0.0], vec![1.0, 1.0]).unwrap();
        counts.run(0.5, &other).unwrap();
        assert_eq!(counts.violation(), Some(1.0 / 3.0));
        let wide = GroupCounts::new(3, vec![0.0; 3], vec![1.0; 3]).unwrap();
        assert!(counts.run(0.5, &wide).is_err());
    }
}
