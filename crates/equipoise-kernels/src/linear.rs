//! A linear layer.

use burn::tensor::{Tensor, module};

/// `input weight + bias`, with the gradients straight from products of matrices that are read
/// transposed where they lie, and none that nobody asks for: a frozen weight costs nothing.
///
/// The input is `[.., inputs]`, the weight `[inputs, outputs]`, the bias `[outputs]`, and the
/// result `[.., outputs]`.
///
/// # Panics
///
/// When the sizes do not fit together.
pub fn linear<const D: usize>(
    input: Tensor<D>,
    weight: Tensor<2>,
    bias: Option<Tensor<1>>,
) -> Tensor<D> {
    #[cfg(feature = "flex")]
    if fused::is_for(&input, &weight, bias.as_ref()) {
        return fused::linear(input, weight, bias);
    }
    module::linear(input, weight, bias)
}

#[cfg(feature = "flex")]
mod fused {
    use burn::backend::autodiff::NodeId;
    use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
    use burn::backend::autodiff::grads::Gradients;
    use burn::backend::autodiff::ops::{Backward, NodeGuard, Ops, OpsKind};
    use burn::backend::tensor::FloatTensor;
    use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
    use burn::tensor::{Shape, Tensor};
    use burn_flex::FlexTensor;

    use crate::cpu::linear::{self as cpu, Sizes};
    use crate::flex::{FlexReal, is_fusible, shape, tensor, with_real};

    #[backend_extension(Flex, Autodiff)]
    pub(super) trait LinearExtension: Backend {
        fn fused_linear(input: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self>;

        fn fused_linear_with_bias(
            input: FloatTensor<Self>,
            weight: FloatTensor<Self>,
            bias: FloatTensor<Self>,
        ) -> FloatTensor<Self>;
    }

    /// Whether the operation is fused for these tensors. Those of wrong shapes are left to burn,
    /// whose message says what is wrong with them.
    pub(super) fn is_for<const D: usize>(
        input: &Tensor<D>,
        weight: &Tensor<2>,
        bias: Option<&Tensor<1>>,
    ) -> bool {
        let [inputs, outputs] = weight.dims();
        is_fusible(input)
            && input.dims().last() == Some(&inputs)
            && weight.dtype() == input.dtype()
            && bias.is_none_or(|bias| bias.dtype() == input.dtype() && bias.dims() == [outputs])
    }

    pub(super) fn linear<const D: usize>(
        input: Tensor<D>,
        weight: Tensor<2>,
        bias: Option<Tensor<1>>,
    ) -> Tensor<D> {
        let (input, weight) = (input.into_dispatch(), weight.into_dispatch());
        Tensor::from_dispatch(match bias {
            None => Dispatch::fused_linear(input, weight),
            Some(bias) => Dispatch::fused_linear_with_bias(input, weight, bias.into_dispatch()),
        })
    }

    fn sizes(input: &FlexTensor, weight: &FlexTensor) -> Sizes {
        let (input, weight) = (shape(input), shape(weight));
        Sizes {
            rows: input.iter().rev().skip(1).product(),
            inputs: weight[0],
            outputs: weight[1],
        }
    }

    /// A shape with another last size.
    fn with_last(mut shape: Shape, last: usize) -> Shape {
        if let Some(size) = shape.last_mut() {
            *size = last;
        }
        shape
    }

    fn forward<T: FlexReal>(
        input: &FlexTensor,
        weight: &FlexTensor,
        bias: Option<&FlexTensor>,
    ) -> FlexTensor {
        let (input, weight) = (input.to_contiguous(), weight.to_contiguous());
        let bias = bias.map(FlexTensor::to_contiguous);
        let sizes = sizes(&input, &weight);
        let values = cpu::forward(
            T::values(&input),
            T::values(&weight),
            bias.as_ref().map(T::values),
            sizes,
        );
        tensor(values, with_last(shape(&input), sizes.outputs))
    }

    fn at_input<T: FlexReal>(gradient: &FlexTensor, weight: &FlexTensor) -> FlexTensor {
        let (gradient, weight) = (gradient.to_contiguous(), weight.to_contiguous());
        let sizes = sizes(&gradient, &weight);
        let values = cpu::at_input(T::values(&gradient), T::values(&weight), sizes);
        tensor(values, with_last(shape(&gradient), sizes.inputs))
    }

    fn at_weight<T: FlexReal>(input: &FlexTensor, gradient: &FlexTensor) -> FlexTensor {
        let (input, gradient) = (input.to_contiguous(), gradient.to_contiguous());
        let last = |tensor: &FlexTensor| shape(tensor).last().copied().unwrap_or(1);
        let sizes = Sizes {
            rows: shape(&input).iter().rev().skip(1).product(),
            inputs: last(&input),
            outputs: last(&gradient),
        };
        let values = cpu::at_weight(T::values(&input), T::values(&gradient), sizes);
        tensor(values, Shape::from([sizes.inputs, sizes.outputs]))
    }

    fn at_bias<T: FlexReal>(gradient: &FlexTensor) -> FlexTensor {
        let gradient = gradient.to_contiguous();
        let shape = shape(&gradient);
        let outputs = shape.last().copied().unwrap_or(1);
        let rows = shape.iter().rev().skip(1).product();
        let values = cpu::at_bias(T::values(&gradient), rows, outputs);
        tensor(values, Shape::from([outputs]))
    }

    impl LinearExtension for Flex {
        fn fused_linear(input: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
            with_real!(input, Real => forward::<Real>(&input, &weight, None))
        }

        fn fused_linear_with_bias(
            input: FloatTensor<Self>,
            weight: FloatTensor<Self>,
            bias: FloatTensor<Self>,
        ) -> FloatTensor<Self> {
            with_real!(input, Real => forward::<Real>(&input, &weight, Some(&bias)))
        }
    }

    /// The gradients at input, weight and, as a third parent, bias.
    #[derive(Debug)]
    struct LinearBackward;

    /// What the gradients need that are asked for.
    #[derive(Debug, Clone)]
    struct Saved {
        /// For the gradient at the weight.
        input: Option<NodeId>,
        /// For the gradient at the input.
        weight: Option<NodeId>,
    }

    impl<const N: usize> Backward<Flex, N> for LinearBackward {
        type State = Saved;

        fn backward(
            self,
            ops: Ops<Saved, N>,
            gradients: &mut Gradients,
            checkpointer: &mut Checkpointer,
        ) {
            let gradient = gradients.consume::<Flex>(&ops.node);
            let mut parents = ops.parents.into_iter();
            let mut next = || parents.next().flatten();
            let (input, weight, bias) = (next(), next(), next());
            if let (Some(parent), Some(saved)) = (input, ops.state.weight) {
                let weight: FlexTensor = checkpointer.retrieve_node_output(saved);
                let result = with_real!(gradient, Real => at_input::<Real>(&gradient, &weight));
                gradients.register::<Flex>(parent.id, result);
            }
            if let (Some(parent), Some(saved)) = (weight, ops.state.input) {
                let input: FlexTensor = checkpointer.retrieve_node_output(saved);
                let result = with_real!(gradient, Real => at_weight::<Real>(&input, &gradient));
                gradients.register::<Flex>(parent.id, result);
            }
            if let Some(parent) = bias {
                let result = with_real!(gradient, Real => at_bias::<Real>(&gradient));
                gradients.register::<Flex>(parent.id, result);
            }
        }
    }

    fn differentiable<C: CheckpointStrategy, const N: usize>(
        nodes: [NodeGuard; N],
        input: FloatTensor<Autodiff<Flex, C>>,
        weight: FloatTensor<Autodiff<Flex, C>>,
        bias: Option<FloatTensor<Autodiff<Flex, C>>>,
    ) -> FloatTensor<Autodiff<Flex, C>> {
        let bias = bias.map(FloatTensor::<Autodiff<Flex, C>>::into_primitive);
        let output = {
            let (input, weight) = (input.primitive(), weight.primitive());
            with_real!(input, Real => forward::<Real>(input, weight, bias.as_ref()))
        };
        match LinearBackward
            .prepare::<C>(nodes)
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(mut tracked) => {
                let saved = Saved {
                    input: weight.is_tracked().then(|| tracked.checkpoint(&input)),
                    weight: input.is_tracked().then(|| tracked.checkpoint(&weight)),
                };
                tracked.finish(saved, output)
            }
            OpsKind::UnTracked(untracked) => untracked.finish(output),
        }
    }

    impl<C: CheckpointStrategy> LinearExtension for Autodiff<Flex, C> {
        fn fused_linear(input: FloatTensor<Self>, weight: FloatTensor<Self>) -> FloatTensor<Self> {
            let nodes = [input.node(), weight.node()];
            differentiable::<C, 2>(nodes, input, weight, None)
        }

        fn fused_linear_with_bias(
            input: FloatTensor<Self>,
            weight: FloatTensor<Self>,
            bias: FloatTensor<Self>,
        ) -> FloatTensor<Self> {
            let nodes = [input.node(), weight.node(), bias.node()];
            differentiable::<C, 3>(nodes, input, weight, Some(bias))
        }
    }
}
