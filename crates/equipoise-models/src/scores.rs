//! From encoded rows to probabilities or numbers.

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor, TensorData};
use equipoise_core::{EncodedFeatures, Scores, Task};

use crate::{Error, TabularModel};

/// How many rows go through a model at once. On a CPU larger batches are slower, since what lies
/// between two operations no longer fits the cache.
const BATCH: usize = 512;

/// The scores of all rows, in batches, without gradients and without dropout.
///
/// Probabilities are computed in double precision from the raw outputs: `1 / (1 + exp(-z))` for
/// two classes, `exp(z_k) / sum_j exp(z_j)` for several. The scores of no rows are empty.
/// `device` is the one that holds the model, with or without autodiff.
///
/// # Errors
///
/// When rows are not of the widths that the model was built for, when a category input lies
/// beyond its column, when the model has not as many outputs as the task needs, or when it
/// returns something that is not a finite number.
pub fn score(
    model: &TabularModel,
    task: &Task,
    features: &EncodedFeatures,
    device: &Device,
) -> Result<Scores, Error> {
    check_inputs(model, features)?;
    let model = model.valid();
    let outputs = task.outputs();
    let mut raw = Vec::with_capacity(features.rows * outputs);
    for start in (0..features.rows).step_by(BATCH) {
        let end = (start + BATCH).min(features.rows);
        let (numeric, categorical) = batch(features, start, end, &device.clone().inner());
        let values = read(model.forward(numeric, categorical))?;
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(Error::NotFinite {
                row: start + at / outputs.max(1),
                value: values[at],
            });
        }
        raw.extend(values.into_iter().map(f64::from));
    }
    to_scores(task, features.rows, raw)
}

/// Scores from the raw outputs of some rows, row after row.
pub(crate) fn to_scores(task: &Task, rows: usize, mut raw: Vec<f64>) -> Result<Scores, Error> {
    let outputs = task.outputs();
    if raw.len() != rows * outputs {
        return Err(Error::Outputs {
            expected: outputs,
            found: raw.len() / rows.max(1),
        });
    }
    Ok(match task {
        Task::Binary { .. } => Scores::Binary(raw.into_iter().map(sigmoid).collect()),
        Task::Multiclass { .. } => {
            raw.chunks_exact_mut(outputs.max(1)).for_each(softmax);
            Scores::Multiclass {
                classes: outputs,
                probabilities: raw,
            }
        }
        _ => Scores::Regression(raw),
    })
}

fn check_inputs(model: &TabularModel, features: &EncodedFeatures) -> Result<(), Error> {
    let shape = model.shape();
    for (what, expected, found) in [
        ("numeric", shape.numeric, features.numeric_width),
        (
            "categorical",
            shape.cardinalities.len(),
            features.categorical_width,
        ),
    ] {
        if found != expected {
            return Err(Error::InputWidth {
                what,
                expected,
                found,
            });
        }
    }
    for row in 0..features.rows {
        let inputs = features.categorical_row(row).iter();
        for (column, (&found, &cardinality)) in inputs.zip(&shape.cardinalities).enumerate() {
            if found as usize >= cardinality {
                return Err(Error::CategoryInput {
                    row,
                    column,
                    found,
                    cardinality,
                });
            }
        }
    }
    Ok(())
}

/// Some rows on a device: `[rows, numeric]` and `[rows, columns]`.
fn batch(
    features: &EncodedFeatures,
    start: usize,
    end: usize,
    device: &Device,
) -> (Tensor<2>, Tensor<2, Int>) {
    let width = features.numeric_width;
    let numbers = features.numeric[start * width..end * width].to_vec();
    let numeric = TensorData::new(numbers, [end - start, width]);
    let width = features.categorical_width;
    let inputs: Vec<i64> = features.categorical[start * width..end * width]
        .iter()
        .map(|&input| i64::from(input))
        .collect();
    let categorical = TensorData::new(inputs, [end - start, width]);
    (
        Tensor::from_data(numeric, device),
        Tensor::from_data(categorical, device),
    )
}

pub(crate) fn read(outputs: Tensor<2>) -> Result<Vec<f32>, Error> {
    outputs
        .try_into_data_as::<f32>()
        .map_err(|error| error.to_string())
        .and_then(|data| data.try_into_vec().map_err(|error| format!("{error:?}")))
        .map_err(|reason| Error::Device { reason })
}

fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

fn softmax(logits: &mut [f64]) {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut total = 0.0;
    for logit in &mut *logits {
        *logit = (*logit - largest).exp();
        total += *logit;
    }
    for logit in logits {
        *logit /= total;
    }
}
