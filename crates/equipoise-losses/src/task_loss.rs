//! The loss of the task itself: how far predictions are from the targets.

use burn::tensor::{Tensor, activation};

use crate::{
    Error, TaskKind,
    input::{check_outputs, check_rows, one_hot},
};

/// The weighted mean over the rows of the usual loss of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskLoss {
    /// `-[y log s(z) + (1 - y) log(1 - s(z))]` with the logistic function `s`, for one logit `z`
    /// and targets within 0 and 1.
    BinaryCrossEntropy,
    /// `-log softmax(z)_y`, for one logit a class and indices of classes as targets.
    CrossEntropy,
    /// `(z - y)^2`, for one output.
    MeanSquaredError,
}

impl TaskLoss {
    /// The usual loss of a kind of task.
    pub fn for_task(task: TaskKind) -> Self {
        match task {
            TaskKind::Binary => Self::BinaryCrossEntropy,
            TaskKind::Multiclass => Self::CrossEntropy,
            TaskKind::Regression => Self::MeanSquaredError,
        }
    }

    /// The kind of task that the loss belongs to.
    pub fn task(self) -> TaskKind {
        match self {
            Self::BinaryCrossEntropy => TaskKind::Binary,
            Self::CrossEntropy => TaskKind::Multiclass,
            Self::MeanSquaredError => TaskKind::Regression,
        }
    }

    /// The weighted mean loss, `[1]`: `sum_i w_i l_i / sum_i w_i`, and 0 with gradient 0 where
    /// all weights are 0.
    ///
    /// * `outputs`: `[batch, outputs]`, before any sigmoid or softmax;
    /// * `targets`: `[batch]`;
    /// * `weights`: `[batch]`, finite and 0 or more.
    ///
    /// Logits of any finite size give a finite loss and gradient.
    ///
    /// # Errors
    ///
    /// When the batch has no rows, when the numbers of rows differ, or when the number of outputs
    /// does not fit the task.
    pub fn value(
        self,
        outputs: Tensor<2>,
        targets: Tensor<1>,
        weights: Tensor<1>,
    ) -> Result<Tensor<1>, Error> {
        let [batch, _] = outputs.dims();
        check_rows("row weights", &weights, batch)?;
        let weights = weights.to_device(&outputs.device()).cast(outputs.dtype());
        let losses = self.row_losses(outputs, targets)?;
        let total = weights.clone().sum();
        let empty = total.clone().detach().lower_equal_scalar(0.0);
        Ok(losses.mul(weights).sum().div(total.mask_fill(empty, 1.0)))
    }

    /// The loss of each row, `[batch]`, without weights; arguments as for [`Self::value`].
    ///
    /// # Errors
    ///
    /// When the batch has no rows, when the numbers of rows differ, or when the number of outputs
    /// does not fit the task.
    pub fn row_losses(self, outputs: Tensor<2>, targets: Tensor<1>) -> Result<Tensor<1>, Error> {
        check_outputs(self.task(), &outputs)?;
        let [batch, classes] = outputs.dims();
        check_rows("targets", &targets, batch)?;
        let targets = targets.to_device(&outputs.device()).cast(outputs.dtype());
        Ok(match self {
            Self::BinaryCrossEntropy => {
                // log s(z) = log s(-z) + z, so one logarithm is enough:
                // -[y log s(z) + (1 - y) log s(-z)] = (1 - y) z - log s(z).
                let logits = outputs.reshape([batch]);
                let negative = targets.neg().add_scalar(1.0);
                negative
                    .mul(logits.clone())
                    .sub(activation::log_sigmoid(logits))
            }
            Self::CrossEntropy => activation::log_softmax(outputs, 1)
                .mul(one_hot(&targets, classes))
                .sum_dim(1)
                .neg()
                .reshape([batch]),
            Self::MeanSquaredError => {
                let residuals = outputs.reshape([batch]).sub(targets);
                residuals.clone().mul(residuals)
            }
        })
    }
}
