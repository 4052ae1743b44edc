//! What training and scoring need of any model: outputs, and what the head saw.

use burn::module::{Module, ModuleDisplay};
use burn::tensor::Tensor;
use equipoise_tensor::TabularInputs;

use crate::TabularModel;

/// A network with a head for a task, over inputs of some kind.
///
/// Which parameters are of the head, and which of a layer, is told by their paths, see
/// [`parameters`](mod@crate::parameters): a fine-tuning may move some of them and not others.
pub trait HeadedModel: Module + ModuleDisplay + 'static {
    /// What the network sees of a batch of rows.
    type Inputs: Clone + Send + std::fmt::Debug + 'static;

    /// The raw outputs of a batch, `[batch, outputs]` (see
    /// [`Task::outputs`](equipoise_core::Task::outputs)), and what the head saw of each row,
    /// `[batch, width]`.
    ///
    /// # Panics
    ///
    /// When the inputs are not of the widths, or beyond the range, that the model was built for.
    fn forward_with_representation(&self, inputs: Self::Inputs) -> (Tensor<2>, Tensor<2>);
}

impl HeadedModel for TabularModel {
    type Inputs = TabularInputs;

    fn forward_with_representation(&self, inputs: TabularInputs) -> (Tensor<2>, Tensor<2>) {
        self.forward_with_representation(inputs.numeric, inputs.categorical)
    }
}
