//! What a batch of rows looks like on a device.

use burn::tensor::{Device, Int, Tensor};

/// Rows of a table on a device.
#[derive(Debug, Clone)]
pub struct TabularBatch {
    /// The rows' numbers in the file, `[batch]`, on the host.
    pub ids: Vec<u64>,
    /// Numeric inputs, `[batch, numeric]`; `numeric` may be 0.
    pub numeric: Tensor<2>,
    /// Category inputs, `[batch, columns]`; `columns` may be 0.
    pub categorical: Tensor<2, Int>,
    /// Targets, `[batch]`: 0 or 1, indices of classes, or numbers.
    pub targets: Tensor<1>,
    /// Group codes, `[batch, attributes]`.
    pub groups: Tensor<2, Int>,
    /// Row weights, `[batch]`.
    pub weights: Tensor<1>,
}

impl TabularBatch {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The same batch on another device.
    #[must_use]
    pub fn to_device(self, device: &Device) -> Self {
        Self {
            ids: self.ids,
            numeric: self.numeric.to_device(device),
            categorical: self.categorical.to_device(device),
            targets: self.targets.to_device(device),
            groups: self.groups.to_device(device),
            weights: self.weights.to_device(device),
        }
    }
}
