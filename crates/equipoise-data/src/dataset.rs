//! Encoded rows for burn's data loaders.

use std::sync::Arc;

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::{Dataset, DatasetError};
use burn::tensor::{Device, Int, Tensor, TensorData};
use equipoise_core::{Example, Examples};
use equipoise_tensor::{TabularBatch, TabularInputs};

/// The rows of one part of the data as a burn data set; copies share the rows.
#[derive(Debug, Clone)]
pub struct TabularDataset {
    examples: Arc<Examples>,
}

/// A row beyond the end of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("row {index} of a data set that has {rows} rows")]
struct NoSuchRow {
    index: usize,
    rows: usize,
}

impl TabularDataset {
    /// A data set of the rows of one part.
    pub fn new(examples: impl Into<Arc<Examples>>) -> Self {
        Self {
            examples: examples.into(),
        }
    }

    /// The rows.
    pub fn examples(&self) -> &Examples {
        &self.examples
    }
}

impl Dataset<Example> for TabularDataset {
    fn get(&self, index: usize) -> Result<Example, DatasetError> {
        self.examples.get(index).ok_or_else(|| {
            DatasetError::new(NoSuchRow {
                index,
                rows: self.examples.len(),
            })
        })
    }

    fn len(&self) -> usize {
        self.examples.len()
    }
}

/// Puts rows of one data set into a batch on a device.
///
/// All rows must have the same widths, which rows of one [`TabularDataset`] have. A part without
/// numeric or without category inputs gives a tensor of width 0, `[batch, 0]`.
#[derive(Debug, Clone, Copy, Default)]
pub struct TabularBatcher;

impl Batcher<Example, TabularBatch> for TabularBatcher {
    fn batch(&self, items: Vec<Example>, device: &Device) -> TabularBatch {
        let rows = items.len();
        let first = items.first();
        let numeric_width = first.map_or(0, |row| row.features.numeric.len());
        let categorical_width = first.map_or(0, |row| row.features.categorical.len());
        let attributes = first.map_or(0, |row| row.groups.len());
        let mut numeric = Vec::with_capacity(rows * numeric_width);
        let mut categorical = Vec::with_capacity(rows * categorical_width);
        let mut groups = Vec::with_capacity(rows * attributes);
        let continuous = first.map_or(0, |row| row.group_values.len());
        let mut group_values = Vec::with_capacity(rows * continuous);
        let soft = first.map_or(0, |row| row.memberships.len());
        let mut memberships = Vec::with_capacity(rows * soft);
        let mut ids = Vec::with_capacity(rows);
        let mut targets = Vec::with_capacity(rows);
        let mut weights = Vec::with_capacity(rows);
        for row in items {
            numeric.extend(row.features.numeric);
            categorical.extend(row.features.categorical.into_iter().map(i64::from));
            groups.extend(row.groups.into_iter().map(i64::from));
            group_values.extend(row.group_values);
            memberships.extend(row.memberships);
            ids.push(row.id);
            targets.push(row.target);
            weights.push(row.weight);
        }
        TabularBatch {
            ids,
            inputs: TabularInputs {
                numeric: numbers(numeric, [rows, numeric_width], device),
                categorical: codes(categorical, [rows, categorical_width], device),
            },
            targets: Tensor::from_data(TensorData::new(targets, [rows]), device),
            groups: codes(groups, [rows, attributes], device),
            counterfactual: None,
            group_values: (continuous > 0)
                .then(|| numbers(group_values, [rows, continuous], device)),
            memberships: (soft > 0).then(|| numbers(memberships, [rows, soft], device)),
            weights: Tensor::from_data(TensorData::new(weights, [rows]), device),
        }
    }
}

fn numbers(values: Vec<f32>, shape: [usize; 2], device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn codes(values: Vec<i64>, shape: [usize; 2], device: &Device) -> Tensor<2, Int> {
    Tensor::from_data(TensorData::new(values, shape), device)
}
