//! Operations for [burn](https://burn.dev) that make one pass over memory where burn's own make
//! several, with gradients written by hand.
//!
//! They are fused on burn's CPU backend `flex`, for `f32` and `f64`. On every other backend, for
//! other numbers, and without the feature `flex`, the same functions are made of burn's
//! operations: the code that calls them is the same everywhere, and so is what it computes, up to
//! rounding.
//!
//! ```
//! use burn::tensor::{Device, Tensor};
//! use equipoise_kernels::{gelu, layer_norm, linear};
//!
//! let device = Device::flex().autodiff();
//! let input = Tensor::<2>::from_floats([[1.0, 2.0], [3.0, 5.0]], &device).require_grad();
//! let weight = Tensor::<2>::from_floats([[1.0, 0.0], [0.5, 2.0]], &device);
//! let bias = Tensor::<1>::zeros([2], &device);
//! let (gamma, beta) = (Tensor::ones([2], &device), Tensor::zeros([2], &device));
//!
//! let hidden = gelu(linear(input.clone(), weight, Some(bias)));
//! let gradients = layer_norm(hidden, gamma, Some(beta), 1e-5).sum().backward();
//! assert!(input.grad(&gradients).is_some());
//! ```
//!
//! # Modules in reading order
//!
//! * [`linear`](fn@linear), [`gelu`](fn@gelu), [`layer_norm`](fn@layer_norm), [`scaled_softmax`],
//!   [`attention`](fn@attention), [`conv2d`](fn@conv2d) and [`batch_norm`](fn@batch_norm): a file for each, with the function, its composition of burn's operations,
//!   and the gradient that burn is taught
//! * `flex`: the tensors of the backend as slices
//! * `cpu`: the loops over slices, compiled for several instruction sets
//!
//! # What is always true
//!
//! The results do not depend on the number of threads, bit for bit. A number that is none (NaN) is
//! never hidden: it shows in each result that depends on it. An empty batch gives an empty result
//! and gradients of zero.
//!
//! # Other crates
//!
//! `equipoise-models` builds its models of these operations.

mod attention;
mod batch_norm;
mod conv2d;
#[cfg(feature = "flex")]
mod cpu;
#[cfg(feature = "flex")]
mod flex;
mod gelu;
mod layer_norm;
mod linear;
mod softmax;

pub use attention::attention;
pub use batch_norm::{Moments, batch_norm, channel_moments};
pub use conv2d::conv2d;
pub use gelu::gelu;
pub use layer_norm::layer_norm;
pub use linear::linear;
pub use softmax::scaled_softmax;
