//! What a fairness loss sees of a batch.

use burn::tensor::{DType, FloatDType, Int, Tensor, activation};
use equipoise_tensor::Batch;

use crate::{Error, Extras, GroupRates, GroupSelector, Need, TaskKind};

/// The outputs of a model on a batch, with targets, group membership and row weights.
///
/// All tensors lie on the device of the outputs and have their number type.
#[derive(Debug, Clone)]
pub struct FairnessInput {
    task: TaskKind,
    outputs: Tensor<2>,
    targets: Tensor<1>,
    weights: Tensor<1>,
    membership: Tensor<2>,
    /// Membership times row weight, `[batch, groups]`.
    weighted_membership: Tensor<2>,
    extras: Extras,
}

impl FairnessInput {
    /// Checks the shapes of a batch and moves everything to the device and number type of the
    /// outputs.
    ///
    /// * `outputs`: what the model returns, before any sigmoid or softmax, `[batch, outputs]`;
    /// * `targets`: `[batch]`, as [`TaskKind`] describes them;
    /// * `membership`: how far a row belongs to a group, within 0 and 1, `[batch, groups]`:
    ///   one-hot where groups are known, probabilities where they are not. A row of zeros is in
    ///   no group and takes no part;
    /// * `weights`: `[batch]`, finite and 0 or more. A row of weight 0 takes no part.
    ///
    /// # Errors
    ///
    /// When the batch has no rows or no groups, when the numbers of rows differ, or when the
    /// number of outputs does not fit the task. The values are not read back from the device to
    /// check them.
    pub fn new(
        task: TaskKind,
        outputs: Tensor<2>,
        targets: Tensor<1>,
        membership: Tensor<2>,
        weights: Tensor<1>,
    ) -> Result<Self, Error> {
        let [batch, _] = outputs.dims();
        check_outputs(task, &outputs)?;
        check_rows("targets", &targets, batch)?;
        check_rows("row weights", &weights, batch)?;
        let [members, groups] = membership.dims();
        if members != batch {
            return Err(Error::Shape {
                what: "memberships",
                expected: vec![batch, groups],
                found: vec![members, groups],
            });
        }
        if groups == 0 {
            return Err(Error::Empty { what: "groups" });
        }
        let device = outputs.device();
        let dtype = outputs.dtype();
        let targets = targets.to_device(&device).cast(dtype);
        let weights = weights.to_device(&device).cast(dtype);
        let membership = membership.to_device(&device).cast(dtype);
        let weighted_membership = membership
            .clone()
            .mul(weights.clone().reshape([batch, 1]).expand([batch, groups]));
        Ok(Self {
            task,
            outputs,
            targets,
            weights,
            membership,
            weighted_membership,
            extras: Extras::default(),
        })
    }

    /// The same with what only some losses read, moved to the device and number type of the
    /// outputs.
    ///
    /// # Errors
    ///
    /// When a part has another number of rows, no column, or, for counterfactual outputs, another
    /// number of outputs.
    pub fn with_extras(mut self, extras: Extras) -> Result<Self, Error> {
        let [batch, outputs] = self.outputs.dims();
        let fitted = |what, values: Option<Tensor<2>>, width: Option<usize>| {
            let Some(values) = values else {
                return Ok(None);
            };
            let [rows, columns] = values.dims();
            let expected = [batch, width.unwrap_or(columns.max(1))];
            if [rows, columns] != expected {
                return Err(Error::Shape {
                    what,
                    expected: expected.to_vec(),
                    found: vec![rows, columns],
                });
            }
            let (device, dtype) = (self.outputs.device(), self.outputs.dtype());
            Ok(Some(values.to_device(&device).cast(dtype)))
        };
        self.extras = Extras {
            representation: fitted("representations", extras.representation, None)?,
            counterfactual_outputs: fitted(
                "counterfactual outputs",
                extras.counterfactual_outputs,
                Some(outputs),
            )?,
            group_values: fitted("values of attributes", extras.group_values, None)?,
        };
        Ok(self)
    }

    /// What only some losses read, in the shape `[batch, ..]`.
    ///
    /// # Errors
    ///
    /// When the batch has none; `loss` is who asks.
    pub fn extra(&self, need: Need, loss: &str) -> Result<&Tensor<2>, Error> {
        match need {
            Need::Representation => &self.extras.representation,
            Need::CounterfactualOutputs => &self.extras.counterfactual_outputs,
            Need::GroupValues => &self.extras.group_values,
        }
        .as_ref()
        .ok_or_else(|| Error::MissingInput {
            loss: loss.to_owned(),
            need,
        })
    }

    /// All that only some losses read.
    pub fn extras(&self) -> &Extras {
        &self.extras
    }

    /// The outputs of a model on a batch of rows, with the groups that a selector picks.
    ///
    /// # Errors
    ///
    /// As [`Self::new`], and when the batch has other group columns than the selector's schema.
    pub fn from_batch<X>(
        task: TaskKind,
        outputs: Tensor<2>,
        batch: &Batch<X>,
        groups: &GroupSelector,
    ) -> Result<Self, Error> {
        Self::new(
            task,
            outputs,
            batch.targets.clone(),
            groups.membership(&batch.groups, batch.memberships.as_ref())?,
            batch.weights.clone(),
        )
    }

    /// The kind of the task.
    pub fn task(&self) -> TaskKind {
        self.task
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        let [batch, _] = self.outputs.dims();
        batch
    }

    /// What the model returned, `[batch, outputs]`.
    pub fn outputs(&self) -> &Tensor<2> {
        &self.outputs
    }

    /// The targets, `[batch]`.
    pub fn targets(&self) -> &Tensor<1> {
        &self.targets
    }

    /// The row weights, `[batch]`.
    pub fn weights(&self) -> &Tensor<1> {
        &self.weights
    }

    /// How far each row belongs to each group, `[batch, groups]`.
    pub fn membership(&self) -> &Tensor<2> {
        &self.membership
    }

    /// Membership times row weight, `[batch, groups]`.
    pub fn weighted_membership(&self) -> &Tensor<2> {
        &self.weighted_membership
    }

    /// Soft decisions: the probability of the positive class, `[batch, 1]`, for two classes; of
    /// each class, `[batch, classes]`, for several.
    ///
    /// A hard decision, `1[p > 1/2]`, has the gradient 0 almost everywhere; its probability
    /// stands in for it.
    ///
    /// # Errors
    ///
    /// When the task is a regression.
    pub fn decisions(&self) -> Result<Tensor<2>, Error> {
        match self.task {
            TaskKind::Binary => Ok(activation::sigmoid(self.outputs.clone())),
            TaskKind::Multiclass => Ok(activation::softmax(self.outputs.clone(), 1)),
            TaskKind::Regression => Err(self.needs_classes("decisions")),
        }
    }

    /// What distances between groups are measured on: [`Self::decisions`], or the values that a
    /// regression returns, `[batch, 1]`.
    pub fn scores(&self) -> Tensor<2> {
        match self.task {
            TaskKind::Binary => activation::sigmoid(self.outputs.clone()),
            TaskKind::Multiclass => activation::softmax(self.outputs.clone(), 1),
            TaskKind::Regression => self.outputs.clone(),
        }
    }

    /// The labels in the shape of [`Self::decisions`]: 1 for a positive row, `[batch, 1]`, or
    /// one-hot, `[batch, classes]`.
    ///
    /// # Errors
    ///
    /// When the task is a regression.
    pub fn labels(&self) -> Result<Tensor<2>, Error> {
        let [batch, outputs] = self.outputs.dims();
        match self.task {
            TaskKind::Binary => Ok(self.targets.clone().reshape([batch, 1])),
            TaskKind::Multiclass => Ok(one_hot(&self.targets, outputs)),
            TaskKind::Regression => Err(self.needs_classes("labels")),
        }
    }

    /// Soft negative decisions, `1 - p` in the shape of [`Self::decisions`].
    ///
    /// Computed from the other sign of the logit for two classes, so that they keep their digits
    /// where `p` is all but 1.
    ///
    /// # Errors
    ///
    /// When the task is a regression.
    pub fn negative_decisions(&self) -> Result<Tensor<2>, Error> {
        match self.task {
            TaskKind::Binary => Ok(activation::sigmoid(self.outputs.clone().neg())),
            TaskKind::Multiclass | TaskKind::Regression => {
                Ok(self.decisions()?.neg().add_scalar(1.0))
            }
        }
    }

    /// 1 for a negative row, in the shape of [`Self::labels`].
    ///
    /// # Errors
    ///
    /// When the task is a regression.
    pub fn negative_labels(&self) -> Result<Tensor<2>, Error> {
        Ok(self.labels()?.neg().add_scalar(1.0))
    }

    /// The probability of every class, `[batch, classes]`; for two classes the negative one comes
    /// first.
    ///
    /// # Errors
    ///
    /// When the task is a regression.
    pub fn class_probabilities(&self) -> Result<Tensor<2>, Error> {
        Ok(self.with_negative_class(self.decisions()?))
    }

    /// The labels in the shape of [`Self::class_probabilities`], one-hot.
    ///
    /// # Errors
    ///
    /// When the task is a regression.
    pub fn class_labels(&self) -> Result<Tensor<2>, Error> {
        Ok(self.with_negative_class(self.labels()?))
    }

    /// The weighted mean of some outcomes in every group, among the rows that meet a condition:
    /// with `o` and `c` of shape `[batch, constraints]`, membership `m` and weight `w`,
    ///
    /// ```text
    /// numerator[k][j]   = sum_i w_i m_ij c_ik o_ik
    /// denominator[k][j] = sum_i w_i m_ij c_ik
    /// ```
    ///
    /// # Errors
    ///
    /// When the two tensors are not of one shape `[batch, constraints]`.
    pub fn group_rates(
        &self,
        outcomes: Tensor<2>,
        conditions: Tensor<2>,
    ) -> Result<GroupRates, Error> {
        let [_, constraints] = outcomes.dims();
        let expected = [self.rows(), constraints];
        for (what, found) in [
            ("outcomes", outcomes.dims()),
            ("conditions", conditions.dims()),
        ] {
            if found != expected {
                return Err(Error::Shape {
                    what,
                    expected: expected.to_vec(),
                    found: found.to_vec(),
                });
            }
        }
        let numerators = outcomes
            .mul(conditions.clone())
            .transpose()
            .matmul(self.weighted_membership.clone());
        let denominators = conditions
            .transpose()
            .matmul(self.weighted_membership.clone());
        GroupRates::new(numerators, denominators)
    }

    fn with_negative_class(&self, positive: Tensor<2>) -> Tensor<2> {
        match self.task {
            TaskKind::Binary => {
                let negative = positive.clone().neg().add_scalar(1.0);
                Tensor::cat(vec![negative, positive], 1)
            }
            TaskKind::Multiclass | TaskKind::Regression => positive,
        }
    }

    fn needs_classes(&self, what: &str) -> Error {
        Error::Task {
            name: what.to_owned(),
            task: self.task,
            legal: TaskKind::CLASSIFICATION.to_vec(),
        }
    }
}

/// Checks that there are rows, and that the number of outputs fits the task.
pub(crate) fn check_outputs(task: TaskKind, outputs: &Tensor<2>) -> Result<(), Error> {
    let [batch, found] = outputs.dims();
    if batch == 0 {
        return Err(Error::Empty { what: "rows" });
    }
    let expected = match task {
        TaskKind::Binary | TaskKind::Regression => 1,
        TaskKind::Multiclass => found.max(2),
    };
    if found == expected {
        Ok(())
    } else {
        Err(Error::Shape {
            what: "outputs",
            expected: vec![batch, expected],
            found: vec![batch, found],
        })
    }
}

/// Checks that there is one value for every row.
pub(crate) fn check_rows(
    what: &'static str,
    values: &Tensor<1>,
    batch: usize,
) -> Result<(), Error> {
    let [found] = values.dims();
    if found == batch {
        Ok(())
    } else {
        Err(Error::Shape {
            what,
            expected: vec![batch],
            found: vec![found],
        })
    }
}

/// One-hot rows, `[batch, classes]`, from indices of classes held as numbers, `[batch]`.
pub(crate) fn one_hot(targets: &Tensor<1>, classes: usize) -> Tensor<2> {
    let [batch] = targets.dims();
    let dtype = targets.dtype();
    let numbers = Tensor::<1, Int>::arange(
        0..i64::try_from(classes).unwrap_or(i64::MAX),
        &targets.device(),
    )
    .float()
    .cast(dtype)
    .reshape([1, classes]);
    targets
        .clone()
        .reshape([batch, 1])
        .expand([batch, classes])
        .equal(numbers.expand([batch, classes]))
        .cast(float_dtype(dtype))
}

/// The number type of a float tensor.
pub(crate) fn float_dtype(dtype: DType) -> FloatDType {
    FloatDType::from(dtype)
}
