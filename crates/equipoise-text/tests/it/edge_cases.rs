//! Texts as they come.

use std::sync::LazyLock;

use equipoise_text::{
    IdentityAnnotation, IdentityTerms, Lexicon, LexiconFile, NameSwap, SWAPS, Swapper, utf8,
};
use proptest::prelude::*;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::builtin(&["en", "zh"]).unwrap());

static SWAPPERS: LazyLock<Vec<Swapper>> = LazyLock::new(|| {
    (SWAPS.iter())
        .map(|spec| Swapper::builtin(spec.name, NameSwap::Swapped).unwrap())
        .collect()
});

proptest! {
    #[test]
    fn any_text_is_searched_without_panic(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn terms_among_odd_characters_are_searched_without_panic(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "woman", "女人", "He", "her", " ", "\u{301}", "\u{200d}", "\u{fe0f}", "\u{1f469}", "'", "\u{2019}",
                "\u{0130}", "\u{df}", "\u{ac00}", "\u{3099}", "\0", "\u{feff}", "-", "_", "\n", "\u{e000}", "lgbtq+",
            ]),
            0..40,
        ),
    ) {
        check(&parts.concat());
    }

    #[test]
    fn any_bytes_are_a_text_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        match utf8(&bytes, "a.txt") {
            Ok(text) => check(text),
            Err(error) => prop_assert!(error.to_string().ends_with("is not UTF-8")),
        }
    }

    #[test]
    fn any_term_that_is_legal_is_found_where_it_stands_alone(term in "\\PC{1,12}") {
        let file = LexiconFile {
            language: "und".to_owned(),
            identities: vec![IdentityTerms {
                attribute: "attribute".to_owned(),
                value: "value".to_owned(),
                terms: vec![term.clone()],
                exact: Vec::new(),
            }],
            ..LexiconFile::default()
        };
        match Lexicon::from_files(&[file]) {
            Ok(lexicon) => prop_assert_eq!(lexicon.mentions(&term).len(), 1, "{:?}", term),
            Err(error) => prop_assert!(term.trim() != term, "{}", error),
        }
    }
}

/// What is always true of a text.
fn check(text: &str) {
    let mut end = 0;
    for mention in LEXICON.mentions(text) {
        assert!(mention.range.start >= end && mention.range.end > mention.range.start);
        assert!(text.get(mention.range.clone()).is_some());
        assert!(!mention.identities.is_empty());
        end = mention.range.end;
    }
    for swapper in &*SWAPPERS {
        let swapped = swapper.swap(text);
        if swapped.replacements == 0 {
            assert_eq!(swapped.text, text);
        }
    }
}

#[test]
fn an_empty_text_names_nobody() {
    assert_eq!(LEXICON.mentions(""), []);
    let annotation = IdentityAnnotation::of(&LEXICON, Vec::<&str>::new());
    assert_eq!((annotation.rows(), annotation.counts().documents), (0, 0));
    assert_eq!(annotation.named(3), []);
}

#[test]
fn a_million_characters_are_searched() {
    let count = 1_000_000 / "a woman, 女人 ".chars().count();
    let text = "a woman, 女人 ".repeat(count);
    assert_eq!(LEXICON.mentions(&text).len(), 2 * count);
    // No white space, no term, and nothing but marks.
    for piece in ["x", "女神经", "\u{301}", "\u{1f1e9}", "'"] {
        let text = piece.repeat(1_000_000 / piece.chars().count());
        LEXICON.mentions(&text);
    }
}
