//! As many documents of each group, and counterfactuals.

use equipoise_text::{
    AugmentStrategy, IdentityAnnotation, augment, balance_factors, draw_by_factor,
};

use super::{
    AugmentConfig, AugmentMode, BalanceConfig, BalanceReport, Corpus, CorpusConfig, CorpusReport,
};
use crate::Error;

impl Corpus {
    /// The documents to learn from after balancing and, after that, swapping; and what this did to
    /// them.
    ///
    /// Counterfactuals come after all originals, in the same order, and repetitions after all that
    /// come once: side by side in one window, a hidden word could be read off its twin.
    ///
    /// # Errors
    ///
    /// When the attribute to balance by is neither one of the lexicons nor the column of groups.
    pub fn rebalance(&self) -> Result<(Vec<String>, CorpusReport), Error> {
        let Self {
            config,
            train,
            valid,
            lexicon,
            swapper,
            sha256,
            seeds,
        } = self;
        let annotation = IdentityAnnotation::of(lexicon, train.texts());
        let mut report = CorpusReport {
            sha256: sha256.clone(),
            blank: train.blank() + valid.blank(),
            held_out: valid.texts().len(),
            before: annotation.counts(),
            ..CorpusReport::default()
        };
        let mut texts = train.texts().to_vec();
        if let Some(balance) = &config.balance {
            let groups = if config.group.as_ref() == Some(&balance.by) {
                codes(train.groups())
            } else {
                annotation
                    .named_of(&balance.by)
                    .map_err(|error| unknown_attribute(error, config))?
            };
            let drawn = drawn(&groups, balance, seeds.balance)?;
            report.balance = Some(BalanceReport {
                by: balance.by.clone(),
                before: texts.len(),
                after: drawn.len(),
            });
            texts = drawn.iter().map(|&row| texts[row].clone()).collect();
        }
        if let (Some(settings), Some(swapper)) = (&config.augment, swapper) {
            let augmented = augment(&texts, swapper, strategy(settings), seeds.augment)?;
            let (mut originals, mut counterfactuals) = (Vec::new(), Vec::new());
            for text in augmented.texts {
                // One that takes the place of its original stays in that place.
                if text.swapped && settings.mode == AugmentMode::Double {
                    counterfactuals.push(text.text);
                } else {
                    originals.push(text.text);
                }
            }
            originals.append(&mut counterfactuals);
            texts = originals;
            report.swaps = Some(augmented.report);
        }
        report.after = IdentityAnnotation::of(lexicon, &texts).counts();
        Ok((texts, report))
    }
}

fn drawn(groups: &[Vec<usize>], balance: &BalanceConfig, seed: u64) -> Result<Vec<usize>, Error> {
    let factors = balance_factors(groups, balance.mode, balance.strength)?;
    Ok(draw_by_factor(&factors, seed)?)
}

fn strategy(settings: &AugmentConfig) -> AugmentStrategy {
    match settings.mode {
        AugmentMode::Double => AugmentStrategy::KeepBoth,
        AugmentMode::Replace => AugmentStrategy::SwapSome {
            probability: settings
                .probability
                .unwrap_or(CorpusConfig::DEFAULT_PROBABILITY),
        },
    }
}

/// Groups as indices; a document without a group is of none.
fn codes(groups: &[Option<String>]) -> Vec<Vec<usize>> {
    let mut levels: Vec<&String> = groups.iter().flatten().collect();
    levels.sort_unstable();
    levels.dedup();
    groups
        .iter()
        .map(|group| {
            let code = group
                .as_ref()
                .and_then(|name| levels.binary_search(&name).ok());
            code.into_iter().collect()
        })
        .collect()
}

/// The error with the column of groups among what is known.
fn unknown_attribute(mut error: equipoise_text::Error, config: &CorpusConfig) -> Error {
    if let equipoise_text::Error::Unknown { known, .. } = &mut error {
        known.extend(config.group.clone());
    }
    error.into()
}
