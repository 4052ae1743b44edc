//! Windows of texts as batches in which tokens are hidden.

use std::sync::Arc;

use burn::{
    data::dataset::{Dataset, DatasetError},
    tensor::{Device, Int, Tensor, TensorData},
};
use equipoise_core::Example;
use equipoise_models::bert::token_inputs;
use equipoise_tensor::TokenInputs;
use equipoise_text::tokenizer::PackedWindow;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::masking::{MaskedWindow, Masking};
use crate::{loader::Collate, pretrain::PRETRAIN, seeds::derive_seed, texts::NoSuchRow};

/// What there is of a row: its window.
pub type Window = Arc<PackedWindow>;

/// Windows of texts, as rows. Copies share the windows.
#[derive(Debug, Clone, Default)]
pub struct PackedTexts {
    windows: Arc<[Window]>,
}

impl From<Vec<PackedWindow>> for PackedTexts {
    fn from(windows: Vec<PackedWindow>) -> Self {
        Self {
            windows: windows.into_iter().map(Arc::new).collect(),
        }
    }
}

impl PackedTexts {
    /// The number of tokens, those that begin, separate and end texts included.
    pub fn tokens(&self) -> usize {
        self.windows.iter().map(|window| window.len()).sum()
    }
}

impl Dataset<Example<Window>> for PackedTexts {
    fn get(&self, index: usize) -> Result<Example<Window>, DatasetError> {
        let window = self.windows.get(index).ok_or_else(|| {
            DatasetError::new(NoSuchRow {
                index,
                rows: self.windows.len(),
            })
        })?;
        Ok(Example {
            id: index as u64,
            features: Arc::clone(window),
            target: 0.0,
            groups: Vec::new(),
            group_values: Vec::new(),
            memberships: Vec::new(),
            weight: 1.0,
        })
    }

    fn len(&self) -> usize {
        self.windows.len()
    }
}

/// A batch in the parts in which it goes through the model.
#[derive(Debug, Clone)]
pub struct MaskedBatch {
    /// The parts; none is without windows.
    pub parts: Vec<MaskedTexts>,
}

impl MaskedBatch {
    /// The number of hidden tokens.
    pub fn hidden(&self) -> usize {
        self.parts.iter().map(|part| part.hidden).sum()
    }
}

/// Texts in which tokens are hidden, on a device.
#[derive(Debug, Clone)]
pub struct MaskedTexts {
    /// What the model sees.
    pub inputs: TokenInputs,
    /// Where tokens are hidden, `[hidden]`, as `row * tokens + column`.
    pub positions: Tensor<1, Int>,
    /// What they were, `[hidden]`.
    pub targets: Tensor<1, Int>,
    /// How many are hidden.
    pub hidden: usize,
}

/// Hides tokens. Which ones of a window depends on the seed, the epoch and the window's number
/// alone.
#[derive(Debug, Clone)]
pub(super) struct MaskedBatcher {
    pub(super) masking: Masking,
    /// The token that fills up short windows.
    pub(super) padding: u32,
    /// The number of parts of a batch.
    pub(super) parts: usize,
    pub(super) seed: u64,
    /// Whether the same tokens are hidden in every epoch.
    pub(super) fixed: bool,
}

impl Collate<MaskedBatch, Window> for MaskedBatcher {
    fn collate(&self, rows: Vec<Example<Window>>, epoch: usize, device: &Device) -> MaskedBatch {
        let epoch = if self.fixed { 0 } else { epoch };
        let masks = derive_seed(self.seed, PRETRAIN, epoch, "mask");
        let masked: Vec<MaskedWindow> = rows
            .iter()
            .map(|row| {
                // The generator's streams are independent: one for each window.
                let mut random = ChaCha8Rng::seed_from_u64(masks);
                random.set_stream(row.id);
                self.masking.hide(&row.features, random.next_u64())
            })
            .collect();
        let size = masked.len().div_ceil(self.parts.max(1)).max(1);
        MaskedBatch {
            parts: masked
                .chunks(size)
                .map(|windows| texts(windows, self.padding, device))
                .collect(),
        }
    }
}

fn texts(windows: &[MaskedWindow], padding: u32, device: &Device) -> MaskedTexts {
    let ids: Vec<&[u32]> = windows.iter().map(|window| window.ids.as_slice()).collect();
    let width = ids.iter().map(|ids| ids.len()).max().unwrap_or(0);
    let (mut positions, mut targets) = (Vec::new(), Vec::new());
    for (row, window) in windows.iter().enumerate() {
        // A window of tokens has less than 2^63 of them.
        #[expect(clippy::cast_possible_wrap, reason = "positions in memory fit")]
        positions.extend(window.positions.iter().map(|at| (row * width + at) as i64));
        targets.extend(window.targets.iter().map(|&target| i64::from(target)));
    }
    let hidden = positions.len();
    let vector = |values: Vec<i64>| Tensor::from_data(TensorData::new(values, [hidden]), device);
    MaskedTexts {
        inputs: token_inputs(&ids, padding, device),
        positions: vector(positions),
        targets: vector(targets),
        hidden,
    }
}
