//! Attention with several heads.

use burn::tensor::{Bool, Tensor};

use crate::scaled_softmax;

/// `softmax(scale * queries keys^T) values` in each head (Vaswani et al. 2017, "Attention Is All
/// You Need"), without keeping the weights: the backward pass computes them again.
///
/// Queries are `[batch, queries, width]`, keys and values `[batch, keys, width]`, and the result
/// is `[batch, queries, width]`; the `heads` of a token lie side by side, so `width` is a multiple
/// of `heads`. `hidden`, `[batch, keys]`, is true for the keys that get no weight, as in
/// [`scaled_softmax`].
///
/// # Panics
///
/// When the sizes do not fit together.
pub fn attention(
    queries: Tensor<3>,
    keys: Tensor<3>,
    values: Tensor<3>,
    hidden: Option<Tensor<2, Bool>>,
    heads: usize,
    scale: f64,
) -> Tensor<3> {
    #[cfg(feature = "flex")]
    if fused::is_for([&queries, &keys, &values], hidden.as_ref(), heads) {
        return fused::attention(queries, keys, values, hidden, heads, scale);
    }
    let dims = queries.dims();
    let split = |tokens: Tensor<3>| {
        let [batch, count, width] = tokens.dims();
        tokens
            .reshape([batch, count, heads, width / heads])
            .swap_dims(1, 2)
    };
    let scores = split(queries).matmul(split(keys).transpose());
    let weights = scaled_softmax(scores, hidden, scale);
    weights.matmul(split(values)).swap_dims(1, 2).reshape(dims)
}

#[cfg(feature = "flex")]
mod fused {
    use burn::backend::autodiff::NodeId;
    use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
    use burn::backend::autodiff::grads::Gradients;
    use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
    use burn::backend::tensor::{BoolTensor, FloatTensor};
    use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
    use burn::tensor::{Bool, Tensor};
    use burn_flex::FlexTensor;

    use crate::cpu::attention::{self as cpu, Inputs, Sizes};
    use crate::flex::{FlexReal, is_fusible, shape, tensor, with_real};

    #[backend_extension(Flex, Autodiff)]
    pub(super) trait AttentionExtension: Backend {
        fn fused_attention(
            queries: FloatTensor<Self>,
            keys: FloatTensor<Self>,
            values: FloatTensor<Self>,
            heads: usize,
            scale: f64,
        ) -> FloatTensor<Self>;

        fn fused_masked_attention(
            queries: FloatTensor<Self>,
            keys: FloatTensor<Self>,
            values: FloatTensor<Self>,
            hidden: BoolTensor<Self>,
            heads: usize,
            scale: f64,
        ) -> FloatTensor<Self>;
    }

    /// Whether the operation is fused for these tensors. Those of wrong shapes are left to burn,
    /// whose message says what is wrong with them.
    pub(super) fn is_for(
        [queries, keys, values]: [&Tensor<3>; 3],
        hidden: Option<&Tensor<2, Bool>>,
        heads: usize,
    ) -> bool {
        let [batch, count, width] = keys.dims();
        let [of_queries, _, width_of_queries] = queries.dims();
        is_fusible(queries)
            && keys.dtype() == queries.dtype()
            && values.dtype() == queries.dtype()
            && values.dims() == keys.dims()
            && (of_queries, width_of_queries) == (batch, width)
            && heads > 0
            && width.is_multiple_of(heads)
            && hidden.is_none_or(|hidden| hidden.dims() == [batch, count])
    }

    pub(super) fn attention(
        queries: Tensor<3>,
        keys: Tensor<3>,
        values: Tensor<3>,
        hidden: Option<Tensor<2, Bool>>,
        heads: usize,
        scale: f64,
    ) -> Tensor<3> {
        let (queries, keys) = (queries.into_dispatch(), keys.into_dispatch());
        let values = values.into_dispatch();
        Tensor::from_dispatch(match hidden {
            None => Dispatch::fused_attention(queries, keys, values, heads, scale),
            Some(hidden) => {
                let hidden = hidden.into_dispatch();
                Dispatch::fused_masked_attention(queries, keys, values, hidden, heads, scale)
            }
        })
    }

    /// Contiguous queries, keys and values, with what says how they are to be read.
    #[derive(Debug)]
    struct Prepared {
        tokens: [FlexTensor; 3],
        hidden: Option<FlexTensor>,
        sizes: Sizes,
        scale: f64,
    }

    impl Prepared {
        fn new(tokens: [&FlexTensor; 3], settings: &Settings) -> Self {
            let tokens = tokens.map(FlexTensor::to_contiguous);
            let (queries, keys) = (shape(&tokens[0]), shape(&tokens[1]));
            Self {
                tokens,
                hidden: settings.hidden.as_ref().map(FlexTensor::to_contiguous),
                sizes: Sizes {
                    batch: queries[0],
                    queries: queries[1],
                    keys: keys[1],
                    heads: settings.heads,
                    head_width: queries[2] / settings.heads,
                },
                scale: settings.scale,
            }
        }

        fn inputs<T: FlexReal>(&self) -> Inputs<'_, T> {
            let [queries, keys, values] = &self.tokens;
            Inputs {
                queries: T::values(queries),
                keys: T::values(keys),
                values: T::values(values),
                hidden: self.hidden.as_ref().map(FlexTensor::bytes),
            }
        }

        fn forward<T: FlexReal>(&self) -> FlexTensor {
            let mixed = cpu::forward(self.inputs::<T>(), self.sizes, self.scale);
            tensor(mixed, shape(&self.tokens[0]))
        }

        /// The gradients at queries, keys and values.
        fn backward<T: FlexReal>(&self, gradient: &FlexTensor) -> [FlexTensor; 3] {
            let gradient = gradient.to_contiguous();
            let inputs = self.inputs::<T>();
            let gradients = cpu::backward(inputs, T::values(&gradient), self.sizes, self.scale);
            let [queries, keys, values] = &self.tokens;
            [
                tensor(gradients.queries, shape(queries)),
                tensor(gradients.keys, shape(keys)),
                tensor(gradients.values, shape(values)),
            ]
        }
    }

    #[derive(Debug, Clone)]
    struct Settings {
        hidden: Option<FlexTensor>,
        heads: usize,
        scale: f64,
    }

    fn forward(tokens: [&FlexTensor; 3], settings: &Settings) -> FlexTensor {
        let prepared = Prepared::new(tokens, settings);
        with_real!(prepared.tokens[0], Real => prepared.forward::<Real>())
    }

    impl AttentionExtension for Flex {
        fn fused_attention(
            queries: FloatTensor<Self>,
            keys: FloatTensor<Self>,
            values: FloatTensor<Self>,
            heads: usize,
            scale: f64,
        ) -> FloatTensor<Self> {
            let settings = Settings {
                hidden: None,
                heads,
                scale,
            };
            forward([&queries, &keys, &values], &settings)
        }

        fn fused_masked_attention(
            queries: FloatTensor<Self>,
            keys: FloatTensor<Self>,
            values: FloatTensor<Self>,
            hidden: BoolTensor<Self>,
            heads: usize,
            scale: f64,
        ) -> FloatTensor<Self> {
            let settings = Settings {
                hidden: Some(hidden),
                heads,
                scale,
            };
            forward([&queries, &keys, &values], &settings)
        }
    }

    #[derive(Debug)]
    struct AttentionBackward;

    #[derive(Debug, Clone)]
    struct Saved {
        tokens: [NodeId; 3],
        settings: Settings,
    }

    impl Backward<Flex, 3> for AttentionBackward {
        type State = Saved;

        fn backward(
            self,
            ops: Ops<Saved, 3>,
            gradients: &mut Gradients,
            checkpointer: &mut Checkpointer,
        ) {
            let gradient = gradients.consume::<Flex>(&ops.node);
            let tokens: [FlexTensor; 3] = ops
                .state
                .tokens
                .map(|saved| checkpointer.retrieve_node_output(saved));
            let prepared = Prepared::new(tokens.each_ref(), &ops.state.settings);
            let results = with_real!(gradient, Real => prepared.backward::<Real>(&gradient));
            for (parent, result) in ops.parents.into_iter().zip(results) {
                if let Some(parent) = parent {
                    gradients.register::<Flex>(parent.id, result);
                }
            }
        }
    }

    fn differentiable<C: CheckpointStrategy>(
        tokens: &[FloatTensor<Autodiff<Flex, C>>; 3],
        settings: Settings,
    ) -> FloatTensor<Autodiff<Flex, C>> {
        let output = forward(
            tokens
                .each_ref()
                .map(FloatTensor::<Autodiff<Flex, C>>::primitive),
            &settings,
        );
        let nodes = tokens
            .each_ref()
            .map(FloatTensor::<Autodiff<Flex, C>>::node);
        let operation = AttentionBackward.prepare::<C>(nodes).compute_bound();
        match operation.stateful() {
            OpsKind::Tracked(mut tracked) => {
                let saved = Saved {
                    tokens: tokens.each_ref().map(|tokens| tracked.checkpoint(tokens)),
                    settings,
                };
                tracked.finish(saved, output)
            }
            OpsKind::UnTracked(untracked) => untracked.finish(output),
        }
    }

    impl<C: CheckpointStrategy> AttentionExtension for Autodiff<Flex, C> {
        fn fused_attention(
            queries: FloatTensor<Self>,
            keys: FloatTensor<Self>,
            values: FloatTensor<Self>,
            heads: usize,
            scale: f64,
        ) -> FloatTensor<Self> {
            let settings = Settings {
                hidden: None,
                heads,
                scale,
            };
            differentiable::<C>(&[queries, keys, values], settings)
        }

        fn fused_masked_attention(
            queries: FloatTensor<Self>,
            keys: FloatTensor<Self>,
            values: FloatTensor<Self>,
            hidden: BoolTensor<Self>,
            heads: usize,
            scale: f64,
        ) -> FloatTensor<Self> {
            let settings = Settings {
                hidden: Some(hidden),
                heads,
                scale,
            };
            differentiable::<C>(&[queries, keys, values], settings)
        }
    }
}
