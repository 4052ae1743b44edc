//! The Hilbert-Schmidt independence criterion between scores and group.

use std::sync::Arc;

use burn::tensor::Tensor;

use super::{
    Attribute, Kernel,
    attribute::ATTRIBUTE,
    kernel::{KERNEL, KernelShape},
};
use crate::{
    DefaultValue, Error, FairnessInput, FairnessLoss, Law, Laws, LossSpec, LossState, Need,
    OptionSpec, TaskKind,
};

const LENGTH: OptionSpec = OptionSpec {
    key: "length",
    summary: "The distance of scores over which the kernel falls.",
    legal: "a finite number above 0",
    default: Some(DefaultValue::Number(1.0)),
};

const FEATURES: OptionSpec = OptionSpec {
    key: "features",
    summary: "How many random Fourier features stand in for the kernel; 0 for the kernel itself, \
              at a cost that grows with the square of the batch.",
    legal: "an even whole number, 0 or more",
    default: Some(DefaultValue::Integer(64)),
};

const SEED: OptionSpec = OptionSpec {
    key: "seed",
    summary: "What the random features are drawn from.",
    legal: "a whole number, 0 or more",
    default: Some(DefaultValue::Integer(0)),
};

/// See [`Hsic`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "hsic",
    summary: "The Hilbert-Schmidt independence criterion between scores and group.",
    formula: "sum_j || cov(1[j], phi(s)) ||^2 with k(s, t) = phi(s)' phi(t)",
    paper: Some("Gretton, Bousquet, Smola and Schölkopf 2005; features Rahimi and Recht 2007"),
    tasks: &[TaskKind::Binary, TaskKind::Multiclass, TaskKind::Regression],
    laws: Laws {
        smooth: Law::Fails {
            reason: "smooth with the Gaussian kernel and with random features; the Laplacian one \
                     has a kink where two scores are equal",
        },
        ..Laws::ALL
    },
    needs: &[],
    options: &[KERNEL, LENGTH, FEATURES, SEED, ATTRIBUTE],
    build: |options| {
        let even = |count: f64| count >= 0.0 && count % 2.0 == 0.0;
        let whole = |seed: f64| seed >= 0.0 && seed.fract() == 0.0;
        options.number_that(FEATURES.key, even)?;
        options.number_that(SEED.key, whole)?;
        let hsic = Hsic::new(Kernel::of(options)?, Attribute::of(options)?);
        let features = usize::try_from(options.integer(FEATURES.key)?).unwrap_or(usize::MAX);
        let seed = options.integer(SEED.key)?.unsigned_abs();
        Ok(Arc::new(hsic.with_features(features, seed)))
    },
};

/// `1/N^2 tr(K H L H)` with `L = 1` for two rows of one group and 0 otherwise: the squared
/// covariance between groups and scores in the space of the kernel.
///
/// It is `sum_j pi_j^2 MMD^2(P_j, P)`, for two groups `2 pi_0^2 pi_1^2 MMD^2(P_0, P_1)`, and so
/// at most a small fraction of [`super::Mmd`]: its lambda must be larger by that factor. A Gaussian
/// kernel `exp(-(a - b)^2 / sigma)` on the numbers 0 and 1 of two groups in place of `L` gives
/// `1 - exp(-1 / sigma)` times this, and the divisor `(N - 1)^2` in place of `N^2` its own factor.
///
/// With random Fourier features the cost is linear in the rows; the value differs from the exact
/// one by a part of about `1 / sqrt(features)`, and is a squared distance of its own that is 0 at
/// parity. With [`Attribute::Values`] the Gaussian kernel of length 1 compares the values.
#[derive(Debug, Clone, Copy)]
pub struct Hsic {
    kernel: Kernel,
    attribute: Attribute,
    features: usize,
    seed: u64,
}

impl Hsic {
    /// The loss with the kernel itself.
    pub fn new(kernel: Kernel, attribute: Attribute) -> Self {
        Self {
            kernel,
            attribute,
            features: 0,
            seed: 0,
        }
    }

    /// The same with an even number of random features in place of the kernel; 0 for none.
    #[must_use]
    pub fn with_features(mut self, features: usize, seed: u64) -> Self {
        self.features = features;
        self.seed = seed;
        self
    }

    /// The squared covariance of centred attributes, `[batch, attributes]`, with the kernel's
    /// features of the scores, `[1]`.
    fn with_columns(&self, scores: &Tensor<2>, centred: Tensor<2>) -> Result<Tensor<1>, Error> {
        let frequencies = self.features / 2;
        if frequencies == 0 {
            let kernel = self.kernel.matrix(scores);
            return Ok(centred.clone().mul(kernel.matmul(centred)).sum());
        }
        let [_, classes] = scores.dims();
        let angles = scores.clone().matmul(self.kernel.frequencies(
            classes,
            frequencies,
            self.seed,
            &scores.device(),
            scores.dtype(),
        )?);
        let centred = centred.transpose();
        let cosines = centred.clone().matmul(angles.clone().cos());
        let sines = centred.matmul(angles.sin());
        let squares = cosines.clone().mul(cosines).add(sines.clone().mul(sines));
        Ok(squares.sum().div_scalar(frequencies as f64))
    }

    /// The same with the kernel of a continuous attribute.
    fn with_values(&self, input: &FairnessInput) -> Result<Tensor<1>, Error> {
        let (values, shares) = self.attribute.columns(input, SPEC.name)?;
        let kernel = Kernel::new(KernelShape::Gaussian, 1.0)?.matrix(&values);
        let rows = kernel.dims();
        // Rows and columns less their weighted means, then times the shares: P H L H P.
        let means = kernel.clone().matmul(shares.clone());
        let overall = means.clone().mul(shares.clone()).sum_dim(0).expand(rows);
        let centred = kernel
            .sub(means.clone().expand(rows))
            .sub(means.transpose().expand(rows))
            .add(overall)
            .mul(shares.clone().expand(rows))
            .mul(shares.transpose().expand(rows));
        Ok(self.kernel.matrix(&input.scores()).mul(centred).sum())
    }
}

impl FairnessLoss for Hsic {
    fn name(&self) -> &str {
        SPEC.name
    }

    fn tasks(&self) -> &[TaskKind] {
        SPEC.tasks
    }

    fn needs(&self) -> &[Need] {
        self.attribute.needs()
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        self.check_task(input.task())?;
        let value = match self.attribute {
            Attribute::Groups => {
                let centred = self.attribute.centred(input, SPEC.name)?;
                self.with_columns(&input.scores(), centred)?
            }
            Attribute::Values => self.with_values(input)?,
        };
        Ok(value.mul(self.attribute.comparable(input)))
    }
}
