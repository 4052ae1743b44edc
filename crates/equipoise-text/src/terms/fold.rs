//! Texts without the differences in writing that make no other word.

use unicode_normalization::char::decompose_canonical;

/// A text in folded form, and where each of its bytes comes from.
#[derive(Debug)]
pub(crate) struct Folded {
    text: String,
    /// For each byte of `text`, and for its end, the byte of the source where the character that it
    /// comes from begins.
    origins: Vec<usize>,
}

impl Folded {
    /// Folds a text; see [`fold`] for what that does.
    pub(crate) fn new(source: &str) -> Self {
        let mut text = String::with_capacity(source.len());
        let mut origins = Vec::with_capacity(source.len() + 1);
        let mut after_space = false;
        for (origin, character) in source.char_indices() {
            let is_space = character.is_whitespace();
            if !(is_space && after_space) {
                fold_char(character, |folded| text.push(folded));
                origins.resize(text.len(), origin);
            }
            after_space = is_space;
        }
        origins.push(source.len());
        Self { text, origins }
    }

    /// The folded text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The range of the source of a range of the folded text, or `None` where one of its ends lies
    /// within what became of a single character.
    pub(crate) fn source_range(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let begins_character =
            |at: usize| at == 0 || self.origins.get(at - 1) < self.origins.get(at);
        if begins_character(start) && begins_character(end) {
            Some((*self.origins.get(start)?, *self.origins.get(end)?))
        } else {
            None
        }
    }
}

/// The folded form of a text: lower case, canonically decomposed, with one space for each run of
/// white space and one form of the apostrophe and the hyphen.
pub(crate) fn fold(text: &str) -> String {
    Folded::new(text).text
}

/// The form in which terms are compared whose case matters: as [`fold`], with the case kept.
pub(crate) fn fold_keeping_case(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut after_space = false;
    for character in text.chars() {
        let is_space = character.is_whitespace();
        if !(is_space && after_space) {
            decompose_canonical(plain(character), |part| folded.push(part));
        }
        after_space = is_space;
    }
    folded
}

fn fold_char(character: char, mut emit: impl FnMut(char)) {
    if character.is_ascii_alphanumeric() {
        emit(character.to_ascii_lowercase());
        return;
    }
    for lower in plain(character).to_lowercase() {
        decompose_canonical(lower, &mut emit);
    }
}

/// One character for all that are written in place of each other.
fn plain(character: char) -> char {
    match character {
        '\u{2018}' | '\u{2019}' | '\u{02bc}' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        _ if character.is_whitespace() => ' ',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_that_makes_no_other_word_is_one() {
        assert_eq!(fold("Caf\u{e9}  OL\u{c9}"), fold("cafe\u{301}\nole\u{301}"));
        assert_eq!(fold("Ma\u{2019}am"), "ma'am");
        assert_eq!(fold_keeping_case("Caf\u{e9}"), "Cafe\u{301}");
    }

    #[test]
    fn ranges_go_back_to_the_source() {
        let source = "\u{c9}t\u{e9}  x";
        let folded = Folded::new(source);
        assert_eq!(folded.text(), "e\u{301}te\u{301} x");
        // All of `Été`, and only half of its first letter.
        assert_eq!(folded.source_range(0, 7), Some((0, 5)));
        assert_eq!(folded.source_range(0, 1), None);
        assert_eq!(folded.source_range(8, 9), Some((7, 8)));
    }
}
