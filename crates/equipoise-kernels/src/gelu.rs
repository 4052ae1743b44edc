//! The Gaussian error linear unit.

use burn::tensor::{Tensor, activation};

/// `x P(X <= x)` of each value, for a standard normal `X`: the exact GELU (Hendrycks and Gimpel
/// 2016, "Gaussian Error Linear Units"), not its approximation by a hyperbolic tangent.
///
/// The result has the shape of the input. In `f32` it is within `4e-7 |x|`.
pub fn gelu<const D: usize>(input: Tensor<D>) -> Tensor<D> {
    #[cfg(feature = "flex")]
    if crate::flex::is_fusible(&input) {
        return fused::gelu(input);
    }
    activation::gelu(input)
}

#[cfg(feature = "flex")]
mod fused {
    use burn::backend::autodiff::NodeId;
    use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
    use burn::backend::autodiff::grads::Gradients;
    use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
    use burn::backend::tensor::FloatTensor;
    use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
    use burn::tensor::Tensor;
    use burn_flex::FlexTensor;

    use crate::cpu;
    use crate::flex::{FlexReal, shape, tensor, with_real};

    #[backend_extension(Flex, Autodiff)]
    pub(super) trait GeluExtension: Backend {
        fn fused_gelu(input: FloatTensor<Self>) -> FloatTensor<Self>;
    }

    pub(super) fn gelu<const D: usize>(input: Tensor<D>) -> Tensor<D> {
        Tensor::from_dispatch(Dispatch::fused_gelu(input.into_dispatch()))
    }

    fn forward<T: FlexReal>(input: &FlexTensor) -> FlexTensor {
        let input = input.to_contiguous();
        tensor(cpu::gelu::forward(T::values(&input)), shape(&input))
    }

    fn backward<T: FlexReal>(input: &FlexTensor, gradient: &FlexTensor) -> FlexTensor {
        let (input, gradient) = (input.to_contiguous(), gradient.to_contiguous());
        let values = cpu::gelu::backward(T::values(&input), T::values(&gradient));
        tensor(values, shape(&input))
    }

    impl GeluExtension for Flex {
        fn fused_gelu(input: FloatTensor<Self>) -> FloatTensor<Self> {
            with_real!(input, Real => forward::<Real>(&input))
        }
    }

    #[derive(Debug)]
    struct GeluBackward;

    impl Backward<Flex, 1> for GeluBackward {
        type State = NodeId;

        fn backward(
            self,
            ops: Ops<NodeId, 1>,
            gradients: &mut Gradients,
            checkpointer: &mut Checkpointer,
        ) {
            let [parent] = ops.parents;
            let gradient = gradients.consume::<Flex>(&ops.node);
            let input: FlexTensor = checkpointer.retrieve_node_output(ops.state);
            if let Some(parent) = parent {
                let at_input = with_real!(input, Real => backward::<Real>(&input, &gradient));
                gradients.register::<Flex>(parent.id, at_input);
            }
        }
    }

    impl<C: CheckpointStrategy> GeluExtension for Autodiff<Flex, C> {
        fn fused_gelu(input: FloatTensor<Self>) -> FloatTensor<Self> {
            let operation = GeluBackward.prepare::<C>([input.node()]).compute_bound();
            match operation.stateful() {
                OpsKind::Tracked(mut tracked) => {
                    let saved = tracked.checkpoint(&input);
                    tracked.finish(saved, Flex::fused_gelu(input.into_primitive()))
                }
                OpsKind::UnTracked(untracked) => {
                    untracked.finish(Flex::fused_gelu(input.into_primitive()))
                }
            }
        }
    }
}
