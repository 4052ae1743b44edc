//! Texts of several lengths in one table.

/// Tokens of several texts as a table: each row is as long as the longest text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaddedTokens {
    /// The number of texts.
    pub rows: usize,
    /// The number of tokens of the longest text.
    pub width: usize,
    /// The numbers of the tokens, `[rows, width]`, row after row.
    pub ids: Vec<u32>,
    /// Whether a token is one of the text, `[rows, width]`; `false` for padding.
    pub attention: Vec<bool>,
}

/// Puts texts beside each other, filled up at their ends with the token `pad`.
pub fn pad(texts: &[&[u32]], pad: u32) -> PaddedTokens {
    let width = texts.iter().map(|ids| ids.len()).max().unwrap_or(0);
    let mut ids = Vec::with_capacity(texts.len() * width);
    let mut attention = Vec::with_capacity(texts.len() * width);
    for text in texts {
        let missing = width - text.len();
        ids.extend_from_slice(text);
        ids.extend(std::iter::repeat_n(pad, missing));
        attention.extend(std::iter::repeat_n(true, text.len()));
        attention.extend(std::iter::repeat_n(false, missing));
    }
    PaddedTokens {
        rows: texts.len(),
        width,
        ids,
        attention,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_as_long_as_the_longest_text() {
        let padded = pad(&[&[1, 2, 3], &[4]], 0);
        assert_eq!((padded.rows, padded.width), (2, 3));
        assert_eq!(padded.ids, [1, 2, 3, 4, 0, 0]);
        assert_eq!(padded.attention, [true, true, true, true, false, false]);
        assert_eq!(pad(&[], 0).width, 0);
    }
}
