//! Counting rows that lie on a device, where they lie.

use burn::tensor::{Bool, IndexingUpdateOp, Int, Tensor};
use equipoise_core::GroupAttribute;

use crate::{Error, GroupCube};

impl GroupCube {
    /// Adds rows that lie on a device: their group codes `[rows, attributes]`, and whether their
    /// label and their prediction are positive, `[rows]` each.
    ///
    /// The rows are counted on the device, and only the counts leave it: four numbers for each
    /// cell, whatever the number of rows. Gradients do not pass. The counts are those of
    /// [`update_slices`](Self::update_slices), on every device.
    ///
    /// ```no_run
    /// # fn count(
    /// #     cube: &mut equipoise_metrics::GroupCube,
    /// #     groups: burn::tensor::Tensor<2, burn::tensor::Int>,
    /// #     targets: burn::tensor::Tensor<1>,
    /// #     logits: burn::tensor::Tensor<1>,
    /// # ) -> Result<(), equipoise_metrics::Error> {
    /// cube.update_tensors(groups, targets.greater_scalar(0.5), logits.greater_equal_scalar(0.0))
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the lengths differ, when a code lies beyond its attribute's values, or when the device
    /// fails; the cube is then unchanged.
    pub fn update_tensors(
        &mut self,
        groups: Tensor<2, Int>,
        labels: Tensor<1, Bool>,
        predictions: Tensor<1, Bool>,
    ) -> Result<(), Error> {
        let attributes = self.schema().attributes();
        let [rows, columns] = groups.dims();
        let lengths = [
            ("group columns", attributes.len(), columns),
            ("labels", rows, labels.dims()[0]),
            ("predictions", rows, predictions.dims()[0]),
        ];
        if let Some(&(what, expected, found)) = lengths.iter().find(|(_, a, b)| a != b) {
            return Err(Error::Lengths {
                what,
                expected,
                found,
            });
        }
        if rows == 0 {
            return Ok(());
        }
        let counters = 4 * self.schema().cell_count();
        let mut cell = Tensor::<1, Int>::zeros([rows], &groups.device());
        let mut is_wrong = cell.clone().not_equal_scalar(0);
        for (position, attribute) in attributes.iter().enumerate() {
            let values = size(attribute.values().len());
            let codes: Tensor<1, Int> = groups.clone().narrow(1, position, 1).squeeze_dim(1);
            is_wrong = is_wrong
                .bool_or(codes.clone().lower_scalar(0))
                .bool_or(codes.clone().greater_equal_scalar(values));
            cell = cell.mul_scalar(values).add(codes);
        }
        // Rows with a wrong code are counted apart, so that one look at the device tells all.
        let counter = cell
            .mul_scalar(4)
            .add(labels.int().mul_scalar(2))
            .add(predictions.int())
            .mask_fill(is_wrong, size(counters));
        let device = counter.device();
        let counted = Tensor::<1, Int>::zeros([counters + 1], &device).scatter(
            0,
            counter,
            Tensor::ones([rows], &device),
            IndexingUpdateOp::Add,
        );
        let counted = read(counted)?;
        if counted.last().is_none_or(|wrong| *wrong != 0) {
            return Err(wrong_code(attributes, &read(groups)?));
        }
        let counts = counted.into_iter().take(counters);
        // Sums of ones are not negative.
        self.add_counts(&counts.map(i64::unsigned_abs).collect::<Vec<u64>>());
        Ok(())
    }
}

/// A number of values or counters: at most 2^22.
fn size(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn read<const D: usize>(tensor: Tensor<D, Int>) -> Result<Vec<i64>, Error> {
    tensor
        .try_into_vec_as::<i64>()
        .map_err(|error| Error::Device {
            reason: error.to_string(),
        })
}

/// The error of the first row with a code that does not exist; `codes` are `[rows, attributes]`.
fn wrong_code(attributes: &[GroupAttribute], codes: &[i64]) -> Error {
    let rows = codes.chunks(attributes.len().max(1)).enumerate();
    let mut codes = rows.flat_map(|(row, codes)| {
        let of_attribute = attributes.iter().zip(codes);
        of_attribute.map(move |(attribute, &code)| (row, attribute, code))
    });
    let wrong =
        codes.find(|(_, attribute, code)| !(0..size(attribute.values().len())).contains(code));
    match wrong {
        Some((row, attribute, code)) => Error::DeviceCode {
            attribute: attribute.name().to_owned(),
            row,
            code,
            values: attribute.values().len(),
        },
        None => Error::Device {
            reason: "counted rows that are not there".to_owned(),
        },
    }
}
