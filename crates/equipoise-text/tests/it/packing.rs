//! Texts one after the other in full windows.

use equipoise_text::tokenizer::{TokenRole, Tokenizer, TokenizerKind, TokenizerTraining, Window};
use proptest::prelude::*;

fn tokenizer(kind: TokenizerKind) -> Tokenizer {
    let training = TokenizerTraining {
        kind,
        vocabulary: 300,
        min_frequency: 1,
        ..TokenizerTraining::default()
    };
    Tokenizer::train(&["the quick brown fox jumps over the lazy dog"], &training).unwrap()
}

/// The tokens of each text, without those that begin and end it.
fn tokens(tokenizer: &Tokenizer, texts: &[String]) -> Vec<u32> {
    let encoded = tokenizer
        .encode(texts, &Window::truncating(1 << 20))
        .unwrap();
    (encoded.iter())
        .flat_map(|tokens| tokens.ids()[tokens.text()].to_vec())
        .collect()
}

proptest! {
    #[test]
    fn no_token_is_lost_and_every_window_but_the_last_is_full(
        texts in proptest::collection::vec("[a-z?]{0,9}( [a-z?]{1,9}){0,8}", 0..20),
        length in 3usize..20,
        bytes in any::<bool>(),
    ) {
        let kind = if bytes { TokenizerKind::ByteLevelBpe } else { TokenizerKind::WordPiece };
        let tokenizer = tokenizer(kind);
        let windows = tokenizer.pack(&texts, length).unwrap();
        let end = tokenizer.special().end.unwrap();
        let mut found: Vec<u32> = Vec::new();
        for (at, window) in windows.iter().enumerate() {
            prop_assert!(window.len() == length || at + 1 == windows.len() && window.len() > 2);
            let ids = window.ids();
            prop_assert_eq!(Some(ids[0]), tokenizer.special().begin);
            prop_assert_eq!(ids[ids.len() - 1], end);
            let inner = &ids[1..ids.len() - 1];
            // A window does not begin with what separates texts.
            prop_assert_ne!(inner[0], end);
            found.extend(inner.iter().filter(|&&id| id != end));
            let of_words: Vec<usize> = window.words().into_iter().flatten().collect();
            let of_roles: Vec<usize> = (0..window.len())
                .filter(|&at| window.roles()[at] != TokenRole::Special)
                .collect();
            prop_assert_eq!(of_words, of_roles);
        }
        prop_assert_eq!(found, tokens(&tokenizer, &texts));
    }
}

#[test]
fn the_tokens_of_a_word_are_one_word_and_special_ones_are_none() {
    let tokenizer = tokenizer(TokenizerKind::WordPiece);
    let text = "fox zzz [MASK] dog";
    let windows = tokenizer.pack(&[text], 32).unwrap();
    let window = &windows[0];
    let words: Vec<String> = (window.words().into_iter())
        .map(|word| tokenizer.decode(&window.ids()[word]).unwrap())
        .collect();
    assert_eq!(words, ["fox", "zzz", "dog"]);
    let error = tokenizer.pack(&[text], 2).unwrap_err().to_string();
    assert!(
        error.starts_with("a window of 2 tokens has no room"),
        "{error}"
    );
    assert!(tokenizer.pack(&["", " "], 8).unwrap().is_empty());
}

#[test]
fn a_text_of_a_million_characters_fills_windows() {
    let tokenizer = tokenizer(TokenizerKind::WordPiece);
    let windows = tokenizer.pack(&["fox ".repeat(250_000)], 128).unwrap();
    assert_eq!(windows.len(), 250_000_usize.div_ceil(126));
}
