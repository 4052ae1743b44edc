//! Layer normalisation.

use burn::tensor::{Tensor, module};

/// `(x - mean) / sqrt(variance + epsilon) * gamma + beta`, with mean and (biased) variance of the
/// last axis (Ba, Kiros and Hinton 2016, "Layer Normalization").
///
/// The input and the result are `[.., width]`, `gamma` and `beta` `[width]`.
///
/// # Panics
///
/// When `gamma` or `beta` has another width than the input.
pub fn layer_norm<const D: usize>(
    input: Tensor<D>,
    gamma: Tensor<1>,
    beta: Option<Tensor<1>>,
    epsilon: f64,
) -> Tensor<D> {
    match beta {
        #[cfg(feature = "flex")]
        Some(beta) if fused::is_for(&input, &gamma, &beta) => {
            fused::layer_norm(input, gamma, beta, epsilon)
        }
        beta => module::layer_norm(input, gamma, beta, epsilon),
    }
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
    use crate::flex::{FlexReal, is_fusible, shape, tensor, with_real};

    #[backend_extension(Flex, Autodiff)]
    pub(super) trait LayerNormExtension: Backend {
        fn fused_layer_norm(
            input: FloatTensor<Self>,
            gamma: FloatTensor<Self>,
            beta: FloatTensor<Self>,
            epsilon: f64,
        ) -> FloatTensor<Self>;
    }

    /// Whether the operation is fused for these tensors. Those of wrong shapes are left to burn,
    /// whose message says what is wrong with them.
    pub(super) fn is_for<const D: usize>(
        input: &Tensor<D>,
        gamma: &Tensor<1>,
        beta: &Tensor<1>,
    ) -> bool {
        let width = input.dims().last().copied();
        is_fusible(input)
            && [gamma, beta].iter().all(|parameter| {
                parameter.dtype() == input.dtype() && Some(parameter.dims()[0]) == width
            })
    }

    pub(super) fn layer_norm<const D: usize>(
        input: Tensor<D>,
        gamma: Tensor<1>,
        beta: Tensor<1>,
        epsilon: f64,
    ) -> Tensor<D> {
        Tensor::from_dispatch(Dispatch::fused_layer_norm(
            input.into_dispatch(),
            gamma.into_dispatch(),
            beta.into_dispatch(),
            epsilon,
        ))
    }

    fn forward<T: FlexReal>(
        input: &FlexTensor,
        gamma: &FlexTensor,
        beta: &FlexTensor,
        epsilon: f64,
    ) -> FlexTensor {
        let input = input.to_contiguous();
        let (gamma, beta) = (gamma.to_contiguous(), beta.to_contiguous());
        let values = cpu::layer_norm::forward(
            T::values(&input),
            T::values(&gamma),
            T::values(&beta),
            epsilon,
        );
        tensor(values, shape(&input))
    }

    /// The gradients at input, `gamma` and `beta`.
    fn backward<T: FlexReal>(
        input: &FlexTensor,
        gamma: &FlexTensor,
        gradient: &FlexTensor,
        epsilon: f64,
    ) -> [FlexTensor; 3] {
        let (input, gamma) = (input.to_contiguous(), gamma.to_contiguous());
        let gradient = gradient.to_contiguous();
        let gradients = cpu::layer_norm::backward(
            T::values(&input),
            T::values(&gamma),
            epsilon,
            T::values(&gradient),
        );
        [
            tensor(gradients.input, shape(&input)),
            tensor(gradients.gamma, shape(&gamma)),
            tensor(gradients.beta, shape(&gamma)),
        ]
    }

    impl LayerNormExtension for Flex {
        fn fused_layer_norm(
            input: FloatTensor<Self>,
            gamma: FloatTensor<Self>,
            beta: FloatTensor<Self>,
            epsilon: f64,
        ) -> FloatTensor<Self> {
            with_real!(input, Real => forward::<Real>(&input, &gamma, &beta, epsilon))
        }
    }

    #[derive(Debug)]
    struct LayerNormBackward;

    #[derive(Debug, Clone)]
    struct Saved {
        input: NodeId,
        gamma: NodeId,
        epsilon: f64,
    }

    impl Backward<Flex, 3> for LayerNormBackward {
        type State = Saved;

        fn backward(
            self,
            ops: Ops<Saved, 3>,
            gradients: &mut Gradients,
            checkpointer: &mut Checkpointer,
        ) {
            let gradient = gradients.consume::<Flex>(&ops.node);
            let saved = ops.state;
            let input: FlexTensor = checkpointer.retrieve_node_output(saved.input);
            let gamma: FlexTensor = checkpointer.retrieve_node_output(saved.gamma);
            let results = with_real!(input, Real => {
                backward::<Real>(&input, &gamma, &gradient, saved.epsilon)
            });
            for (parent, result) in ops.parents.into_iter().zip(results) {
                if let Some(parent) = parent {
                    gradients.register::<Flex>(parent.id, result);
                }
            }
        }
    }

    impl<C: CheckpointStrategy> LayerNormExtension for Autodiff<Flex, C> {
        fn fused_layer_norm(
            input: FloatTensor<Self>,
            gamma: FloatTensor<Self>,
            beta: FloatTensor<Self>,
            epsilon: f64,
        ) -> FloatTensor<Self> {
            let operation = LayerNormBackward
                .prepare::<C>([input.node(), gamma.node(), beta.node()])
                .compute_bound();
            match operation.stateful() {
                OpsKind::Tracked(mut tracked) => {
                    let saved = Saved {
                        input: tracked.checkpoint(&input),
                        gamma: tracked.checkpoint(&gamma),
                        epsilon,
                    };
                    let output = Flex::fused_layer_norm(
                        input.into_primitive(),
                        gamma.into_primitive(),
                        beta.into_primitive(),
                        epsilon,
                    );
                    tracked.finish(saved, output)
                }
                OpsKind::UnTracked(untracked) => untracked.finish(Flex::fused_layer_norm(
                    input.into_primitive(),
                    gamma.into_primitive(),
                    beta.into_primitive(),
                    epsilon,
                )),
            }
        }
    }
}
