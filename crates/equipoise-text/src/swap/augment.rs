//! A corpus and its counterfactual.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{SwapReport, Swapper, WordCount};
use crate::Error;

/// Which documents are swapped, and whether the originals stay.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", deny_unknown_fields)]
#[non_exhaustive]
pub enum AugmentStrategy {
    /// Every document stays and, where swapping changes it, is joined by its counterfactual right
    /// after it: counterfactual data augmentation (Lu et al. 2018, Zmigrod et al. 2019).
    #[default]
    KeepBoth,
    /// Every document gives way to its counterfactual.
    SwapAll,
    /// Each document gives way to its counterfactual with this probability, apart from the others:
    /// counterfactual data substitution (Hall Maudslay et al. 2019, with 0.5).
    SwapSome {
        /// The probability, in `[0, 1]`.
        probability: f64,
    },
}

/// A document of an augmented corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AugmentedText {
    /// The text.
    pub text: String,
    /// The document that it comes from, from 0.
    pub source: usize,
    /// Whether words were swapped in it.
    pub swapped: bool,
}

/// An augmented corpus with what was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Augmentation {
    /// The documents, in the order of their sources.
    pub texts: Vec<AugmentedText>,
    /// What was done.
    pub report: SwapReport,
}

/// Swaps words in the documents of a corpus.
///
/// The same seed gives the same corpus; only [`AugmentStrategy::SwapSome`] draws numbers, one for
/// each document.
///
/// # Errors
///
/// When the probability does not lie in `[0, 1]`.
///
/// ```
/// use equipoise_text::{AugmentStrategy, NameSwap, Swapper, augment};
///
/// let swapper = Swapper::builtin("en-gender", NameSwap::Kept)?;
/// let corpus = ["He slept.", "It rained."];
/// let augmented = augment(&corpus, &swapper, AugmentStrategy::KeepBoth, 7)?;
/// let texts: Vec<&str> = augmented.texts.iter().map(|text| text.text.as_str()).collect();
/// assert_eq!(texts, ["He slept.", "She slept.", "It rained."]);
/// # Ok::<(), equipoise_text::Error>(())
/// ```
pub fn augment<S: AsRef<str>>(
    texts: &[S],
    swapper: &Swapper,
    strategy: AugmentStrategy,
    seed: u64,
) -> Result<Augmentation, Error> {
    if let AugmentStrategy::SwapSome { probability } = strategy
        && !(0.0..=1.0).contains(&probability)
    {
        return Err(Error::Range {
            what: "the probability of a swap",
            found: probability,
            legal: "from 0 to 1",
        });
    }
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let mut augmented = Vec::with_capacity(texts.len());
    let mut report = SwapReport {
        documents_before: texts.len(),
        ..SwapReport::default()
    };
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    for (source, text) in texts.iter().enumerate() {
        let text = text.as_ref();
        swapper.count(text, &mut before);
        let (keep, swap) = match strategy {
            AugmentStrategy::KeepBoth => (true, true),
            AugmentStrategy::SwapAll => (false, true),
            AugmentStrategy::SwapSome { probability } => {
                let swap = generator.random::<f64>() < probability;
                (!swap, swap)
            }
        };
        let counterfactual = swap.then(|| swapper.swap(text));
        let changed = counterfactual.filter(|swapped| swapped.replacements > 0);
        if keep || changed.is_none() {
            swapper.count(text, &mut after);
            augmented.push(AugmentedText {
                text: text.to_owned(),
                source,
                swapped: false,
            });
        }
        if let Some(swapped) = changed {
            swapper.count(&swapped.text, &mut after);
            report.swapped += 1;
            report.replacements += swapped.replacements;
            report.by_context += swapped.by_context;
            augmented.push(AugmentedText {
                text: swapped.text,
                source,
                swapped: true,
            });
        }
    }
    report.documents_after = augmented.len();
    let count = |counts: &BTreeMap<usize, usize>, word| counts.get(&word).copied().unwrap_or(0);
    report.words = (swapper.changing_words())
        .map(|(index, word)| WordCount {
            word: word.to_owned(),
            before: count(&before, index),
            after: count(&after, index),
        })
        .filter(|count| count.before + count.after > 0)
        .collect();
    Ok(Augmentation {
        texts: augmented,
        report,
    })
}
