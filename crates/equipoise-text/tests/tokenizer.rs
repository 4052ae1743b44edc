//! Tokenizers from files and from texts, on any text.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{path::Path, sync::LazyLock};

use equipoise_text::tokenizer::{
    Tokenizer, TokenizerError, TokenizerKind, TokenizerTraining, Tokens, Window,
};
use proptest::prelude::*;
use rstest::rstest;

type TestResult = Result<(), Box<dyn std::error::Error>>;

const TEXTS: [&str; 6] = [
    "The committee approved the loan on Monday.",
    "She is a surgeon, and he is a nurse.",
    "He is a surgeon, and she is a nurse.",
    "Café naïve façade; 他们 went to 北京 in 2019",
    "the loan was approved, the committee said",
    "a nurse and a surgeon on Monday",
];

fn trained(kind: TokenizerKind) -> Tokenizer {
    let training = TokenizerTraining {
        kind,
        vocabulary: 320,
        min_frequency: 1,
        ..TokenizerTraining::default()
    };
    Tokenizer::train(&TEXTS, &training).unwrap()
}

fn ids(tokenizer: &Tokenizer, text: &str, window: usize) -> Vec<u32> {
    let encoded = tokenizer
        .encode(&[text], &Window::truncating(window))
        .unwrap();
    encoded[0].ids().to_vec()
}

/// The lines of a `WordPiece` vocabulary.
fn vocabulary(folder: &Path, tokens: &[&str]) -> TestResult {
    Ok(fs_err::write(folder.join("vocab.txt"), tokens.join("\n"))?)
}

const VOCABULARY: [&str; 12] = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "loan", "##s", ",", "The", "cafe", "café",
];

#[test]
fn a_vocabulary_is_read_with_its_settings() -> TestResult {
    let folder = tempfile::tempdir()?;
    vocabulary(folder.path(), &VOCABULARY)?;
    let tokenizer = Tokenizer::from_folder(folder.path())?;
    assert_eq!(tokenizer.vocabulary(), 12);
    assert_eq!(tokenizer.special().mask, Some(4));
    assert_eq!(
        ids(&tokenizer, "The loans, Café x", 20),
        [2, 5, 6, 7, 8, 10, 1, 3]
    );
    // A special token in a text is that token, as other programs have it.
    assert_eq!(ids(&tokenizer, "the [MASK]", 20), [2, 5, 4, 3]);

    fs_err::write(
        folder.path().join("tokenizer_config.json"),
        r#"{"do_lower_case": false}"#,
    )?;
    let cased = Tokenizer::from_folder(folder.path())?;
    assert_eq!(ids(&cased, "The loans, café", 20), [2, 9, 6, 7, 8, 11, 3]);
    Ok(())
}

#[test]
fn words_and_windows_are_marked() -> TestResult {
    let folder = tempfile::tempdir()?;
    vocabulary(folder.path(), &VOCABULARY)?;
    let tokenizer = Tokenizer::from_folder(folder.path())?;
    let text = ["the loans, the loans"];
    let whole = &tokenizer.encode(&text, &Window::truncating(20))?[0];
    assert_eq!(whole.ids(), [2, 5, 6, 7, 8, 5, 6, 7, 3]);
    assert_eq!(whole.text(), 1..8);
    assert_eq!(
        whole.word_starts(),
        [true, true, false, true, true, true, false]
    );
    let windows = &tokenizer.encode_strides(&text, &Window::striding(6, 1))?[0];
    let found: Vec<&[u32]> = windows.iter().map(Tokens::ids).collect();
    assert_eq!(found, [&[2, 5, 6, 7, 8, 3][..], &[2, 8, 5, 6, 7, 3]]);
    assert_eq!(windows[1].word_starts(), [true, true, true, false]);
    let cut = &tokenizer.encode(&text, &Window::truncating(4))?[0];
    assert_eq!(cut.ids(), [2, 5, 6, 3]);
    Ok(())
}

#[rstest]
fn what_is_saved_is_read_back(
    #[values(TokenizerKind::WordPiece, TokenizerKind::ByteLevelBpe)] kind: TokenizerKind,
) -> TestResult {
    let tokenizer = trained(kind);
    let folder = tempfile::tempdir()?;
    for (name, bytes) in tokenizer.files(128)? {
        fs_err::write(folder.path().join(name), bytes)?;
    }
    let again = Tokenizer::from_folder(folder.path())?;
    assert_eq!(again.special(), tokenizer.special());
    assert_eq!(again.files(128)?, tokenizer.files(128)?);
    for text in TEXTS {
        assert_eq!(ids(&again, text, 64), ids(&tokenizer, text, 64));
    }
    Ok(())
}

#[rstest]
fn the_same_texts_give_the_same_vocabulary(
    #[values(TokenizerKind::WordPiece, TokenizerKind::ByteLevelBpe)] kind: TokenizerKind,
) -> TestResult {
    let first = trained(kind).files(64)?;
    for _ in 0..3 {
        assert!(trained(kind).files(64)? == first);
    }
    Ok(())
}

#[rstest]
fn a_text_that_was_trained_on_comes_back() -> TestResult {
    let tokenizer = trained(TokenizerKind::ByteLevelBpe);
    for text in TEXTS {
        assert_eq!(tokenizer.decode(&ids(&tokenizer, text, 512))?, text);
    }
    assert!(tokenizer.decode(&[1_000_000]).is_err());
    Ok(())
}

#[rstest]
fn a_million_characters_are_cut(
    #[values(TokenizerKind::WordPiece, TokenizerKind::ByteLevelBpe)] kind: TokenizerKind,
) {
    let tokenizer = trained(kind);
    let words = "the nurse, ".repeat(100_000);
    assert_eq!(ids(&tokenizer, &words, 64).len(), 64);
    let one_word = "a".repeat(1_000_000);
    assert!(ids(&tokenizer, &one_word, 64).len() <= 64);
}

#[test]
fn a_window_must_have_room_and_advance() {
    let tokenizer = trained(TokenizerKind::WordPiece);
    let error = tokenizer.encode(&["a"], &Window::truncating(2));
    assert_eq!(
        error.unwrap_err().to_string(),
        "a window of 2 tokens has no room for a text; legal is more than the 2 that begin and end \
         it"
    );
    let error = tokenizer.encode_strides(&["a"], &Window::striding(5, 3));
    assert_eq!(
        error.unwrap_err().to_string(),
        "windows with room for 3 tokens overlap by 3; legal is less than 3"
    );
}

#[test]
fn a_folder_that_is_no_good_is_an_error_that_says_why() -> TestResult {
    let folder = tempfile::tempdir()?;
    let read = || Tokenizer::from_folder(folder.path());
    assert!(matches!(read(), Err(TokenizerError::NotFound { .. })));
    vocabulary(folder.path(), &["a", "b"])?;
    let error = read().unwrap_err().to_string();
    assert!(
        error.ends_with("cannot be used: `[CLS]` is not in it"),
        "{error}"
    );
    fs_err::write(folder.path().join("vocab.txt"), [0xff, 0xfe, b'\n'])?;
    assert!(matches!(read(), Err(TokenizerError::Unusable { .. })));
    fs_err::write(folder.path().join("tokenizer.json"), "{}")?;
    assert!(matches!(read(), Err(TokenizerError::Unusable { .. })));
    fs_err::write(folder.path().join("tokenizer_config.json"), "{")?;
    assert!(matches!(read(), Err(TokenizerError::Json { .. })));
    Ok(())
}

#[test]
fn a_tokenizer_of_another_model_is_refused() {
    let tokenizer = trained(TokenizerKind::WordPiece);
    let tokens = tokenizer.vocabulary();
    assert!(tokenizer.check_vocabulary(tokens).is_ok());
    let error = tokenizer.check_vocabulary(tokens - 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the tokenizer has {tokens} tokens, and the model has vectors for {}",
            tokens - 1
        )
    );
}

/// Both kinds, learnt once.
static BOTH: LazyLock<[Tokenizer; 2]> =
    LazyLock::new(|| [TokenizerKind::WordPiece, TokenizerKind::ByteLevelBpe].map(trained));

proptest! {
    #[test]
    fn any_text_has_tokens_of_the_vocabulary(text in any::<String>()) {
        for tokenizer in &*BOTH {
            let windows = tokenizer.encode_strides(&[&text], &Window::striding(8, 2)).unwrap();
            prop_assert!(!windows[0].is_empty());
            for window in &windows[0] {
                prop_assert!(window.len() <= 8);
                prop_assert_eq!(window.word_starts().len(), window.text().len());
                prop_assert!(window.ids().iter().all(|&id| (id as usize) < tokenizer.vocabulary()));
            }
        }
    }
}
