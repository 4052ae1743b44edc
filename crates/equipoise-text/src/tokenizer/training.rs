//! A vocabulary from texts.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};
use tokenizers::{
    AddedToken, NormalizedString, Normalizer, OffsetReferential, OffsetType, PreTokenizedString,
    PreTokenizer, TokenizerBuilder, Trainer,
    decoders::{
        byte_level::ByteLevel as ByteLevelDecoder, wordpiece::WordPiece as WordPieceDecoder,
    },
    models::{
        bpe::{BPE, BpeTrainer},
        wordpiece::{WordPiece, WordPieceTrainer},
    },
    normalizers::{NormalizerWrapper, bert::BertNormalizer, unicode::NFC},
    pre_tokenizers::{bert::BertPreTokenizer, byte_level::ByteLevel},
    processors::{bert::BertProcessing, roberta::RobertaProcessing},
};

use super::{Tokenizer, TokenizerError, special::SpecialNames};

/// How words are cut into tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TokenizerKind {
    /// Pieces of words, the longest first, as BERT has them (Wu et al. 2016).
    #[default]
    WordPiece,
    /// Pairs of bytes that come often, as `RoBERTa` has them (Sennrich et al. 2016): nothing is
    /// unknown.
    ByteLevelBpe,
}

/// How a vocabulary is learnt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenizerTraining {
    /// How words are cut into tokens.
    pub kind: TokenizerKind,
    /// The largest number of tokens, 16 or more; for bytes, 272 or more.
    pub vocabulary: usize,
    /// How often a token must come; 1 or more.
    pub min_frequency: u64,
    /// Whether capital letters and small ones are the same; not read with bytes.
    pub lower_case: bool,
}

impl Default for TokenizerTraining {
    fn default() -> Self {
        Self {
            kind: TokenizerKind::default(),
            vocabulary: 8192,
            min_frequency: 2,
            lower_case: true,
        }
    }
}

impl TokenizerTraining {
    /// Whether all settings are legal.
    ///
    /// # Errors
    ///
    /// When a setting lies outside its range; the error names the range.
    pub fn check(&self) -> Result<(), TokenizerError> {
        let least = match self.kind {
            TokenizerKind::WordPiece => 16,
            // The bytes, the special tokens, and some room.
            TokenizerKind::ByteLevelBpe => 272,
        };
        let illegal =
            |key, found: String, legal: String| Err(TokenizerError::Training { key, found, legal });
        if self.vocabulary < least || u32::try_from(self.vocabulary).is_err() {
            let legal = format!("{least} to {}", u32::MAX);
            return illegal("vocabulary", self.vocabulary.to_string(), legal);
        }
        if self.min_frequency == 0 {
            return illegal("min_frequency", "0".to_owned(), "1 or more".to_owned());
        }
        Ok(())
    }
}

impl Tokenizer {
    /// Learns a vocabulary from texts. The same texts give the same vocabulary.
    ///
    /// # Errors
    ///
    /// When a setting is not legal.
    pub fn train<S: AsRef<str> + Sync>(
        texts: &[S],
        training: &TokenizerTraining,
    ) -> Result<Self, TokenizerError> {
        training.check()?;
        let inner = match training.kind {
            TokenizerKind::WordPiece => word_piece(texts, training),
            TokenizerKind::ByteLevelBpe => byte_level(texts, training),
        };
        let unusable = |error: tokenizers::Error| TokenizerError::Unusable {
            place: "the texts".to_owned(),
            reason: error.to_string(),
        };
        Self::new(
            inner.map_err(unusable)?,
            &SpecialNames::default(),
            "the texts",
        )
    }
}

fn special(names: &[&str]) -> Vec<AddedToken> {
    names
        .iter()
        .map(|name| AddedToken::from((*name).to_owned(), true))
        .collect()
}

fn word_piece<S: AsRef<str> + Sync>(
    texts: &[S],
    training: &TokenizerTraining,
) -> tokenizers::Result<tokenizers::Tokenizer> {
    const NAMES: [&str; 5] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    let words = Words {
        normalizer: BertNormalizer::new(true, true, None, training.lower_case),
        splitter: BertPreTokenizer,
    };
    // Letters within words are tokens of their own, which the trainer numbers in the order in
    // which it meets them, and it meets words in no fixed order. Given with the special tokens,
    // they have fixed numbers.
    let letters = Letters::count(&words, texts, (training.vocabulary - NAMES.len()) / 2)?;
    let given = special(&NAMES)
        .into_iter()
        .chain(
            letters
                .within
                .iter()
                .map(|letter| AddedToken::from(format!("##{letter}"), false)),
        )
        .collect();
    let mut trainer = WordPieceTrainer::builder()
        .vocab_size(training.vocabulary)
        .min_frequency(training.min_frequency)
        .special_tokens(given)
        .show_progress(false)
        .build();
    trainer.feed(texts.iter(), |text| {
        let mut found = words.of(text)?;
        found.retain(|word| word.chars().all(|letter| letters.all.contains(&letter)));
        Ok(found)
    })?;
    let mut model = WordPiece::default();
    trainer.train(&mut model)?;
    let mut tokenizer = TokenizerBuilder::new()
        .with_model(model)
        .with_normalizer(Some(words.normalizer))
        .with_pre_tokenizer(Some(words.splitter))
        .with_post_processor(Some(BertProcessing::new(
            ("[SEP]".to_owned(), 3),
            ("[CLS]".to_owned(), 2),
        )))
        .with_decoder(Some(WordPieceDecoder::default()))
        .build()?;
    tokenizer.add_special_tokens(special(&NAMES))?;
    Ok(tokenizer.into())
}

/// Cuts texts into words.
struct Words {
    normalizer: BertNormalizer,
    splitter: BertPreTokenizer,
}

impl Words {
    fn of(&self, text: &str) -> tokenizers::Result<Vec<String>> {
        let mut normalized = NormalizedString::from(text);
        self.normalizer.normalize(&mut normalized)?;
        let mut split = PreTokenizedString::from(normalized);
        self.splitter.pre_tokenize(&mut split)?;
        Ok(split
            .get_splits(OffsetReferential::Normalized, OffsetType::Byte)
            .into_iter()
            .map(|(word, _, _)| word.to_owned())
            .collect())
    }
}

/// The letters of some texts.
struct Letters {
    /// The most frequent.
    all: BTreeSet<char>,
    /// Those of them that stand within words.
    within: BTreeSet<char>,
}

impl Letters {
    /// Counts letters, and keeps the `most` most frequent.
    fn count<S: AsRef<str>>(words: &Words, texts: &[S], most: usize) -> tokenizers::Result<Self> {
        let mut counts: BTreeMap<char, u64> = BTreeMap::new();
        let mut within = BTreeSet::new();
        for text in texts {
            for word in words.of(text.as_ref())? {
                for (at, letter) in word.chars().enumerate() {
                    *counts.entry(letter).or_default() += 1;
                    if at > 0 {
                        within.insert(letter);
                    }
                }
            }
        }
        let mut ranked: Vec<(char, u64)> = counts.into_iter().collect();
        ranked.sort_by_key(|&(letter, count)| (Reverse(count), letter));
        let all: BTreeSet<char> = ranked
            .into_iter()
            .take(most)
            .map(|(letter, _)| letter)
            .collect();
        within.retain(|letter| all.contains(letter));
        Ok(Self { all, within })
    }
}

fn byte_level<S: AsRef<str> + Sync>(
    texts: &[S],
    training: &TokenizerTraining,
) -> tokenizers::Result<tokenizers::Tokenizer> {
    const NAMES: [&str; 5] = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];
    let mut trainer = BpeTrainer::builder()
        .vocab_size(training.vocabulary)
        .min_frequency(training.min_frequency)
        .special_tokens(special(&NAMES))
        .initial_alphabet(ByteLevel::alphabet().into_iter().collect())
        .show_progress(false)
        .build();
    let mut tokenizer = TokenizerBuilder::new()
        .with_model(BPE::default())
        .with_normalizer(Some(NormalizerWrapper::from(NFC)))
        .with_pre_tokenizer(Some(ByteLevel::new(false, true, true)))
        .with_post_processor(Some(RobertaProcessing::new(
            ("</s>".to_owned(), 2),
            ("<s>".to_owned(), 0),
        )))
        .with_decoder(Some(ByteLevelDecoder::default()))
        .build()?;
    tokenizer.train(&mut trainer, texts.iter().map(AsRef::as_ref))?;
    Ok(tokenizer.into())
}
