//! The tensors of the CPU backend as slices of numbers.

use burn::tensor::{DType, Device, Element, Shape, Tensor, TensorData};
use burn_flex::FlexTensor;

use crate::cpu::real::Real;

/// A number that a tensor of the CPU backend may hold.
pub(crate) trait FlexReal: Real + Element {
    /// The values of a tensor that is contiguous.
    fn values(tensor: &FlexTensor) -> &[Self];
}

impl FlexReal for f32 {
    fn values(tensor: &FlexTensor) -> &[Self] {
        tensor.storage()
    }
}

impl FlexReal for f64 {
    fn values(tensor: &FlexTensor) -> &[Self] {
        tensor.storage()
    }
}

/// A tensor of some values.
pub(crate) fn tensor<T: FlexReal>(values: Vec<T>, shape: Shape) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

/// The shape of a tensor.
pub(crate) fn shape(tensor: &FlexTensor) -> Shape {
    tensor.layout().shape().clone()
}

/// Whether a tensor lies on the CPU backend and holds numbers for which there are fused
/// operations.
pub(crate) fn is_fusible<const D: usize>(tensor: &Tensor<D>) -> bool {
    matches!(tensor.dtype(), DType::F32 | DType::F64) && tensor.device() == Device::flex()
}

/// Evaluates an expression with a type name bound to the type of the numbers in a tensor, which
/// [`is_fusible`] has let through.
macro_rules! with_real {
    ($tensor:expr, $real:ident => $value:expr) => {
        if $tensor.dtype() == burn::tensor::DType::F64 {
            type $real = f64;
            $value
        } else {
            type $real = f32;
            $value
        }
    };
}

pub(crate) use with_real;
