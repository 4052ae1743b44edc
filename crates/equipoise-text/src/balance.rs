//! As many documents of each group: factors from counts, and the documents that they give.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::Error;

/// How groups come to the same number of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BalanceMode {
    /// Documents of the groups that have most are left out.
    #[default]
    Remove,
    /// Documents of the groups that have fewest come several times.
    Repeat,
}

/// Factors that bring groups to the same number of documents, one for each document: how often it
/// is to come, in expectation.
///
/// `groups` has the groups of each document as indices: none, one or several. With `n_v` documents
/// of the group `v` and `n` the smallest of these above 0 (the largest with
/// [`BalanceMode::Repeat`]), a document of `v` alone has the factor `(n / n_v)^strength`; one of
/// several groups has the mean of theirs; one of none has 1. A strength of 0 changes nothing, 1
/// balances in full; what lies between smooths, as temperature does for languages (Conneau and
/// Lample 2019).
///
/// # Errors
///
/// When `strength` does not lie in `[0, 1]`.
///
/// ```
/// use equipoise_text::{BalanceMode, IdentityAnnotation, Lexicon, balance_factors};
///
/// let lexicon = Lexicon::builtin(&["en"])?;
/// let texts = ["He left.", "A man came.", "She left.", "It rained."];
/// let groups = IdentityAnnotation::of(&lexicon, texts).named_of("gender")?;
/// let factors = balance_factors(&groups, BalanceMode::Remove, 1.0)?;
/// assert_eq!(factors, [0.5, 0.5, 1.0, 1.0]);
/// let factors = balance_factors(&groups, BalanceMode::Repeat, 1.0)?;
/// assert_eq!(factors, [1.0, 1.0, 2.0, 1.0]);
/// # Ok::<(), equipoise_text::Error>(())
/// ```
pub fn balance_factors(
    groups: &[Vec<usize>],
    mode: BalanceMode,
    strength: f64,
) -> Result<Vec<f64>, Error> {
    if !(0.0..=1.0).contains(&strength) {
        return Err(Error::Range {
            what: "the strength of balancing",
            found: strength,
            legal: "from 0 to 1",
        });
    }
    let last = groups.iter().flatten().max();
    let mut documents = vec![0usize; last.map_or(0, |last| last + 1)];
    for &group in groups.iter().flatten() {
        documents[group] += 1;
    }
    let there = documents.iter().copied().filter(|&count| count > 0);
    let wanted = match mode {
        BalanceMode::Remove => there.min(),
        BalanceMode::Repeat => there.max(),
    };
    // Where no document has a group, no factor below is ever asked for.
    let wanted = wanted.unwrap_or(0) as f64;
    let factor = |&group: &usize| (wanted / documents[group] as f64).powf(strength);
    Ok(groups
        .iter()
        .map(|groups| match groups.as_slice() {
            [] => 1.0,
            groups => groups.iter().map(factor).sum::<f64>() / groups.len() as f64,
        })
        .collect())
}

/// Documents that come as often as their factors say, in expectation: a whole part for certain, and
/// once more with the probability of the rest.
///
/// All documents that come at all come once, in ascending order; then those that come again, and so
/// on, so that a document stands far from its repetition. The same seed gives the same documents.
/// Each is drawn apart from the others, so that groups are balanced in expectation.
///
/// # Errors
///
/// When a factor is negative or not finite.
///
/// ```
/// use equipoise_text::draw_by_factor;
///
/// let drawn = draw_by_factor(&[1.0, 0.0, 2.0], 7)?;
/// assert_eq!(drawn, [0, 2, 2]);
/// # Ok::<(), equipoise_text::Error>(())
/// ```
pub fn draw_by_factor(factors: &[f64], seed: u64) -> Result<Vec<usize>, Error> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let mut left = Vec::with_capacity(factors.len());
    for &factor in factors {
        if !(factor.is_finite() && factor >= 0.0) {
            return Err(Error::Range {
                what: "the factor of a document",
                found: factor,
                legal: "finite and 0 or more",
            });
        }
        let rest = f64::from(generator.random::<f64>() < factor.fract());
        left.push(factor.trunc() + rest);
    }
    let mut drawn = Vec::new();
    let mut round: Vec<usize> = (0..left.len()).collect();
    loop {
        round.retain(|&row| left[row] >= 1.0);
        if round.is_empty() {
            return Ok(drawn);
        }
        for &row in &round {
            left[row] -= 1.0;
        }
        drawn.extend(&round);
    }
}
