//! Texts as rows of training: their tokens, and batches that are as wide as their longest text.

use std::{collections::BTreeMap, sync::Arc};

use burn::{
    data::{
        dataloader::batcher::Batcher,
        dataset::{Dataset, DatasetError},
    },
    tensor::{Device, Int, Tensor, TensorData},
};
use equipoise_core::{Example, Examples};
use equipoise_models::bert::window_inputs;
use equipoise_tensor::{TokenBatch, WindowInputs};

use crate::{Error, training::TrainingData};

/// The tokens of a text, window after window; at least one window.
pub type TokenRow = Arc<[Vec<u32>]>;

/// The rows of one part of the data with the tokens of their texts.
#[derive(Debug, Clone)]
pub struct TokenDataset {
    examples: Arc<Examples>,
    tokens: Arc<[TokenRow]>,
}

impl TokenDataset {
    /// A data set of the rows of one part; `tokens` has those of each row.
    ///
    /// # Errors
    ///
    /// When there are not the tokens of one text for each row.
    pub fn new(
        examples: impl Into<Arc<Examples>>,
        tokens: impl Into<Arc<[TokenRow]>>,
    ) -> Result<Self, Error> {
        let (examples, tokens) = (examples.into(), tokens.into());
        if tokens.len() != examples.len() {
            return Err(Error::Row {
                reason: format!(
                    "there are {} rows, and the tokens of {} texts",
                    examples.len(),
                    tokens.len()
                ),
            });
        }
        Ok(Self { examples, tokens })
    }
}

impl Dataset<Example<TokenRow>> for TokenDataset {
    fn get(&self, index: usize) -> Result<Example<TokenRow>, DatasetError> {
        self.tokens
            .get(index)
            .and_then(|tokens| self.examples.get_with(index, Arc::clone(tokens)))
            .ok_or_else(|| {
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

/// A row beyond the end of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("row {index} of a data set that has {rows} rows")]
pub(crate) struct NoSuchRow {
    pub(crate) index: usize,
    pub(crate) rows: usize,
}

/// Puts texts into a batch that is as wide as the longest of their windows.
#[derive(Debug, Clone)]
pub struct TokenBatcher {
    /// The token that fills short texts up.
    pub padding: u32,
    /// The tokens of counterfactual texts by the number of the row; a row that is not there stands
    /// for itself. `None` where no loss reads them.
    pub counterfactuals: Option<Arc<BTreeMap<u64, TokenRow>>>,
}

impl Batcher<Example<TokenRow>, TokenBatch> for TokenBatcher {
    fn batch(&self, items: Vec<Example<TokenRow>>, device: &Device) -> TokenBatch {
        let rows = items.len();
        let attributes = items.first().map_or(0, |row| row.groups.len());
        let texts: Vec<&[Vec<u32>]> = items.iter().map(|row| &*row.features).collect();
        let continuous = items.first().map_or(0, |row| row.group_values.len());
        let group_values: Vec<f32> = (items.iter())
            .flat_map(|row| row.group_values.iter().copied())
            .collect();
        let soft = items.first().map_or(0, |row| row.memberships.len());
        let memberships: Vec<f32> = (items.iter())
            .flat_map(|row| row.memberships.iter().copied())
            .collect();
        let counterfactual = self.counterfactuals.as_ref().map(|swapped| {
            let texts: Vec<&[Vec<u32>]> = (items.iter())
                .map(|row| &**swapped.get(&row.id).unwrap_or(&row.features))
                .collect();
            window_inputs(&texts, self.padding, device)
        });
        let groups: Vec<i64> = items
            .iter()
            .flat_map(|row| row.groups.iter().map(|&code| i64::from(code)))
            .collect();
        let vector =
            |values: Vec<f32>| Tensor::<1>::from_data(TensorData::new(values, [rows]), device);
        TokenBatch {
            ids: items.iter().map(|row| row.id).collect(),
            inputs: window_inputs(&texts, self.padding, device),
            counterfactual,
            targets: vector(items.iter().map(|row| row.target).collect()),
            groups: Tensor::<2, Int>::from_data(
                TensorData::new(groups, [rows, attributes]),
                device,
            ),
            group_values: (continuous > 0).then(|| {
                Tensor::from_data(TensorData::new(group_values, [rows, continuous]), device)
            }),
            memberships: (soft > 0)
                .then(|| Tensor::from_data(TensorData::new(memberships, [rows, soft]), device)),
            weights: vector(items.iter().map(|row| row.weight).collect()),
        }
    }
}

/// The rows of a stage whose model sees texts; those of like length come together.
pub fn text_data(
    train: TokenDataset,
    valid: TokenDataset,
    padding: u32,
) -> TrainingData<WindowInputs, TokenRow> {
    TrainingData {
        train: Arc::new(train),
        valid: Arc::new(valid),
        batcher: Arc::new(TokenBatcher {
            padding,
            counterfactuals: None,
        }),
        length: Some(|windows| windows.iter().map(Vec::len).sum()),
    }
}
