//! What several test files need: a device, inputs, and every kind of model.
#![allow(
    dead_code,
    reason = "each test file uses the part of this module that it needs"
)]

use burn::tensor::{Bool, Device, Int, Tensor, TensorData};
use equipoise_core::FeatureShape;
use equipoise_models::{MODELS, ModelConfig, ModelInputs};
use equipoise_tensor::{DeviceName, open_device};

pub(crate) type TestResult = Result<(), Box<dyn std::error::Error>>;

pub(crate) fn device() -> Result<Device, Box<dyn std::error::Error>> {
    Ok(open_device(&DeviceName::Auto)?)
}

/// Every kind of model of tables, small.
pub(crate) fn small_configs() -> Result<Vec<ModelConfig>, Box<dyn std::error::Error>> {
    MODELS
        .iter()
        .filter(|spec| spec.inputs == ModelInputs::Table)
        .map(|spec| {
            let small = match spec.name {
                "mlp" => r#"{"kind": "mlp", "hidden": [16, 8], "embedding": 4}"#,
                "tabular-transformer" => {
                    r#"{"kind": "tabular-transformer", "width": 16, "layers": 2, "heads": 2}"#
                }
                other => return Err(format!("no small config for `{other}`").into()),
            };
            Ok(serde_json::from_str(small)?)
        })
        .collect()
}

/// Both parts, numbers alone, categories alone, and numbers of several inputs.
pub(crate) fn shapes() -> [FeatureShape; 4] {
    [
        FeatureShape::new(3, vec![5, 2, 4]),
        FeatureShape::new(3, vec![]),
        FeatureShape::new(0, vec![5, 2, 4]),
        FeatureShape::with_number_widths(vec![4, 1, 2], vec![5, 2, 4]),
    ]
}

/// Rows that are all different, without any random generator.
pub(crate) fn inputs(
    shape: &FeatureShape,
    rows: usize,
    device: &Device,
) -> (Tensor<2>, Tensor<2, Int>) {
    let numbers: Vec<f32> = (0..rows * shape.numeric)
        .map(|i| ((i * 37 % 101) as f32 - 50.0) / 25.0)
        .collect();
    let mut categories = Vec::new();
    for row in 0..rows {
        for (column, &cardinality) in shape.cardinalities.iter().enumerate() {
            categories.push(((row * 7 + column * 3 + row / 5) % cardinality) as u64);
        }
    }
    (
        Tensor::from_data(TensorData::new(numbers, [rows, shape.numeric]), device),
        Tensor::from_data(
            TensorData::new(categories, [rows, shape.cardinalities.len()]),
            device,
        ),
    )
}

/// A mask that hides every `step`-th cell.
pub(crate) fn mask(rows: usize, columns: usize, step: usize, device: &Device) -> Tensor<2, Bool> {
    let cells: Vec<bool> = (0..rows * columns).map(|i| i % step == 0).collect();
    Tensor::from_data(TensorData::new(cells, [rows, columns]), device)
}

/// The values of a tensor.
pub(crate) fn values<const D: usize>(
    tensor: Tensor<D>,
) -> Result<Vec<f32>, Box<dyn std::error::Error>> {
    tensor
        .try_into_data_as::<f32>()?
        .try_into_vec()
        .map_err(|error| format!("{error:?}").into())
}
