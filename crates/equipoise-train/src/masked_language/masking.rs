//! Which tokens of a window are hidden, and what stands in their place.

use equipoise_text::tokenizer::{PackedWindow, Tokenizer};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use crate::Error;

/// The share of hidden tokens in whose place the mask token stands.
const MASKED: f64 = 0.8;
/// The share of those in whose place a token drawn from the vocabulary stands; the rest stay as
/// they are.
const REPLACED: f64 = 0.1;

/// Hides tokens: in the place of a hidden one stands the mask token with probability 0.8, one that
/// is drawn from the vocabulary with 0.1, and the token itself with 0.1 (Devlin et al. 2019).
///
/// Special tokens are neither hidden nor drawn.
#[derive(Debug, Clone)]
pub struct Masking {
    rate: f64,
    whole_words: bool,
    mask: u32,
    /// What can be drawn: every token that stands for a text.
    vocabulary: Vec<u32>,
}

/// A window in which tokens are hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedWindow {
    /// What the model sees.
    pub ids: Vec<u32>,
    /// Where tokens are hidden, in ascending order.
    pub positions: Vec<usize>,
    /// What they were, for each position.
    pub targets: Vec<u32>,
}

impl Masking {
    /// Hides a share `rate` of the tokens of a text, above 0 and below 1; with `whole_words`, the
    /// tokens of a word together (Cui et al. 2021, "Pre-Training With Whole Word Masking for
    /// Chinese BERT").
    ///
    /// # Errors
    ///
    /// When the tokenizer has no token to hide others with, or none that stands for a text.
    pub fn new(tokenizer: &Tokenizer, rate: f64, whole_words: bool) -> Result<Self, Error> {
        let special = tokenizer.special();
        let ids = 0..u32::try_from(tokenizer.vocabulary()).unwrap_or(u32::MAX);
        let vocabulary: Vec<u32> = ids
            .filter(|&id| !special.contains(id) && tokenizer.token(id).is_some())
            .collect();
        match special.mask {
            Some(mask) if !vocabulary.is_empty() => Ok(Self {
                rate,
                whole_words,
                mask,
                vocabulary,
            }),
            Some(_) => Err(Error::Tokenizer {
                lacks: "token that stands for a text",
            }),
            None => Err(Error::Tokenizer {
                lacks: "token that hides others, such as `[MASK]` or `<mask>`",
            }),
        }
    }

    /// Hides tokens of a window; the same seed hides the same.
    ///
    /// As many are hidden as the rate says, rounded, and at least one word where the window has any.
    /// With whole words a word that would go beyond that number is passed over.
    pub fn hide(&self, window: &PackedWindow, seed: u64) -> MaskedWindow {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut hidden = self.choose(window, &mut random);
        hidden.sort_unstable();
        let mut ids = window.ids().to_vec();
        let targets = hidden.iter().map(|&at| ids[at]).collect();
        for &at in &hidden {
            let draw: f64 = random.random();
            if draw < MASKED {
                ids[at] = self.mask;
            } else if draw < MASKED + REPLACED {
                ids[at] = self.vocabulary[random.random_range(0..self.vocabulary.len())];
            }
        }
        MaskedWindow {
            ids,
            positions: hidden,
            targets,
        }
    }

    /// The positions to hide, in no order.
    fn choose(&self, window: &PackedWindow, random: &mut ChaCha8Rng) -> Vec<usize> {
        let words = window.words();
        let mut units = if self.whole_words {
            words
        } else {
            words.into_iter().flatten().map(|at| at..at + 1).collect()
        };
        let tokens: usize = units.iter().map(ExactSizeIterator::len).sum();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a number of tokens is between 0 and that number"
        )]
        let wanted = (self.rate * tokens as f64).round() as usize;
        units.shuffle(random);
        let mut hidden: Vec<usize> = Vec::with_capacity(wanted);
        for unit in &units {
            if hidden.len() + unit.len() <= wanted {
                hidden.extend(unit.clone());
            }
        }
        if let (true, Some(first)) = (hidden.is_empty(), units.first()) {
            hidden.extend(first.clone());
        }
        hidden
    }
}

#[cfg(test)]
mod tests {
    use equipoise_text::tokenizer::{TokenRole, TokenizerTraining};
    use proptest::prelude::*;

    use super::*;

    /// Words of one to three tokens: the vocabulary has letters and little more.
    fn tokenizer() -> Tokenizer {
        let training = TokenizerTraining {
            vocabulary: 24,
            min_frequency: 1,
            ..TokenizerTraining::default()
        };
        Tokenizer::train(&["ab a abc b cab cba aa bb cc"], &training).unwrap()
    }

    fn text(words: &[u8]) -> String {
        words
            .iter()
            .map(|&word| ["a ", "bca ", "cabba ", "? "][usize::from(word % 4)])
            .collect()
    }

    proptest! {
        #[test]
        fn whole_words_are_hidden_and_nothing_else_changes(
            words in proptest::collection::vec(any::<u8>(), 1..60),
            rate in 0.05f64..0.6,
            seed in any::<u64>(),
        ) {
            let tokenizer = tokenizer();
            let masking = Masking::new(&tokenizer, rate, true).unwrap();
            for window in tokenizer.pack(&[text(&words)], 24).unwrap() {
                let masked = masking.hide(&window, seed);
                prop_assert_eq!(&masked, &masking.hide(&window, seed));
                for word in window.words() {
                    let hidden = word.clone().filter(|at| masked.positions.contains(at)).count();
                    prop_assert!(hidden == 0 || hidden == word.len());
                }
                let mut restored = masked.ids.clone();
                for (&at, &target) in masked.positions.iter().zip(&masked.targets) {
                    prop_assert!(window.roles()[at] != TokenRole::Special);
                    restored[at] = target;
                }
                prop_assert_eq!(&restored, window.ids());
                let tokens = window.words().into_iter().flatten().count();
                let wanted = (rate * tokens as f64).round();
                let longest = window.words().iter().map(ExactSizeIterator::len).max().unwrap_or(0);
                prop_assert!(masked.positions.len() as f64 <= wanted.max(longest as f64));
                prop_assert!(tokens == 0 || !masked.positions.is_empty());
            }
        }
    }

    #[test]
    fn tokens_are_hidden_in_the_shares_of_the_paper() {
        let tokenizer = tokenizer();
        let texts = vec![text(&(0..200).collect::<Vec<u8>>()); 40];
        let windows = tokenizer.pack(&texts, 64).unwrap();
        let masking = Masking::new(&tokenizer, 0.15, false).unwrap();
        let (mut tokens, mut hidden, mut masked, mut kept) = (0.0, 0.0, 0.0, 0.0);
        for (seed, window) in windows.iter().enumerate() {
            let found = masking.hide(window, seed as u64);
            tokens += window.words().into_iter().flatten().count() as f64;
            hidden += found.positions.len() as f64;
            for (&at, &target) in found.positions.iter().zip(&found.targets) {
                masked += f64::from(Some(found.ids[at]) == tokenizer.special().mask);
                kept += f64::from(found.ids[at] == target);
            }
        }
        let share = |part: f64, whole: f64, expected: f64| {
            let found = part / whole;
            // Four standard deviations of a binomial share.
            let tolerance = 4.0 * (expected * (1.0 - expected) / whole).sqrt() + 0.01;
            assert!(
                (found - expected).abs() < tolerance,
                "{found}, not {expected}"
            );
        };
        share(hidden, tokens, 0.15);
        share(masked, hidden, 0.8);
        // A tenth stays, and a token that is drawn is sometimes the same.
        let drawn_the_same = 0.1 / (tokenizer.vocabulary() - 5) as f64;
        share(kept, hidden, 0.1 + drawn_the_same);
    }
}
