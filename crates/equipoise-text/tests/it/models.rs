//! Small models whose answers are known.

use equipoise_text::{
    MaskedLanguageModel, MaskedTokens, ModelError, SentenceEncoder, TextClassifier, Token,
};

/// A model of words, whose number is what their letters add up to, between two special tokens. How
/// likely a token is depends on it and on its neighbours.
pub(crate) struct Neighbours;

/// The numbers of the special tokens.
const SPECIAL: [u32; 2] = [1, 2];

impl MaskedLanguageModel for Neighbours {
    fn tokenize(&self, text: &str) -> Result<Vec<Token>, ModelError> {
        let special = |id| Token {
            id,
            range: 0..0,
            special: true,
        };
        let mut tokens = vec![special(SPECIAL[0])];
        for word in text.split_whitespace() {
            let start = word.as_ptr() as usize - text.as_ptr() as usize;
            let trimmed = word.trim_end_matches(['.', ',', '!', '?']);
            tokens.push(Token {
                id: word_id(trimmed),
                range: start..start + trimmed.len(),
                special: false,
            });
        }
        tokens.push(special(SPECIAL[1]));
        Ok(tokens)
    }

    fn log_probabilities(&self, texts: &[MaskedTokens]) -> Result<Vec<Vec<f64>>, ModelError> {
        Ok(texts.iter().map(log_probabilities).collect())
    }
}

/// A word that is a number is that number.
fn word_id(word: &str) -> u32 {
    word.parse().unwrap_or_else(|_| {
        word.chars()
            .fold(10, |sum, letter| (sum * 31 + u32::from(letter)) % 9973)
    })
}

fn log_probabilities(text: &MaskedTokens) -> Vec<f64> {
    let token = |place: Option<usize>| {
        place
            .and_then(|place| text.tokens.get(place))
            .copied()
            .unwrap_or(0)
    };
    (text.positions.iter())
        .map(|&position| {
            let left = token(position.checked_sub(1));
            let right = token(Some(position + 1));
            let rest = (7 * token(Some(position)) + 3 * left + 5 * right) % 31;
            -(f64::from(rest) / 8.0)
        })
        .collect()
}

/// Reads the vector from the text: numbers between spaces.
pub(crate) struct Literal;

impl SentenceEncoder for Literal {
    fn encode(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        (texts.iter())
            .map(|text| text.split(' ').map(|number| Ok(number.parse()?)).collect())
            .collect()
    }
}

/// Calls a text positive when it holds one of some words.
pub(crate) struct Words(pub(crate) &'static [&'static str]);

impl TextClassifier for Words {
    fn probabilities(&self, texts: &[&str]) -> Result<Vec<f64>, ModelError> {
        Ok((texts.iter())
            .map(|text| {
                let text = text.to_lowercase();
                f64::from(u8::from(self.0.iter().any(|word| text.contains(word)))) * 0.8 + 0.1
            })
            .collect())
    }
}

/// Answers with what no model may say.
pub(crate) struct Broken(pub(crate) f64);

impl MaskedLanguageModel for Broken {
    fn tokenize(&self, text: &str) -> Result<Vec<Token>, ModelError> {
        Neighbours.tokenize(text)
    }

    fn log_probabilities(&self, texts: &[MaskedTokens]) -> Result<Vec<Vec<f64>>, ModelError> {
        Ok((texts.iter())
            .map(|text| vec![self.0; text.positions.len()])
            .collect())
    }
}

impl SentenceEncoder for Broken {
    #[expect(clippy::cast_possible_truncation, reason = "a number of a test")]
    fn encode(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        Ok(vec![vec![self.0 as f32; 3]; texts.len()])
    }
}

impl TextClassifier for Broken {
    fn probabilities(&self, texts: &[&str]) -> Result<Vec<f64>, ModelError> {
        Ok(vec![self.0; texts.len()])
    }
}
