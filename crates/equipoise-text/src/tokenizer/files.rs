//! Tokenizers from the files that model folders have, and back.

use std::path::Path;

use serde_json::Value;
use tokenizers::{
    AddedToken, decoders::wordpiece::WordPiece as WordPieceDecoder, models::wordpiece::WordPiece,
    normalizers::bert::BertNormalizer, pre_tokenizers::bert::BertPreTokenizer,
    processors::bert::BertProcessing,
};

use super::{Tokenizer, TokenizerError, special::SpecialNames};

/// The whole tokenizer in one file.
const TOKENIZER: &str = "tokenizer.json";
/// The tokens of a `WordPiece` vocabulary, one a line.
const VOCABULARY: &str = "vocab.txt";
/// Settings, among them the names of the special tokens.
const SETTINGS: &str = "tokenizer_config.json";
/// The names of the special tokens.
const SPECIAL: &str = "special_tokens_map.json";

/// The files of a model folder that a tokenizer is read from, where they are there.
pub const FILES: [&str; 4] = [TOKENIZER, VOCABULARY, SETTINGS, SPECIAL];

/// The files of a folder that have its vocabulary: one of them must be there.
pub const VOCABULARY_FILES: [&str; 2] = [TOKENIZER, VOCABULARY];

impl Tokenizer {
    /// The tokenizer of a model folder: `tokenizer.json`, or a `WordPiece` vocabulary in
    /// `vocab.txt`; with `tokenizer_config.json` and `special_tokens_map.json` where they are
    /// there.
    ///
    /// # Errors
    ///
    /// When the folder has neither file, when one cannot be read or understood, or when there is
    /// no token for padding.
    pub fn from_folder(folder: &Path) -> Result<Self, TokenizerError> {
        let settings = json(folder, SETTINGS)?;
        let special = json(folder, SPECIAL)?;
        let names = SpecialNames::read(&[&special, &settings]);
        let path = folder.join(TOKENIZER);
        let place = |file: &Path| format!("`{}`", file.display());
        if path.is_file() {
            let bytes = fs_err::read(&path)?;
            let inner = tokenizers::Tokenizer::from_bytes(&bytes).map_err(|error| {
                TokenizerError::Unusable {
                    place: place(&path),
                    reason: error.to_string(),
                }
            })?;
            return Self::new(inner, &names, &place(&path));
        }
        let path = folder.join(VOCABULARY);
        if path.is_file() {
            let bytes = fs_err::read(&path)?;
            return Self::from_vocabulary(&bytes, &settings, &names, &place(&path));
        }
        Err(TokenizerError::NotFound {
            folder: folder.to_owned(),
        })
    }

    /// A `WordPiece` tokenizer, as that of BERT, from the lines of a vocabulary.
    fn from_vocabulary(
        vocabulary: &[u8],
        settings: &Value,
        names: &SpecialNames,
        place: &str,
    ) -> Result<Self, TokenizerError> {
        let unusable = |reason: String| TokenizerError::Unusable {
            place: place.to_owned(),
            reason,
        };
        let failed = |error: tokenizers::Error| unusable(error.to_string());
        let tokens = WordPiece::read_bytes(vocabulary).map_err(failed)?;
        let name = |given: &Option<String>, usual: &str| given.clone().unwrap_or(usual.to_owned());
        let unknown = name(&names.unknown, "[UNK]");
        let number = |name: String| match tokens.get(&name) {
            Some(id) => Ok((name, *id)),
            None => Err(unusable(format!("`{name}` is not in it"))),
        };
        let begin = number(name(&names.begin, "[CLS]"))?;
        let end = number(name(&names.end, "[SEP]"))?;
        number(unknown.clone())?;
        let model = WordPiece::builder()
            .vocab(tokens.clone())
            .unk_token(unknown.clone())
            .build()
            .map_err(failed)?;
        let is = |key: &str| settings.get(key).and_then(Value::as_bool);
        let mut inner = tokenizers::Tokenizer::new(model);
        inner
            .with_normalizer(Some(BertNormalizer::new(
                true,
                is("tokenize_chinese_chars").unwrap_or(true),
                is("strip_accents"),
                is("do_lower_case").unwrap_or(true),
            )))
            .map_err(failed)?;
        inner.with_pre_tokenizer(Some(BertPreTokenizer));
        inner.with_decoder(Some(WordPieceDecoder::default()));
        let special = [
            begin.0.clone(),
            end.0.clone(),
            unknown,
            name(&names.pad, "[PAD]"),
            name(&names.mask, "[MASK]"),
        ];
        inner.with_post_processor(Some(BertProcessing::new(end, begin)));
        inner
            .add_special_tokens(
                special
                    .into_iter()
                    .filter(|token| tokens.contains_key(token))
                    .map(|token| AddedToken::from(token, true)),
            )
            .map_err(failed)?;
        Self::new(inner, names, place)
    }

    /// The files that a model folder has of this tokenizer, each with its name and its bytes, as
    /// other programs read them too. `window` is the number of tokens that the model sees.
    ///
    /// # Errors
    ///
    /// When the tokenizer has no form in JSON.
    pub fn files(&self, window: usize) -> Result<Vec<(&'static str, Vec<u8>)>, TokenizerError> {
        let unusable = |reason: String| TokenizerError::Unusable {
            place: "memory".to_owned(),
            reason,
        };
        let whole = self
            .inner
            .to_string(true)
            .map_err(|error| unusable(error.to_string()))?;
        let mut names = serde_json::Map::new();
        for (keys, id) in [
            (&["pad_token"][..], Some(self.special.pad)),
            (&["cls_token", "bos_token"], self.special.begin),
            (&["sep_token", "eos_token"], self.special.end),
            (&["unk_token"], self.special.unknown),
            (&["mask_token"], self.special.mask),
        ] {
            if let Some(token) = id.and_then(|id| self.token(id)) {
                for key in keys {
                    names.insert((*key).to_owned(), Value::from(token.clone()));
                }
            }
        }
        let mut settings = names.clone();
        settings.insert(
            "tokenizer_class".to_owned(),
            "PreTrainedTokenizerFast".into(),
        );
        settings.insert("model_max_length".to_owned(), window.into());
        let text = |value: serde_json::Map<String, Value>| {
            serde_json::to_vec_pretty(&value).map_err(|error| unusable(error.to_string()))
        };
        Ok(vec![
            (TOKENIZER, whole.into_bytes()),
            (SETTINGS, text(settings)?),
            (SPECIAL, text(names)?),
        ])
    }
}

impl SpecialNames {
    /// The names from several files; the first that has one counts. A name is a text, or a table
    /// with a text `content`.
    fn read(files: &[&Value]) -> Self {
        let name = |keys: &[&str]| {
            files.iter().find_map(|file| {
                keys.iter().find_map(|key| {
                    let value = file.get(key)?;
                    let text = value.as_str().or_else(|| value.get("content")?.as_str())?;
                    Some(text.to_owned())
                })
            })
        };
        Self {
            pad: name(&["pad_token"]),
            begin: name(&["cls_token", "bos_token"]),
            end: name(&["sep_token", "eos_token"]),
            unknown: name(&["unk_token"]),
            mask: name(&["mask_token"]),
        }
    }
}

/// A JSON file of a folder, or `null` where it is not there.
fn json(folder: &Path, file: &str) -> Result<Value, TokenizerError> {
    let path = folder.join(file);
    if !path.is_file() {
        return Ok(Value::Null);
    }
    let bytes = fs_err::read(&path)?;
    serde_json::from_slice(&bytes).map_err(|source| TokenizerError::Json { path, source })
}
