//! What some losses read beside outputs, targets, groups and weights.

use std::fmt;

use burn::tensor::Tensor;

/// Something that a loss needs and that not every training has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Need {
    /// What the head saw of each row: [`Extras::representation`].
    Representation,
    /// What the model returns for the counterfactual of each row:
    /// [`Extras::counterfactual_outputs`].
    CounterfactualOutputs,
    /// The values of a continuous attribute: [`Extras::group_values`].
    GroupValues,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Representation => "representation of each row",
            Self::CounterfactualOutputs => "outputs for the counterfactual of each row",
            Self::GroupValues => "values of a continuous attribute",
        })
    }
}

/// The parts of a batch that only some losses read.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    /// What the head of the model saw of each row, `[batch, width]`.
    pub representation: Option<Tensor<2>>,
    /// What the model returns for the same rows with the words or values of the group swapped,
    /// `[batch, outputs]`.
    pub counterfactual_outputs: Option<Tensor<2>>,
    /// Continuous attributes, such as the age, `[batch, attributes]`. In the rows of a total loss
    /// these are all of the schema's; each term sees those that it selects.
    pub group_values: Option<Tensor<2>>,
}
