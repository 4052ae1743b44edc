//! The sliced Wasserstein distance between the representations of groups.

use std::sync::Arc;

use burn::tensor::{Tensor, TensorData};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use super::{GroupWeights, transport::distance_from_barycentre};
use crate::{
    DefaultValue, Error, FairnessInput, FairnessLoss, LossSpec, LossState, Need, OptionSpec,
    TaskKind,
};

const PROJECTIONS: OptionSpec = OptionSpec {
    key: "projections",
    summary: "Along how many random directions representations are compared.",
    legal: "a whole number of 1 or more",
    default: Some(DefaultValue::Integer(32)),
};

const SEED: OptionSpec = OptionSpec {
    key: "seed",
    summary: "What the directions are drawn from.",
    legal: "a whole number",
    default: Some(DefaultValue::Integer(0)),
};

/// See [`SlicedWasserstein`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "sliced-wasserstein",
    summary: "How far the groups' representations must be moved to be distributed alike, along \
              random directions.",
    formula: "mean over directions d of W1(d' h of the groups, their barycentre)",
    paper: Some("Rabin, Peyre, Delon and Bernot 2011; Bonneel et al. 2015"),
    tasks: &[TaskKind::Binary, TaskKind::Multiclass, TaskKind::Regression],
    laws: super::wasserstein::SPEC.laws,
    needs: &[Need::Representation],
    options: &[PROJECTIONS, SEED],
    build: |options| {
        let seed = options.integer(SEED.key)?.unsigned_abs();
        Ok(Arc::new(SlicedWasserstein::new(
            options.count(PROJECTIONS.key)?,
            seed,
        )))
    },
};

/// The mean over random unit directions of [`super::Wasserstein`] between what the head saw of the
/// groups' rows, in the units of the representation.
///
/// Where it is 0 in every direction, no head tells the groups apart. The directions are the same
/// in every step.
#[derive(Debug, Clone, Copy)]
pub struct SlicedWasserstein {
    projections: usize,
    seed: u64,
}

impl SlicedWasserstein {
    /// The loss along a number of directions, at least one.
    pub fn new(projections: usize, seed: u64) -> Self {
        Self {
            projections: projections.max(1),
            seed,
        }
    }

    /// Unit vectors as columns, `[width, projections]`.
    fn directions(&self, like: &Tensor<2>) -> Tensor<2> {
        let [_, width] = like.dims();
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let values: Vec<f64> = StandardNormal
            .sample_iter(&mut random)
            .take(width * self.projections)
            .collect();
        let data = TensorData::new(values, [width, self.projections]);
        let directions = Tensor::<2>::from_data(data, (&like.device(), like.dtype()));
        let lengths = directions.clone().mul(directions.clone()).sum_dim(0).sqrt();
        let dims = directions.dims();
        directions.div(lengths.clamp_min(f64::from(f32::MIN_POSITIVE)).expand(dims))
    }
}

impl FairnessLoss for SlicedWasserstein {
    fn name(&self) -> &str {
        SPEC.name
    }

    fn tasks(&self) -> &[TaskKind] {
        SPEC.tasks
    }

    fn needs(&self) -> &[Need] {
        SPEC.needs
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        self.check_task(input.task())?;
        let representation = input.extra(Need::Representation, SPEC.name)?;
        let projected = representation
            .clone()
            .matmul(self.directions(representation));
        Ok(distance_from_barycentre(&projected, &GroupWeights::of(input)).mean())
    }
}
