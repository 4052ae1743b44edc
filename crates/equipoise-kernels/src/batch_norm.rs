//! Batch normalisation of pictures.

use burn::tensor::Tensor;

/// The mean and the (biased) variance of each channel of pictures, `[batch, channels, height,
/// width]`, as two columns, `[channels, 2]`, without gradients; 0 over 0 where there is no value.
pub fn channel_moments(input: Tensor<4>) -> Tensor<2> {
    let input = input.detach();
    #[cfg(feature = "flex")]
    if fused::is_fusible_input(&input) {
        return fused::moments(input);
    }
    let [batch, channels, height, width] = input.dims();
    let rows: Tensor<2> = input
        .swap_dims(0, 1)
        .reshape([channels, batch * height * width]);
    let mean = rows.clone().mean_dim(1);
    let variance = (rows - mean.clone()).powi_scalar(2).mean_dim(1);
    Tensor::cat(vec![mean, variance], 1)
}

/// What the moments of a batch norm are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moments {
    /// Those of the input itself, as [`channel_moments`] gives them: they move with it, and the
    /// gradient at the input says so.
    OfInput,
    /// Those of other pictures: numbers.
    Fixed,
}

/// `(x - mean) / sqrt(variance + epsilon) * gamma + beta`, with mean and variance of each channel
/// (Ioffe and Szegedy 2015, "Batch Normalization: Accelerating Deep Network Training by Reducing
/// Internal Covariate Shift").
///
/// The input and the result are `[batch, channels, height, width]`, `gamma` and `beta`
/// `[channels]`, and `moments` `[channels, 2]` as [`channel_moments`] gives them; no gradient flows
/// into them but through the input.
///
/// # Panics
///
/// When the sizes do not fit together.
pub fn batch_norm(
    input: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    moments: Tensor<2>,
    kind: Moments,
    epsilon: f64,
) -> Tensor<4> {
    #[cfg(feature = "flex")]
    if fused::is_for(&input, &gamma, &beta, &moments) {
        return fused::batch_norm(input, gamma, beta, moments, kind, epsilon);
    }
    let channels = input.dims()[1];
    let shape = [1, channels, 1, 1];
    let (mean, variance) = match kind {
        Moments::Fixed => {
            let column = |place| {
                let column: Tensor<2> = moments.clone().slice([0..channels, place..place + 1]);
                column.reshape(shape)
            };
            (column(0), column(1))
        }
        Moments::OfInput => {
            let over = |values: Tensor<4>| values.mean_dim(0).mean_dim(2).mean_dim(3);
            let mean = over(input.clone());
            let variance = over((input.clone() - mean.clone()).powi_scalar(2));
            (mean, variance)
        }
    };
    (input - mean) / (variance + epsilon).sqrt() * gamma.reshape(shape) + beta.reshape(shape)
}

#[cfg(feature = "flex")]
mod fused {
    use burn::backend::autodiff::NodeId;
    use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
    use burn::backend::autodiff::grads::Gradients;
    use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
    use burn::backend::tensor::FloatTensor;
    use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
    use burn::tensor::{Shape, Tensor};
    use burn_flex::FlexTensor;

    use super::Moments;
    use crate::cpu::batch_norm::{self as cpu, Sizes};
    use crate::flex::{FlexReal, is_fusible, shape, tensor, with_real};

    #[backend_extension(Flex, Autodiff)]
    pub(super) trait BatchNormExtension: Backend {
        fn channel_moments(input: FloatTensor<Self>) -> FloatTensor<Self>;

        fn fused_batch_norm(
            input: FloatTensor<Self>,
            gamma: FloatTensor<Self>,
            beta: FloatTensor<Self>,
            moments: FloatTensor<Self>,
            of_batch: bool,
            epsilon: f64,
        ) -> FloatTensor<Self>;
    }

    pub(super) fn is_fusible_input(input: &Tensor<4>) -> bool {
        is_fusible(input)
    }

    /// Whether the operation is fused for these tensors. Those of wrong shapes are left to burn,
    /// whose message says what is wrong with them.
    pub(super) fn is_for(
        input: &Tensor<4>,
        gamma: &Tensor<1>,
        beta: &Tensor<1>,
        moments: &Tensor<2>,
    ) -> bool {
        let channels = input.dims()[1];
        is_fusible(input)
            && [gamma, beta].iter().all(|parameter| {
                parameter.dtype() == input.dtype() && parameter.dims() == [channels]
            })
            && moments.dtype() == input.dtype()
            && moments.dims() == [channels, 2]
    }

    pub(super) fn moments(input: Tensor<4>) -> Tensor<2> {
        Tensor::from_dispatch(Dispatch::channel_moments(input.into_dispatch()))
    }

    pub(super) fn batch_norm(
        input: Tensor<4>,
        gamma: Tensor<1>,
        beta: Tensor<1>,
        moments: Tensor<2>,
        kind: Moments,
        epsilon: f64,
    ) -> Tensor<4> {
        Tensor::from_dispatch(Dispatch::fused_batch_norm(
            input.into_dispatch(),
            gamma.into_dispatch(),
            beta.into_dispatch(),
            moments.into_dispatch(),
            kind == Moments::OfInput,
            epsilon,
        ))
    }

    fn sizes(input: &FlexTensor) -> Sizes {
        let shape = shape(input);
        Sizes {
            batch: shape[0],
            channels: shape[1],
            plane: shape[2] * shape[3],
        }
    }

    fn moments_of<T: FlexReal>(input: &FlexTensor) -> FlexTensor {
        let input = input.to_contiguous();
        let sizes = sizes(&input);
        let values = cpu::moments(T::values(&input), sizes);
        tensor(values, Shape::from([sizes.channels, 2]))
    }

    fn forward<T: FlexReal>(
        [input, gamma, beta, moments]: [&FlexTensor; 4],
        epsilon: f64,
    ) -> FlexTensor {
        let [input, gamma, beta, moments] =
            [input, gamma, beta, moments].map(FlexTensor::to_contiguous);
        let values = cpu::forward(
            T::values(&input),
            T::values(&gamma),
            T::values(&beta),
            T::values(&moments),
            sizes(&input),
            epsilon,
        );
        tensor(values, shape(&input))
    }

    /// The gradients at input, `gamma` and `beta`.
    fn backward<T: FlexReal>(
        [input, gamma, moments, gradient]: [&FlexTensor; 4],
        of_batch: bool,
        epsilon: f64,
    ) -> [FlexTensor; 3] {
        let [input, gamma, moments, gradient] =
            [input, gamma, moments, gradient].map(FlexTensor::to_contiguous);
        let gradients = cpu::backward(
            T::values(&input),
            T::values(&gamma),
            T::values(&moments),
            T::values(&gradient),
            sizes(&input),
            epsilon,
            of_batch,
        );
        [
            tensor(gradients.input, shape(&input)),
            tensor(gradients.gamma, shape(&gamma)),
            tensor(gradients.beta, shape(&gamma)),
        ]
    }

    impl BatchNormExtension for Flex {
        fn channel_moments(input: FloatTensor<Self>) -> FloatTensor<Self> {
            with_real!(input, Real => moments_of::<Real>(&input))
        }

        fn fused_batch_norm(
            input: FloatTensor<Self>,
            gamma: FloatTensor<Self>,
            beta: FloatTensor<Self>,
            moments: FloatTensor<Self>,
            _of_batch: bool,
            epsilon: f64,
        ) -> FloatTensor<Self> {
            with_real!(input, Real => forward::<Real>([&input, &gamma, &beta, &moments], epsilon))
        }
    }

    #[derive(Debug)]
    struct BatchNormBackward;

    #[derive(Debug, Clone)]
    struct Saved {
        input: NodeId,
        gamma: NodeId,
        moments: FlexTensor,
        of_batch: bool,
        epsilon: f64,
    }

    impl Backward<Flex, 3> for BatchNormBackward {
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
            let results = with_real!(input, Real => backward::<Real>(
                [&input, &gamma, &saved.moments, &gradient],
                saved.of_batch,
                saved.epsilon,
            ));
            for (parent, result) in ops.parents.into_iter().zip(results) {
                if let Some(parent) = parent {
                    gradients.register::<Flex>(parent.id, result);
                }
            }
        }
    }

    impl<C: CheckpointStrategy> BatchNormExtension for Autodiff<Flex, C> {
        fn channel_moments(input: FloatTensor<Self>) -> FloatTensor<Self> {
            let moments = Flex::channel_moments(input.into_primitive());
            FloatTensor::<Self>::new(moments)
        }

        fn fused_batch_norm(
            input: FloatTensor<Self>,
            gamma: FloatTensor<Self>,
            beta: FloatTensor<Self>,
            moments: FloatTensor<Self>,
            of_batch: bool,
            epsilon: f64,
        ) -> FloatTensor<Self> {
            let moments = moments.into_primitive();
            let operation = BatchNormBackward
                .prepare::<C>([input.node(), gamma.node(), beta.node()])
                .compute_bound();
            let output = {
                let parts = [
                    input.primitive(),
                    gamma.primitive(),
                    beta.primitive(),
                    &moments,
                ];
                with_real!(moments, Real => forward::<Real>(parts, epsilon))
            };
            match operation.stateful() {
                OpsKind::Tracked(mut tracked) => {
                    let saved = Saved {
                        input: tracked.checkpoint(&input),
                        gamma: tracked.checkpoint(&gamma),
                        moments,
                        of_batch,
                        epsilon,
                    };
                    tracked.finish(saved, output)
                }
                OpsKind::UnTracked(untracked) => untracked.finish(output),
            }
        }
    }
}
