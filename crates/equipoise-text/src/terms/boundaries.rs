//! Where words begin and end.

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// The places of a text at which a word may begin or end.
///
/// These are the word boundaries of Unicode (UAX #29), by which each Chinese character is a word,
/// and besides them both sides of the punctuation that Unicode keeps within words, so that `women`
/// is found in `women's`, in `women.Men` and in `black_women`.
#[derive(Debug)]
pub(crate) struct Boundaries(Vec<bool>);

impl Boundaries {
    pub(crate) fn new(text: &str) -> Self {
        let mut marks = vec![false; text.len() + 1];
        marks[text.len()] = true;
        for (start, word) in text.split_word_bound_indices() {
            marks[start] = true;
            for (offset, character) in word.char_indices() {
                if is_inner_punctuation(character) {
                    marks[start + offset] = true;
                    marks[start + offset + character.len_utf8()] = true;
                }
            }
        }
        Self(marks)
    }

    /// Whether a word may begin or end before the byte with this number.
    pub(crate) fn contains(&self, offset: usize) -> bool {
        self.0.get(offset).copied().unwrap_or(false)
    }
}

/// Whether a character within a word of Unicode is no part of it here.
fn is_inner_punctuation(character: char) -> bool {
    const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
    const ZERO_WIDTH_JOINER: char = '\u{200d}';
    !(character.is_alphanumeric()
        || is_combining_mark(character)
        || matches!(character, ZERO_WIDTH_NON_JOINER | ZERO_WIDTH_JOINER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let boundaries = Boundaries::new(text);
        let places: Vec<usize> = (0..=text.len())
            .filter(|&at| boundaries.contains(at))
            .collect();
        (places.windows(2))
            .map(|pair| &text[pair[0]..pair[1]])
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .collect()
    }

    #[test]
    fn punctuation_ends_a_word() {
        assert_eq!(
            words("the women's_club.Men"),
            ["the", "women", "s", "club", "Men"]
        );
    }

    #[test]
    fn each_chinese_character_is_a_word() {
        assert_eq!(words("女人和men"), ["女", "人", "和", "men"]);
    }

    #[test]
    fn marks_belong_to_their_letter() {
        assert_eq!(words("cafe\u{301} n\u{303}o"), ["cafe\u{301}", "n\u{303}o"]);
    }
}
