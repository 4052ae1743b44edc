//! Kernels: how alike two scores are.

use burn::tensor::{DType, Device, Tensor, TensorData};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Cauchy, Distribution, StandardNormal};

use crate::{DefaultValue, Error, OptionSpec, Options};

/// The option that chooses a [`KernelShape`].
pub(crate) const KERNEL: OptionSpec = OptionSpec {
    key: "kernel",
    summary: "How likeness falls with distance.",
    legal: "`gaussian` or `laplacian`",
    default: Some(DefaultValue::Text("gaussian")),
};

/// How likeness falls with distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KernelShape {
    /// `exp(-|s - t|^2 / length^2)`
    Gaussian,
    /// `exp(-sum_c |s_c - t_c| / length)`, which has a kink where scores are equal.
    Laplacian,
}

/// A kernel: 1 for equal scores, near 0 for scores that lie many lengths apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kernel {
    shape: KernelShape,
    length: f64,
}

impl Kernel {
    /// A kernel of some length, in the units of the scores.
    ///
    /// # Errors
    ///
    /// When the length is not a finite number above 0.
    pub fn new(shape: KernelShape, length: f64) -> Result<Self, Error> {
        if length.is_finite() && length > 0.0 {
            Ok(Self { shape, length })
        } else {
            Err(Error::Range {
                option: "length",
                value: length,
                legal: "a finite number above 0",
            })
        }
    }

    /// The kernel of the options [`KERNEL`] and `length`.
    pub(crate) fn of(options: &Options<'_>) -> Result<Self, Error> {
        let shape = options.choice(
            KERNEL.key,
            &[
                ("gaussian", KernelShape::Gaussian),
                ("laplacian", KernelShape::Laplacian),
            ],
        )?;
        Self::new(shape, options.positive("length")?)
    }

    /// The kernel between all rows, `[batch, batch]`, from scores, `[batch, classes]`.
    pub(super) fn matrix(&self, scores: &Tensor<2>) -> Tensor<2> {
        let [rows, classes] = scores.dims();
        let difference = |class: usize| {
            let column = scores.clone().narrow(1, class, 1);
            let row = column.clone().transpose();
            column.expand([rows, rows]).sub(row.expand([rows, rows]))
        };
        match self.shape {
            KernelShape::Gaussian => {
                let squares = if classes == 1 {
                    let difference = difference(0);
                    difference.clone().mul(difference)
                } else {
                    // |s - t|^2 = |s|^2 + |t|^2 - 2 s t: one matrix product for all classes.
                    let norms = scores.clone().mul(scores.clone()).sum_dim(1);
                    let products = scores.clone().matmul(scores.clone().transpose());
                    norms
                        .clone()
                        .expand([rows, rows])
                        .add(norms.transpose().expand([rows, rows]))
                        .sub(products.mul_scalar(2.0))
                };
                squares.div_scalar(-self.length * self.length).exp()
            }
            KernelShape::Laplacian => (0..classes)
                .map(|class| difference(class).abs())
                .reduce(Tensor::add)
                .unwrap_or_else(|| Tensor::zeros([rows, rows], &scores.device()))
                .div_scalar(-self.length)
                .exp(),
        }
    }

    /// Random frequencies, `[classes, count]`, whose mean cosine of a difference is the kernel
    /// (Rahimi and Recht 2007); the same for the same seed.
    pub(super) fn frequencies(
        &self,
        classes: usize,
        count: usize,
        seed: u64,
        device: &Device,
        dtype: DType,
    ) -> Result<Tensor<2>, Error> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let numbers = classes * count;
        let values: Vec<f64> = match self.shape {
            KernelShape::Gaussian => {
                let scale = 2.0f64.sqrt() / self.length;
                let normal = |value: f64| value * scale;
                StandardNormal
                    .sample_iter(&mut random)
                    .take(numbers)
                    .map(normal)
                    .collect()
            }
            KernelShape::Laplacian => Cauchy::new(0.0, 1.0 / self.length)
                .map_err(|_| Error::Range {
                    option: "length",
                    value: self.length,
                    legal: "a finite number above 0 whose inverse is finite",
                })?
                .sample_iter(&mut random)
                .take(numbers)
                .collect(),
        };
        let data = TensorData::new(values, [classes, count]);
        Ok(Tensor::from_data(data, (device, dtype)))
    }
}
