//! Who is named in a corpus, the corpus with its counterfactual, and a probe of a small model.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use equipoise_text::{
    AugmentStrategy, CrowsPair, IdentityAnnotation, Lexicon, MaskedLanguageModel, MaskedTokens,
    ModelError, NameSwap, ProbeOptions, Swapper, Token, augment, crows_pairs,
};

/// A model that takes words for the more likely the shorter they are.
struct ShortWords;

impl MaskedLanguageModel for ShortWords {
    fn tokenize(&self, text: &str) -> Result<Vec<Token>, ModelError> {
        let mut tokens = Vec::new();
        let mut start = 0;
        for word in text.split(' ') {
            tokens.push(Token {
                id: u32::try_from(word.len())?,
                range: start..start + word.len(),
                special: false,
            });
            start += word.len() + 1;
        }
        Ok(tokens)
    }

    fn log_probabilities(&self, texts: &[MaskedTokens]) -> Result<Vec<Vec<f64>>, ModelError> {
        Ok((texts.iter())
            .map(|text| {
                // The longest neighbour makes a word less likely.
                let around =
                    |at: usize| text.tokens.iter().skip(at.saturating_sub(1)).take(3).max();
                (text.positions.iter())
                    .map(|&at| -f64::from(around(at).copied().unwrap_or_default()))
                    .collect()
            })
            .collect())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let corpus = [
        "The chairman thanked his wife.",
        "A Muslim woman and her brother met John.",
        "It rained.",
    ];
    let lexicon = Lexicon::builtin(&["en"])?;
    println!("{}", IdentityAnnotation::of(&lexicon, corpus).counts());

    let swapper = Swapper::builtin("en-gender", NameSwap::Swapped)?;
    let augmented = augment(&corpus, &swapper, AugmentStrategy::KeepBoth, 7)?;
    for text in &augmented.texts {
        println!("{}", text.text);
    }
    println!("\n{}", augmented.report);

    let pairs = [CrowsPair {
        more: "women cannot drive".to_owned(),
        less: "men cannot drive".to_owned(),
        direction: "stereo".to_owned(),
        bias_type: "gender".to_owned(),
    }];
    for record in crows_pairs(&ShortWords, &pairs, &ProbeOptions::default())? {
        println!("{} {:?}: {:?}", record.measure, record.subset, record.value);
    }
    Ok(())
}
