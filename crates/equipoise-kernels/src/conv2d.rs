//! Convolutions of pictures.

use burn::tensor::{Tensor, module, ops::ConvOptions};

/// The convolution of pictures with kernels, as burn's `module::conv2d`, as products of matrices
/// on all threads; those of each channel with a kernel of its own (depthwise) as loops.
///
/// The input is `[batch, channels in, height, width]`, the weight `[channels out, channels in /
/// groups, kernel height, kernel width]`, the bias `[channels out]`, and the result `[batch,
/// channels out, height, width]`. It is fused for one group, and for as many groups as channels.
///
/// # Panics
///
/// When the sizes do not fit together.
pub fn conv2d(
    input: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    options: ConvOptions<2>,
) -> Tensor<4> {
    #[cfg(feature = "flex")]
    if let Some(sizes) = fused::sizes_of(&input, &weight, bias.as_ref(), &options) {
        return fused::conv2d(input, weight, bias, sizes);
    }
    module::conv2d(input, weight, bias, options)
}

#[cfg(feature = "flex")]
mod fused {
    use burn::backend::autodiff::NodeId;
    use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
    use burn::backend::autodiff::grads::Gradients;
    use burn::backend::autodiff::ops::{Backward, NodeGuard, Ops, OpsKind};
    use burn::backend::tensor::FloatTensor;
    use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
    use burn::tensor::{Shape, Tensor, ops::ConvOptions};
    use burn_flex::FlexTensor;

    use crate::cpu::conv2d::{self as cpu, Sizes};
    use crate::flex::{FlexReal, is_fusible, tensor, with_real};

    #[backend_extension(Flex, Autodiff)]
    pub(super) trait ConvExtension: Backend {
        fn fused_conv2d(
            input: FloatTensor<Self>,
            weight: FloatTensor<Self>,
            sizes: Sizes,
        ) -> FloatTensor<Self>;

        fn fused_conv2d_with_bias(
            input: FloatTensor<Self>,
            weight: FloatTensor<Self>,
            bias: FloatTensor<Self>,
            sizes: Sizes,
        ) -> FloatTensor<Self>;
    }

    /// The sizes of a convolution that is fused. Tensors of wrong shapes are left to burn, whose
    /// message says what is wrong with them.
    pub(super) fn sizes_of(
        input: &Tensor<4>,
        weight: &Tensor<4>,
        bias: Option<&Tensor<1>>,
        options: &ConvOptions<2>,
    ) -> Option<Sizes> {
        let [batch, channels_in, height, width] = input.dims();
        let [channels_out, of_a_group, kernel_height, kernel_width] = weight.dims();
        let depthwise = options.groups > 1;
        let is_right = is_fusible(input)
            && weight.dtype() == input.dtype()
            && of_a_group * options.groups == channels_in
            && (!depthwise || (options.groups == channels_in && channels_out == channels_in))
            && channels_in > 0
            && kernel_height * kernel_width > 0
            && bias
                .is_none_or(|bias| bias.dtype() == input.dtype() && bias.dims() == [channels_out]);
        if !is_right {
            return None;
        }
        let axis = |axis: usize, size: usize, kernel: usize| {
            let (before, after) = options.padding[axis];
            let window = options.dilation[axis] * (kernel - 1) + 1;
            let room = (size + before + after).checked_sub(window)?;
            Some(room.checked_div(options.stride[axis])? + 1)
        };
        Some(Sizes {
            batch,
            channels_in,
            input: [height, width],
            channels_out,
            kernel: [kernel_height, kernel_width],
            output: [
                axis(0, height, kernel_height)?,
                axis(1, width, kernel_width)?,
            ],
            stride: options.stride,
            before: [options.padding[0].0, options.padding[1].0],
            dilation: options.dilation,
            depthwise,
        })
    }

    pub(super) fn conv2d(
        input: Tensor<4>,
        weight: Tensor<4>,
        bias: Option<Tensor<1>>,
        sizes: Sizes,
    ) -> Tensor<4> {
        let (input, weight) = (input.into_dispatch(), weight.into_dispatch());
        Tensor::from_dispatch(match bias {
            None => Dispatch::fused_conv2d(input, weight, sizes),
            Some(bias) => {
                Dispatch::fused_conv2d_with_bias(input, weight, bias.into_dispatch(), sizes)
            }
        })
    }

    fn forward<T: FlexReal>(
        input: &FlexTensor,
        weight: &FlexTensor,
        bias: Option<&FlexTensor>,
        sizes: Sizes,
    ) -> FlexTensor {
        let (input, weight) = (input.to_contiguous(), weight.to_contiguous());
        let bias = bias.map(FlexTensor::to_contiguous);
        let values = cpu::forward(
            T::values(&input),
            T::values(&weight),
            bias.as_ref().map(T::values),
            sizes,
        );
        let [height, width] = sizes.output;
        tensor(
            values,
            Shape::from([sizes.batch, sizes.channels_out, height, width]),
        )
    }

    fn at_input<T: FlexReal>(
        gradient: &FlexTensor,
        weight: &FlexTensor,
        sizes: Sizes,
    ) -> FlexTensor {
        let (gradient, weight) = (gradient.to_contiguous(), weight.to_contiguous());
        let values = cpu::at_input(T::values(&gradient), T::values(&weight), sizes);
        let [height, width] = sizes.input;
        tensor(
            values,
            Shape::from([sizes.batch, sizes.channels_in, height, width]),
        )
    }

    fn at_weight<T: FlexReal>(
        input: &FlexTensor,
        gradient: &FlexTensor,
        sizes: Sizes,
    ) -> FlexTensor {
        let (input, gradient) = (input.to_contiguous(), gradient.to_contiguous());
        let values = cpu::at_weight(T::values(&input), T::values(&gradient), sizes);
        let of_a_group = if sizes.depthwise {
            1
        } else {
            sizes.channels_in
        };
        let [height, width] = sizes.kernel;
        tensor(
            values,
            Shape::from([sizes.channels_out, of_a_group, height, width]),
        )
    }

    fn at_bias<T: FlexReal>(gradient: &FlexTensor, sizes: Sizes) -> FlexTensor {
        let gradient = gradient.to_contiguous();
        let values = cpu::at_bias(T::values(&gradient), sizes);
        tensor(values, Shape::from([sizes.channels_out]))
    }

    impl ConvExtension for Flex {
        fn fused_conv2d(
            input: FloatTensor<Self>,
            weight: FloatTensor<Self>,
            sizes: Sizes,
        ) -> FloatTensor<Self> {
            with_real!(input, Real => forward::<Real>(&input, &weight, None, sizes))
        }

        fn fused_conv2d_with_bias(
            input: FloatTensor<Self>,
            weight: FloatTensor<Self>,
            bias: FloatTensor<Self>,
            sizes: Sizes,
        ) -> FloatTensor<Self> {
            with_real!(input, Real => forward::<Real>(&input, &weight, Some(&bias), sizes))
        }
    }

    /// The gradients at input, weight and, as a third parent, bias.
    #[derive(Debug)]
    struct ConvBackward;

    /// What the gradients need that are asked for.
    #[derive(Debug, Clone)]
    struct Saved {
        /// For the gradient at the weight.
        input: Option<NodeId>,
        /// For the gradient at the input.
        weight: Option<NodeId>,
        sizes: Sizes,
    }

    impl<const N: usize> Backward<Flex, N> for ConvBackward {
        type State = Saved;

        fn backward(
            self,
            ops: Ops<Saved, N>,
            gradients: &mut Gradients,
            checkpointer: &mut Checkpointer,
        ) {
            let gradient = gradients.consume::<Flex>(&ops.node);
            let sizes = ops.state.sizes;
            let mut parents = ops.parents.into_iter();
            let mut next = || parents.next().flatten();
            let (input, weight, bias) = (next(), next(), next());
            if let (Some(parent), Some(saved)) = (input, ops.state.weight) {
                let weight: FlexTensor = checkpointer.retrieve_node_output(saved);
                let result = with_real!(gradient, Real => {
                    at_input::<Real>(&gradient, &weight, sizes)
                });
                gradients.register::<Flex>(parent.id, result);
            }
            if let (Some(parent), Some(saved)) = (weight, ops.state.input) {
                let input: FlexTensor = checkpointer.retrieve_node_output(saved);
                let result = with_real!(gradient, Real => {
                    at_weight::<Real>(&input, &gradient, sizes)
                });
                gradients.register::<Flex>(parent.id, result);
            }
            if let Some(parent) = bias {
                let result = with_real!(gradient, Real => at_bias::<Real>(&gradient, sizes));
                gradients.register::<Flex>(parent.id, result);
            }
        }
    }

    fn differentiable<C: CheckpointStrategy, const N: usize>(
        nodes: [NodeGuard; N],
        input: FloatTensor<Autodiff<Flex, C>>,
        weight: FloatTensor<Autodiff<Flex, C>>,
        bias: Option<FloatTensor<Autodiff<Flex, C>>>,
        sizes: Sizes,
    ) -> FloatTensor<Autodiff<Flex, C>> {
        let bias = bias.map(FloatTensor::<Autodiff<Flex, C>>::into_primitive);
        let output = {
            let (input, weight) = (input.primitive(), weight.primitive());
            with_real!(input, Real => forward::<Real>(input, weight, bias.as_ref(), sizes))
        };
        match ConvBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(mut tracked) => {
                let saved = Saved {
                    input: weight.is_tracked().then(|| tracked.checkpoint(&input)),
                    weight: input.is_tracked().then(|| tracked.checkpoint(&weight)),
                    sizes,
                };
                tracked.finish(saved, output)
            }
            OpsKind::UnTracked(untracked) => untracked.finish(output),
        }
    }

    impl<C: CheckpointStrategy> ConvExtension for Autodiff<Flex, C> {
        fn fused_conv2d(
            input: FloatTensor<Self>,
            weight: FloatTensor<Self>,
            sizes: Sizes,
        ) -> FloatTensor<Self> {
            let nodes = [input.node(), weight.node()];
            differentiable::<C, 2>(nodes, input, weight, None, sizes)
        }

        fn fused_conv2d_with_bias(
            input: FloatTensor<Self>,
            weight: FloatTensor<Self>,
            bias: FloatTensor<Self>,
            sizes: Sizes,
        ) -> FloatTensor<Self> {
            let nodes = [input.node(), weight.node(), bias.node()];
            differentiable::<C, 3>(nodes, input, weight, Some(bias), sizes)
        }
    }
}
