//! The common tensor backend: open a device by name, seed it, know what it can do, and the batch
//! types that losses, models and training share.
//!
//! All tensor code of Equipoise is plain burn `Tensor<D>` code over a `&Device`; this crate is
//! the one place that knows backends. Each backend is a [`ComputeBackend`] behind the cargo
//! feature of its name, listed in [`BACKENDS`]:
//!
//! | feature | `--device` | runs on |
//! |---|---|---|
//! | `flex` (default) | `cpu` | CPU, burn's own kernels |
//! | `ndarray` | `ndarray` | CPU, burn-ndarray |
//! | `cuda` | `cuda:0` | NVIDIA GPUs |
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # #[cfg(feature = "flex")] {
//! use burn::tensor::Tensor;
//! use equipoise_tensor::{open_device, parse_device};
//!
//! let device = open_device(&parse_device("cpu")?)?;
//! device.seed(7);
//! let ones = Tensor::<2>::ones([2, 3], &device);
//! assert_eq!(ones.sum().into_scalar::<f32>(), 6.0);
//! # }
//! # Ok(()) }
//! ```
//!
//! In reading order:
//!
//! * [`backend`]: the trait and the list of backends
//! * [`device`]: from `--device` to an open burn device
//! * [`batch`]: what a batch of rows looks like on a device
//!
//! Other crates: `equipoise-data` fills batches, `equipoise-losses` and `equipoise-models`
//! compute on them, `equipoise-train` moves them through training.

pub mod backend;
pub mod batch;
pub mod device;

pub use backend::{BACKENDS, Capabilities, ComputeBackend};
pub use batch::{Batch, TabularBatch, TabularInputs, TokenBatch, TokenInputs, WindowInputs};
/// burn's device, so that a program can hold one without depending on burn.
pub use burn::tensor::Device;
pub use device::{DeviceError, DeviceName, open_device, parse_device};
