//! The softmax of attention scores.

use burn::tensor::{Bool, Tensor, activation};

/// The weights of attention, `softmax(scale * scores)` over the keys, where some keys are hidden
/// (Vaswani et al. 2017, "Attention Is All You Need").
///
/// The scores and the result are `[batch, heads, queries, keys]`; `hidden`, `[batch, keys]`, is
/// true for the keys that get no weight. Where all keys are hidden all get the same weight, so
/// that a row without anything is no NaN, and none gets a gradient.
///
/// # Panics
///
/// When `hidden` has another batch or other keys than the scores.
pub fn scaled_softmax(scores: Tensor<4>, hidden: Option<Tensor<2, Bool>>, scale: f64) -> Tensor<4> {
    #[cfg(feature = "flex")]
    if fused::is_for(&scores, hidden.as_ref()) {
        return fused::scaled_softmax(scores, hidden, scale);
    }
    let scores = scores.mul_scalar(scale);
    let scores = match hidden {
        None => scores,
        Some(hidden) => {
            let [batch, heads, queries, keys] = scores.dims();
            let hidden = hidden.reshape([batch, 1, 1, keys]);
            // The least number, not minus infinity: where all is hidden there must be no NaN.
            scores.mask_fill(hidden.expand([batch, heads, queries, keys]), f32::MIN)
        }
    };
    activation::softmax(scores, 3)
}

#[cfg(feature = "flex")]
mod fused {
    use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
    use burn::backend::autodiff::grads::Gradients;
    use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
    use burn::backend::tensor::{BoolTensor, FloatTensor};
    use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
    use burn::tensor::{Bool, Tensor};
    use burn_flex::FlexTensor;

    use crate::cpu::softmax::{self, HiddenColumns};
    use crate::flex::{FlexReal, is_fusible, shape, tensor, with_real};

    #[backend_extension(Flex, Autodiff)]
    pub(super) trait SoftmaxExtension: Backend {
        fn fused_softmax(scores: FloatTensor<Self>, scale: f64) -> FloatTensor<Self>;

        fn fused_masked_softmax(
            scores: FloatTensor<Self>,
            hidden: BoolTensor<Self>,
            scale: f64,
        ) -> FloatTensor<Self>;
    }

    /// Whether the operation is fused for these tensors. Those of wrong shapes are left to burn,
    /// whose message says what is wrong with them.
    pub(super) fn is_for(scores: &Tensor<4>, hidden: Option<&Tensor<2, Bool>>) -> bool {
        let [batch, _, _, keys] = scores.dims();
        is_fusible(scores) && hidden.is_none_or(|hidden| hidden.dims() == [batch, keys])
    }

    pub(super) fn scaled_softmax(
        scores: Tensor<4>,
        hidden: Option<Tensor<2, Bool>>,
        scale: f64,
    ) -> Tensor<4> {
        let scores = scores.into_dispatch();
        Tensor::from_dispatch(match hidden {
            None => Dispatch::fused_softmax(scores, scale),
            Some(hidden) => Dispatch::fused_masked_softmax(scores, hidden.into_dispatch(), scale),
        })
    }

    /// The flags of a contiguous mask, for scores `[batch, heads, queries, keys]`.
    fn columns<'a>(hidden: &'a FlexTensor, scores: &FlexTensor) -> HiddenColumns<'a> {
        let shape = shape(scores);
        HiddenColumns {
            flags: hidden.bytes(),
            rows_of_a_group: shape[1] * shape[2],
        }
    }

    fn forward<T: FlexReal>(
        scores: &FlexTensor,
        hidden: Option<&FlexTensor>,
        scale: f64,
    ) -> FlexTensor {
        let scores = scores.to_contiguous();
        let hidden = hidden.map(FlexTensor::to_contiguous);
        let columns = hidden.as_ref().map(|hidden| columns(hidden, &scores));
        let shape = shape(&scores);
        let values = softmax::forward(T::values(&scores), shape[3], columns, scale);
        tensor(values, shape)
    }

    fn backward<T: FlexReal>(
        weights: &FlexTensor,
        gradient: &FlexTensor,
        hidden: Option<&FlexTensor>,
        scale: f64,
    ) -> FlexTensor {
        let gradient = gradient.to_contiguous();
        let hidden = hidden.map(FlexTensor::to_contiguous);
        let columns = hidden.as_ref().map(|hidden| columns(hidden, weights));
        let shape = shape(weights);
        let values = softmax::backward(
            T::values(weights),
            T::values(&gradient),
            shape[3],
            columns,
            scale,
        );
        tensor(values, shape)
    }

    impl SoftmaxExtension for Flex {
        fn fused_softmax(scores: FloatTensor<Self>, scale: f64) -> FloatTensor<Self> {
            with_real!(scores, Real => forward::<Real>(&scores, None, scale))
        }

        fn fused_masked_softmax(
            scores: FloatTensor<Self>,
            hidden: BoolTensor<Self>,
            scale: f64,
        ) -> FloatTensor<Self> {
            with_real!(scores, Real => forward::<Real>(&scores, Some(&hidden), scale))
        }
    }

    #[derive(Debug)]
    struct SoftmaxBackward;

    #[derive(Debug, Clone)]
    struct Saved {
        weights: FlexTensor,
        hidden: Option<FlexTensor>,
        scale: f64,
    }

    impl Backward<Flex, 1> for SoftmaxBackward {
        type State = Saved;

        fn backward(
            self,
            ops: Ops<Saved, 1>,
            gradients: &mut Gradients,
            _checkpointer: &mut Checkpointer,
        ) {
            let [parent] = ops.parents;
            let gradient = gradients.consume::<Flex>(&ops.node);
            let Saved {
                weights,
                hidden,
                scale,
            } = ops.state;
            if let Some(parent) = parent {
                let at_scores = with_real!(weights, Real => {
                    backward::<Real>(&weights, &gradient, hidden.as_ref(), scale)
                });
                gradients.register::<Flex>(parent.id, at_scores);
            }
        }
    }

    fn differentiable<C: CheckpointStrategy>(
        scores: FloatTensor<Autodiff<Flex, C>>,
        hidden: Option<FlexTensor>,
        scale: f64,
    ) -> FloatTensor<Autodiff<Flex, C>> {
        let operation = SoftmaxBackward
            .prepare::<C>([scores.node()])
            .compute_bound();
        let scores = scores.into_primitive();
        let weights = with_real!(scores, Real => forward::<Real>(&scores, hidden.as_ref(), scale));
        match operation.stateful() {
            OpsKind::Tracked(tracked) => {
                let saved = Saved {
                    weights: weights.clone(),
                    hidden,
                    scale,
                };
                tracked.finish(saved, weights)
            }
            OpsKind::UnTracked(untracked) => untracked.finish(weights),
        }
    }

    impl<C: CheckpointStrategy> SoftmaxExtension for Autodiff<Flex, C> {
        fn fused_softmax(scores: FloatTensor<Self>, scale: f64) -> FloatTensor<Self> {
            differentiable::<C>(scores, None, scale)
        }

        fn fused_masked_softmax(
            scores: FloatTensor<Self>,
            hidden: BoolTensor<Self>,
            scale: f64,
        ) -> FloatTensor<Self> {
            differentiable::<C>(scores, Some(hidden), scale)
        }
    }
}
