//! From tokens to probabilities or numbers.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use equipoise_core::{Scores, Task};
use equipoise_tensor::TokenInputs;
use equipoise_text::tokenizer::pad;

use super::TextModel;
use super::batches::batches_by_length;
use crate::Error;
use crate::scores::{read, to_scores};

/// How many texts go through a model at once.
const BATCH: usize = 32;

/// Texts beside each other on a device, filled up at their ends with the token `padding`.
pub fn token_inputs(texts: &[&[u32]], padding: u32, device: &Device) -> TokenInputs {
    let padded = pad(texts, padding);
    let shape = [padded.rows, padded.width];
    let ids: Vec<i64> = padded.ids.into_iter().map(i64::from).collect();
    TokenInputs {
        ids: Tensor::from_data(TensorData::new(ids, shape), device),
        attention: Tensor::from_data(TensorData::new(padded.attention, shape), device),
    }
}

/// The scores of texts, in their order, without gradients and without dropout. Texts of like
/// length go through the model together, so that little time is spent on what fills them up.
///
/// Probabilities are computed as by [`score`](crate::score()). `device` is the one that holds the
/// model, with or without autodiff.
///
/// # Errors
///
/// When the model has not as many outputs as the task needs, or when it returns something that is
/// not a finite number.
///
/// # Panics
///
/// As [`BertEncoder::forward`](super::BertEncoder::forward).
pub fn score_texts(
    model: &TextModel,
    task: &Task,
    texts: &[&[u32]],
    padding: u32,
    device: &Device,
) -> Result<Scores, Error> {
    let raw = raw_outputs(model, task, texts, padding, device)?;
    to_scores(task, texts.len(), raw)
}

/// The scores of texts that may have several windows, at least one each: those of the mean of
/// their raw outputs (see [`LongTexts::Stride`](super::LongTexts::Stride)).
///
/// # Errors
///
/// As [`score_texts`].
///
/// # Panics
///
/// As [`score_texts`].
pub fn score_windows(
    model: &TextModel,
    task: &Task,
    texts: &[&[Vec<u32>]],
    padding: u32,
    device: &Device,
) -> Result<Scores, Error> {
    let windows: Vec<&[u32]> = texts.iter().copied().flatten().map(Vec::as_slice).collect();
    let of_windows = raw_outputs(model, task, &windows, padding, device)?;
    let outputs = task.outputs();
    let mut of_texts = vec![0.0; texts.len() * outputs];
    let mut rest = of_windows.chunks_exact(outputs.max(1));
    for (text, mean) in texts.iter().zip(of_texts.chunks_exact_mut(outputs.max(1))) {
        for window in rest.by_ref().take(text.len()) {
            for (mean, value) in mean.iter_mut().zip(window) {
                *mean += value / text.len() as f64;
            }
        }
    }
    to_scores(task, texts.len(), of_texts)
}

/// The outputs of windows, `[windows, outputs]`, window after window.
fn raw_outputs(
    model: &TextModel,
    task: &Task,
    texts: &[&[u32]],
    padding: u32,
    device: &Device,
) -> Result<Vec<f64>, Error> {
    let model = model.valid();
    let device = device.clone().inner();
    let outputs = task.outputs();
    let mut raw = vec![0.0; texts.len() * outputs];
    let lengths: Vec<usize> = texts.iter().map(|text| text.len()).collect();
    for rows in batches_by_length(&lengths, BATCH) {
        let batch: Vec<&[u32]> = rows.iter().map(|&row| texts[row]).collect();
        let values = read(model.forward(token_inputs(&batch, padding, &device)))?;
        if values.len() != rows.len() * outputs {
            return Err(Error::Outputs {
                expected: outputs,
                found: values.len() / rows.len(),
            });
        }
        for (&row, values) in rows.iter().zip(values.chunks(outputs.max(1))) {
            if let Some(&value) = values.iter().find(|value| !value.is_finite()) {
                return Err(Error::NotFinite { row, value });
            }
            let place = &mut raw[row * outputs..(row + 1) * outputs];
            for (place, value) in place.iter_mut().zip(values) {
                *place = f64::from(*value);
            }
        }
    }
    Ok(raw)
}
