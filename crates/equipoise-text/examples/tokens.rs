//! A vocabulary from a few sentences, and the tokens of a text that is longer than the window.
//!
//! `cargo run -p equipoise-text --example tokens`

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use equipoise_text::tokenizer::{Tokenizer, TokenizerTraining, Window};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let texts = [
        "the surgeon said that she was late",
        "the nurse said that he was late",
        "she said that the nurse was early",
    ];
    let training = TokenizerTraining {
        vocabulary: 64,
        min_frequency: 1,
        ..TokenizerTraining::default()
    };
    let tokenizer = Tokenizer::train(&texts, &training)?;
    println!("{} tokens", tokenizer.vocabulary());
    let long = ["The surgeons said that she was early and the nurse was late"];
    for window in &tokenizer.encode_strides(&long, &Window::striding(12, 3))?[0] {
        let tokens: Vec<String> = window
            .ids()
            .iter()
            .filter_map(|&id| tokenizer.token(id))
            .collect();
        println!("{}", tokens.join(" "));
    }
    Ok(())
}
