//! The vectors of sentences.

use burn::module::Module;
use burn::tensor::Device;
use equipoise_text::{ModelError, SentenceEncoder, Tokenizer, tokenizer::Tokens};

use super::window::CuttingTokenizer;
use crate::bert::batches::batches_by_length;
use crate::bert::{BertConfig, BertEncoder, Pooling, token_inputs};
use crate::scores::read;

/// How many texts go through the encoder at once.
const BATCH: usize = 32;

/// An encoder with its tokenizer, on a device: a text is the pooled hidden states of its tokens.
///
/// Of a text that is longer than the window, the first tokens are seen; [`Self::cut`] counts
/// such texts.
#[derive(Debug, Clone)]
pub struct SentenceVectors {
    encoder: BertEncoder,
    tokenizer: CuttingTokenizer,
    pooling: Pooling,
    pad: u32,
    device: Device,
}

impl SentenceVectors {
    /// `device` is the one that holds the encoder, with or without autodiff.
    pub fn new(
        encoder: &BertEncoder,
        tokenizer: &Tokenizer,
        config: &BertConfig,
        pooling: Pooling,
        device: &Device,
    ) -> Self {
        Self {
            encoder: encoder.valid(),
            tokenizer: CuttingTokenizer::new(tokenizer.clone(), config.window()),
            pooling,
            pad: config.pad,
            device: device.clone().inner(),
        }
    }

    /// How many texts were longer than the window so far.
    pub fn cut(&self) -> usize {
        self.tokenizer.cut()
    }
}

impl SentenceEncoder for SentenceVectors {
    fn encode(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        let tokens = self.tokenizer.tokens(texts)?;
        let lengths: Vec<usize> = tokens.iter().map(Tokens::len).collect();
        let mut vectors = vec![Vec::new(); tokens.len()];
        for rows in batches_by_length(&lengths, BATCH) {
            let batch: Vec<&[u32]> = rows.iter().map(|&row| tokens[row].ids()).collect();
            let inputs = token_inputs(&batch, self.pad, &self.device);
            let pooled = (self.pooling).pool(self.encoder.forward(&inputs), &inputs.attention);
            let [_, width] = pooled.dims();
            for (&row, vector) in rows.iter().zip(read(pooled)?.chunks_exact(width)) {
                vectors[row] = vector.to_vec();
            }
        }
        Ok(vectors)
    }
}
