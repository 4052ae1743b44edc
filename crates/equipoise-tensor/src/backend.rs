//! The trait that a backend implements, and the list of those that were compiled in.

use burn::tensor::Device;

/// What a backend can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether two runs with one seed give the same bits.
    pub deterministic: bool,
    /// Whether gradients can be summed over several devices.
    pub all_reduce: bool,
    /// Whether it runs on a graphics processor.
    pub gpu: bool,
}

/// A kind of device that tensors can live on.
///
/// Since burn 0.22 the backend is a property of the device at run time, not a type parameter;
/// this trait is what stands in for the `B: Backend` generic of older versions (see
/// `docs/adr/0001-common-tensor-backend.md`).
pub trait ComputeBackend: Send + Sync + std::fmt::Debug {
    /// The name by which `--device` knows it.
    fn name(&self) -> &'static str;

    /// The cargo feature that compiles it in.
    fn feature(&self) -> &'static str;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// How many devices of this kind there are.
    fn count(&self) -> usize;

    /// The device of an index below [`Self::count`].
    fn open(&self, index: usize) -> Device;
}

/// All backends that were compiled in, the preferred one for `auto` first.
pub const BACKENDS: &[&dyn ComputeBackend] = &[
    #[cfg(feature = "cuda")]
    &Cuda,
    #[cfg(feature = "flex")]
    &Flex,
    #[cfg(feature = "ndarray")]
    &NdArray,
];

/// All names that some build of Equipoise knows, with the feature that each needs.
pub(crate) const KNOWN: &[(&str, &str)] =
    &[("cpu", "flex"), ("ndarray", "ndarray"), ("cuda", "cuda")];

/// burn-flex: burn's own CPU kernels.
#[cfg(feature = "flex")]
#[derive(Debug)]
struct Flex;

#[cfg(feature = "flex")]
impl ComputeBackend for Flex {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn feature(&self) -> &'static str {
        "flex"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            deterministic: true,
            all_reduce: false,
            gpu: false,
        }
    }

    fn count(&self) -> usize {
        1
    }

    fn open(&self, _index: usize) -> Device {
        Device::flex()
    }
}

/// burn-ndarray: a second CPU implementation, kept while burn ships it to check the first.
#[cfg(feature = "ndarray")]
#[derive(Debug)]
struct NdArray;

#[cfg(feature = "ndarray")]
impl ComputeBackend for NdArray {
    fn name(&self) -> &'static str {
        "ndarray"
    }

    fn feature(&self) -> &'static str {
        "ndarray"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            deterministic: true,
            all_reduce: false,
            gpu: false,
        }
    }

    fn count(&self) -> usize {
        1
    }

    #[expect(
        deprecated,
        reason = "burn-ndarray goes with burn 0.23, and so will this backend"
    )]
    fn open(&self, _index: usize) -> Device {
        Device::ndarray()
    }
}

/// CUDA through CubeCL.
#[cfg(feature = "cuda")]
#[derive(Debug)]
struct Cuda;

#[cfg(feature = "cuda")]
impl ComputeBackend for Cuda {
    fn name(&self) -> &'static str {
        "cuda"
    }

    fn feature(&self) -> &'static str {
        "cuda"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            deterministic: false,
            all_reduce: true,
            gpu: true,
        }
    }

    fn count(&self) -> usize {
        Device::enumerate(burn::tensor::DeviceType::Cuda)
            .into_vec()
            .len()
    }

    fn open(&self, index: usize) -> Device {
        Device::cuda(index)
    }
}
