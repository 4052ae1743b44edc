//! Asking a model, and checking what it says.

use std::ops::Range;

use super::{MaskedLanguageModel, MaskedTokens, SentenceEncoder, TextClassifier};
use crate::{Error, tokenizer::Token};

/// How many texts a model gets at once: enough to fill a device, few enough to fit into memory.
const BATCH: usize = 64;

/// The tokens of a text.
pub(super) fn tokens(
    probe: &'static str,
    model: &dyn MaskedLanguageModel,
    text: &str,
) -> Result<Vec<Token>, Error> {
    (model.tokenize(text)).map_err(|source| Error::Model { probe, source })
}

/// The positions of tokens that stand for some of the bytes of some ranges.
fn positions_in(tokens: &[Token], ranges: &[Range<usize>]) -> Vec<usize> {
    let overlap = |first: &Range<usize>, second: &Range<usize>| {
        first.start < second.end && second.start < first.end
    };
    (tokens.iter().enumerate())
        .filter(|(_, token)| {
            !token.special && ranges.iter().any(|range| overlap(&token.range, range))
        })
        .map(|(position, _)| position)
        .collect()
}

/// The log-probability of each position of each text.
pub(super) fn log_probabilities(
    probe: &'static str,
    model: &dyn MaskedLanguageModel,
    texts: &[MaskedTokens],
) -> Result<Vec<Vec<f64>>, Error> {
    let mut all = Vec::with_capacity(texts.len());
    for batch in texts.chunks(BATCH) {
        let answer =
            (model.log_probabilities(batch)).map_err(|source| Error::Model { probe, source })?;
        check_length("texts with log-probabilities", batch.len(), answer.len())?;
        for (text, values) in batch.iter().zip(answer) {
            check_length("log-probabilities", text.positions.len(), values.len())?;
            check_finite("a log-probability", "the tokens of a probe", &values)?;
            all.push(values);
        }
    }
    Ok(all)
}

/// The mean log-probability of the tokens within some ranges of each text.
pub(super) fn mean_log_probabilities(
    probe: &'static str,
    model: &dyn MaskedLanguageModel,
    texts: &[(String, Vec<Range<usize>>)],
) -> Result<Vec<f64>, Error> {
    let mut queries = Vec::with_capacity(texts.len());
    for (text, ranges) in texts {
        let tokens = tokens(probe, model, text)?;
        let positions = positions_in(&tokens, ranges);
        if positions.is_empty() {
            return Err(Error::Empty {
                place: format!("`{}`", shortened(text)),
                what: "tokens where it is probed",
            });
        }
        queries.push(MaskedTokens {
            tokens: tokens.into_iter().map(|token| token.id).collect(),
            positions,
        });
    }
    let answers = log_probabilities(probe, model, &queries)?;
    Ok((answers.iter())
        .map(|values| values.iter().sum::<f64>() / values.len() as f64)
        .collect())
}

/// The vectors of some texts: all of one width, finite, and with a direction.
pub(super) fn vectors(
    probe: &'static str,
    model: &dyn SentenceEncoder,
    texts: &[String],
) -> Result<Vec<Vec<f64>>, Error> {
    let mut vectors: Vec<Vec<f64>> = Vec::with_capacity(texts.len());
    for batch in texts.chunks(BATCH) {
        let batch: Vec<&str> = batch.iter().map(String::as_str).collect();
        let answer = (model.encode(&batch)).map_err(|source| Error::Model { probe, source })?;
        check_length("vectors", batch.len(), answer.len())?;
        for (text, vector) in batch.iter().zip(answer) {
            let vector: Vec<f64> = vector.into_iter().map(f64::from).collect();
            check_finite("a component of the vector", text, &vector)?;
            if let Some(first) = vectors.first() {
                check_length("components of a vector", first.len(), vector.len())?;
            }
            vectors.push(vector);
        }
    }
    Ok(vectors)
}

/// The probability of the positive class for each text.
pub(super) fn probabilities(
    probe: &'static str,
    model: &dyn TextClassifier,
    texts: &[String],
) -> Result<Vec<f64>, Error> {
    let mut all = Vec::with_capacity(texts.len());
    for batch in texts.chunks(BATCH) {
        let batch: Vec<&str> = batch.iter().map(String::as_str).collect();
        let answer =
            (model.probabilities(&batch)).map_err(|source| Error::Model { probe, source })?;
        check_length("probabilities", batch.len(), answer.len())?;
        for &probability in &answer {
            if !(0.0..=1.0).contains(&probability) {
                return Err(Error::Range {
                    what: "a probability of the model",
                    found: probability,
                    legal: "from 0 to 1",
                });
            }
        }
        all.extend(answer);
    }
    Ok(all)
}

fn check_length(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found {
        Ok(())
    } else {
        Err(Error::Lengths {
            what,
            expected,
            found,
        })
    }
}

fn check_finite(what: &'static str, text: &str, values: &[f64]) -> Result<(), Error> {
    match values.iter().find(|value| !value.is_finite()) {
        Some(&found) => Err(Error::NotFinite {
            what,
            text: shortened(text),
            found,
        }),
        None => Ok(()),
    }
}

/// The first letters of a text.
fn shortened(text: &str) -> String {
    const LETTERS: usize = 60;
    let mut short: String = text.chars().take(LETTERS).collect();
    if short.len() < text.len() {
        short.push_str("...");
    }
    short
}
