//! An encoder as probes ask it: in batches as alone, and what it cannot see is told.
#![cfg(feature = "flex")]

mod support;

use burn::tensor::activation::log_softmax;
use equipoise_models::Pooling;
use equipoise_models::bert::probing::{MaskedGuesses, SentenceVectors};
use equipoise_models::bert::{BertConfig, MaskedLanguageModel, token_inputs};
use equipoise_text::tokenizer::TokenizerTraining;
use equipoise_text::{
    MaskedLanguageModel as _, MaskedTokens, ModelError, SentenceEncoder, Tokenizer,
};
use support::{TestResult, device, values};

const TEXTS: [&str; 4] = [
    "the doctor came late to the house",
    "a nurse",
    "the judge heard the clerk and thanked her",
    "late",
];

fn base() -> Result<(Tokenizer, BertConfig, MaskedLanguageModel), Box<dyn std::error::Error>> {
    let training = TokenizerTraining {
        vocabulary: 120,
        min_frequency: 1,
        ..TokenizerTraining::default()
    };
    let tokenizer = Tokenizer::train(&TEXTS, &training)?;
    let config = BertConfig {
        vocabulary: tokenizer.vocabulary(),
        pad: tokenizer.special().pad,
        width: 16,
        positions: 40,
        initializer_range: 0.5,
        ..BertConfig::default()
    };
    let device = device()?;
    device.seed(3);
    let model = MaskedLanguageModel::new(&config, &device)?;
    Ok((tokenizer, config, model))
}

/// For `?`: an answer whose error may be sent to other threads, which those of a test need not.
fn plain<T>(answer: Result<T, ModelError>) -> Result<T, String> {
    answer.map_err(|error| error.to_string())
}

/// All tokens of a text, each of which is asked for.
fn whole(guesses: &MaskedGuesses, text: &str) -> Result<MaskedTokens, Box<dyn std::error::Error>> {
    let tokens: Vec<u32> = (plain(guesses.tokenize(text))?.iter())
        .map(|token| token.id)
        .collect();
    let positions = (0..tokens.len()).rev().collect();
    Ok(MaskedTokens { tokens, positions })
}

#[test]
fn each_word_is_guessed_from_the_others_in_batches_as_alone() -> TestResult {
    let (tokenizer, config, model) = base()?;
    let device = device()?;
    let guesses = MaskedGuesses::new(&model, &tokenizer, &config, &device).ok_or("a mask")?;
    let asked: Vec<MaskedTokens> = (TEXTS.iter())
        .map(|text| whole(&guesses, text))
        .collect::<Result<_, _>>()?;
    let together = plain(guesses.log_probabilities(&asked))?;
    let mask = tokenizer.special().mask.ok_or("a mask")?;
    for (text, answers) in asked.iter().zip(&together) {
        let alone = plain(guesses.log_probabilities(std::slice::from_ref(text)))?;
        for (nth, (&position, &answer)) in text.positions.iter().zip(answers).enumerate() {
            // The whole model on the masked text, without anything that makes it quick.
            let mut masked = text.tokens.clone();
            let token = std::mem::replace(&mut masked[position], mask) as usize;
            let inputs = token_inputs(&[masked.as_slice()], config.pad, &device);
            let logits = log_softmax(model.forward(&inputs), 2);
            let all = values(logits.narrow(1, position, 1).squeeze_dim::<2>(1))?;
            let expected = f64::from(all[token]);
            for found in [answer, alone[0][nth]] {
                assert!((found - expected).abs() < 1e-5, "{found} {expected}");
            }
        }
    }
    Ok(())
}

#[test]
fn what_the_model_cannot_see_is_told() -> TestResult {
    let (tokenizer, config, model) = base()?;
    let guesses = MaskedGuesses::new(&model, &tokenizer, &config, &device()?).ok_or("a mask")?;
    let told = |tokens: Vec<u32>, positions: Vec<usize>| {
        let asked = [MaskedTokens { tokens, positions }];
        (guesses.log_probabilities(&asked)).map_err(|error| error.to_string())
    };
    assert_eq!(told(vec![2], vec![]), Ok(vec![vec![]]));
    assert_eq!(
        told(vec![2, 3], vec![2]),
        Err("position 2 of a text of 2 tokens is asked for".to_owned())
    );
    assert!(told(vec![2, 100_000], vec![0]).is_err());
    let long = "a text has 42 tokens, those that begin and end it included; legal are at most 40";
    assert_eq!(told(vec![2; 42], vec![0]), Err(long.to_owned()));
    let error = guesses
        .tokenize(&"late ".repeat(40))
        .map_err(|error| error.to_string());
    assert_eq!(error, Err(long.to_owned()));
    Ok(())
}

#[test]
fn sentences_keep_their_order_and_those_that_were_cut_are_counted() -> TestResult {
    let (tokenizer, config, model) = base()?;
    let device = device()?;
    for pooling in [Pooling::Mean, Pooling::Cls] {
        let sentences =
            SentenceVectors::new(model.encoder(), &tokenizer, &config, pooling, &device);
        let together = plain(sentences.encode(&TEXTS))?;
        assert_eq!(sentences.cut(), 0);
        for (text, vector) in TEXTS.iter().zip(&together) {
            let alone = plain(sentences.encode(&[*text]))?;
            let distance = (vector.iter().zip(&alone[0]))
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(distance < 1e-5, "{text}: {distance}");
        }
        let long = "late ".repeat(50);
        let cut = plain(sentences.encode(&[&long, "late", &long]))?;
        assert_eq!((cut.len(), sentences.cut()), (3, 2));
        // What is beyond the window changes nothing.
        let longer = plain(sentences.encode(&[&format!("{long} house")]))?;
        assert_eq!(longer[0], cut[0]);
    }
    Ok(())
}
