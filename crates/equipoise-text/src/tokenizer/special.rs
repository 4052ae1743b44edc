//! The tokens that stand for no text.

use super::TokenizerError;

/// The numbers of the tokens that stand for no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpecialTokens {
    /// Fills up short texts: `[PAD]`, `<pad>`.
    pub pad: u32,
    /// Begins a text: `[CLS]`, `<s>`.
    pub begin: Option<u32>,
    /// Ends a text: `[SEP]`, `</s>`.
    pub end: Option<u32>,
    /// Stands for what is not in the vocabulary: `[UNK]`, `<unk>`.
    pub unknown: Option<u32>,
    /// Stands where a token is hidden: `[MASK]`, `<mask>`.
    pub mask: Option<u32>,
}

/// The names of the special tokens, where a file gives them.
#[derive(Debug, Clone, Default)]
pub(super) struct SpecialNames {
    pub(super) pad: Option<String>,
    pub(super) begin: Option<String>,
    pub(super) end: Option<String>,
    pub(super) unknown: Option<String>,
    pub(super) mask: Option<String>,
}

impl SpecialTokens {
    /// Looks the tokens up, under the names that are given or else under the usual ones.
    pub(super) fn find(
        tokenizer: &tokenizers::Tokenizer,
        names: &SpecialNames,
        place: &str,
    ) -> Result<Self, TokenizerError> {
        const PAD: [&str; 2] = ["[PAD]", "<pad>"];

        let find = |given: &Option<String>, usual: [&str; 2]| match given {
            Some(name) => tokenizer.token_to_id(name),
            None => usual.iter().find_map(|name| tokenizer.token_to_id(name)),
        };
        let pad = find(&names.pad, PAD).ok_or_else(|| TokenizerError::NoSpecialToken {
            place: place.to_owned(),
            role: "pad",
            names: match &names.pad {
                Some(name) => vec![format!("`{name}`")],
                None => PAD.iter().map(|name| format!("`{name}`")).collect(),
            },
        })?;
        Ok(Self {
            pad,
            begin: find(&names.begin, ["[CLS]", "<s>"]),
            end: find(&names.end, ["[SEP]", "</s>"]),
            unknown: find(&names.unknown, ["[UNK]", "<unk>"]),
            mask: find(&names.mask, ["[MASK]", "<mask>"]),
        })
    }

    /// Whether a token stands for no text.
    pub fn contains(&self, id: u32) -> bool {
        [
            Some(self.pad),
            self.begin,
            self.end,
            self.unknown,
            self.mask,
        ]
        .contains(&Some(id))
    }
}
