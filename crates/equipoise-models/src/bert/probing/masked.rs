//! A masked-language head that says how likely the words of a text are.

use burn::module::Module;
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Int, Tensor, TensorData};
use equipoise_text::{MaskedTokens, ModelError, Token, Tokenizer, TokenizerError};

use crate::Error;
use crate::bert::batches::batches_by_length;
use crate::bert::{BertConfig, MaskedLanguageModel, token_inputs};
use crate::scores::read;

/// How many texts, each with one word hidden, go through the model at once.
const BATCH: usize = 64;

/// A masked language model with its tokenizer, on a device.
///
/// Texts are seen whole: one that is longer than the window is an error, as nothing can be said of
/// words that are cut off.
#[derive(Debug, Clone)]
pub struct MaskedGuesses {
    model: MaskedLanguageModel,
    tokenizer: Tokenizer,
    config: BertConfig,
    mask: u32,
    device: Device,
}

impl MaskedGuesses {
    /// `device` is the one that holds the model, with or without autodiff; `None` where the
    /// tokenizer has no token that hides a word.
    pub fn new(
        model: &MaskedLanguageModel,
        tokenizer: &Tokenizer,
        config: &BertConfig,
        device: &Device,
    ) -> Option<Self> {
        Some(Self {
            model: model.valid(),
            tokenizer: tokenizer.clone(),
            config: config.clone(),
            mask: tokenizer.special().mask?,
            device: device.clone().inner(),
        })
    }

    /// Whether the model can read a text and has what is asked for.
    fn check(&self, text: &MaskedTokens) -> Result<(), Error> {
        let (tokens, vocabulary) = (text.tokens.len(), self.config.vocabulary);
        if tokens > self.config.window() {
            return Err(Error::TooLong {
                found: tokens,
                window: self.config.window(),
            });
        }
        if let Some(&position) = text.positions.iter().find(|&&at| at >= tokens) {
            return Err(Error::Position { position, tokens });
        }
        match text.tokens.iter().find(|&&id| id as usize >= vocabulary) {
            Some(&id) => Err(TokenizerError::NoSuchToken { id, vocabulary }.into()),
            None => Ok(()),
        }
    }

    /// `ln p` of the hidden token of each text, `[texts]`, from the text with its mask, where the
    /// mask stands, and the token.
    fn guess(&self, batch: &[Hidden]) -> Result<Vec<f32>, Error> {
        let rows: Vec<&[u32]> = batch.iter().map(|text| &*text.masked).collect();
        let inputs = token_inputs(&rows, self.config.pad, &self.device);
        let hidden = self.model.encoder().forward(&inputs);
        let [texts, tokens, width] = hidden.dims();
        let numbers = |of: &dyn Fn(usize, &Hidden) -> usize| -> Vec<i64> {
            let numbers = batch.iter().enumerate().map(|(row, text)| of(row, text));
            numbers
                .map(|n| i64::try_from(n).unwrap_or(i64::MAX))
                .collect()
        };
        let places = numbers(&|row, text| row * tokens + text.position);
        let places = Tensor::<1, Int>::from_data(TensorData::new(places, [texts]), &self.device);
        let words = numbers(&|_, text| text.token as usize);
        let words = Tensor::<2, Int>::from_data(TensorData::new(words, [texts, 1]), &self.device);
        let hidden = hidden.reshape([texts * tokens, width]).select(0, places);
        read(log_softmax(self.model.guess(hidden), 1).gather(1, words))
    }
}

/// A text with one token hidden, and where its answer goes.
struct Hidden {
    masked: Vec<u32>,
    position: usize,
    token: u32,
    /// The text, and the one of its positions.
    answer: (usize, usize),
}

impl equipoise_text::MaskedLanguageModel for MaskedGuesses {
    fn tokenize(&self, text: &str) -> Result<Vec<Token>, ModelError> {
        let tokens = self.tokenizer.locate(text)?;
        let (found, window) = (tokens.len(), self.config.window());
        if found > window {
            return Err(Error::TooLong { found, window }.into());
        }
        Ok(tokens)
    }

    fn log_probabilities(&self, texts: &[MaskedTokens]) -> Result<Vec<Vec<f64>>, ModelError> {
        let mut queries = Vec::new();
        for (text, asked) in texts.iter().enumerate() {
            self.check(asked)?;
            for (nth, &position) in asked.positions.iter().enumerate() {
                let mut masked = asked.tokens.clone();
                let token = std::mem::replace(&mut masked[position], self.mask);
                queries.push(Hidden {
                    masked,
                    position,
                    token,
                    answer: (text, nth),
                });
            }
        }
        let mut answers: Vec<Vec<f64>> = (texts.iter())
            .map(|text| vec![0.0; text.positions.len()])
            .collect();
        let mut queries: Vec<Option<Hidden>> = queries.into_iter().map(Some).collect();
        let lengths: Vec<usize> = (queries.iter().flatten())
            .map(|query| query.masked.len())
            .collect();
        for rows in batches_by_length(&lengths, BATCH) {
            let batch: Vec<Hidden> = rows.iter().filter_map(|&row| queries[row].take()).collect();
            for (query, value) in batch.iter().zip(self.guess(&batch)?) {
                let (text, nth) = query.answer;
                answers[text][nth] = f64::from(value);
            }
        }
        Ok(answers)
    }
}
