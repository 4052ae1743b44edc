//! What a probe asks of a model.

use equipoise_core::{Column, ColumnValues, Predictor, Scores, Table};

use crate::{ModelError, tokenizer::Token};

/// A text as tokens, special ones included, with the positions that are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedTokens {
    /// The numbers of the tokens in the vocabulary.
    pub tokens: Vec<u32>,
    /// The positions whose tokens are predicted, each with that token alone masked.
    pub positions: Vec<usize>,
}

/// A model that says how likely a token is, given all others of a text.
pub trait MaskedLanguageModel {
    /// The tokens of a text, special ones included.
    ///
    /// # Errors
    ///
    /// When the text cannot be tokenized or is too long for the model.
    fn tokenize(&self, text: &str) -> Result<Vec<Token>, ModelError>;

    /// For each text and each of its positions, `ln p(token | all other tokens)`: the token is
    /// replaced by the mask, the others stay. `[texts][positions]`, finite and at most 0.
    ///
    /// # Errors
    ///
    /// When the model fails.
    fn log_probabilities(&self, texts: &[MaskedTokens]) -> Result<Vec<Vec<f64>>, ModelError>;
}

/// A model that turns a text into a vector.
pub trait SentenceEncoder {
    /// One vector for each text, `[texts][width]`, finite.
    ///
    /// # Errors
    ///
    /// When the model fails.
    fn encode(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError>;
}

/// A model that decides between two classes of texts.
pub trait TextClassifier {
    /// The probability of the positive class for each text, in `[0, 1]`.
    ///
    /// # Errors
    ///
    /// When the model fails.
    fn probabilities(&self, texts: &[&str]) -> Result<Vec<f64>, ModelError>;
}

/// A [`Predictor`] of two classes that reads texts from one column.
#[derive(Clone, Copy)]
pub struct PredictorClassifier<'a> {
    /// The predictor.
    pub predictor: &'a dyn Predictor,
    /// The column that it reads texts from.
    pub column: &'a str,
}

impl std::fmt::Debug for PredictorClassifier<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (f.debug_struct("PredictorClassifier"))
            .field("column", &self.column)
            .finish_non_exhaustive()
    }
}

impl TextClassifier for PredictorClassifier<'_> {
    fn probabilities(&self, texts: &[&str]) -> Result<Vec<f64>, ModelError> {
        let texts: Vec<Option<&str>> = texts.iter().copied().map(Some).collect();
        let table = Table::new(vec![Column {
            name: self.column.to_owned(),
            values: ColumnValues::from_texts(&texts),
        }])?;
        match self.predictor.predict(&table)? {
            Scores::Binary(probabilities) => Ok(probabilities),
            _ => Err("the predictor does not decide between two classes".into()),
        }
    }
}
