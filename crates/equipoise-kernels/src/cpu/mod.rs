//! The loops, on slices of numbers: nothing here knows tensors.
//!
//! * `real`: the two kinds of numbers, and the functions that vectorise
//! * `vector`: one loop compiled for several instruction sets
//! * `tasks`: work in pieces whose size does not depend on the number of threads
//! * `matrix`: products of matrices
//! * `layer_norm`, `gelu`, `softmax`, `linear`, `attention`, `conv2d`, `batch_norm`: the operations,
//!   forward and backward
//!
//! All loops add in the same order whatever the instruction set and the number of threads, and
//! contract no product and sum into one rounding. So their results are the same bits on each
//! x86-64 processor; those of `matrix` are the same bits on one processor.

pub(crate) mod attention;
pub(crate) mod batch_norm;
pub(crate) mod conv2d;
pub(crate) mod gelu;
pub(crate) mod layer_norm;
pub(crate) mod linear;
mod matrix;
pub(crate) mod real;
pub(crate) mod softmax;
mod tasks;
mod vector;
