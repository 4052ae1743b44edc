//! Fewer documents of the groups that have most: weights from counts, and what they keep.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{Error, IdentityAnnotation};

/// Weights that bring the values of an attribute to the same number of documents, one for each
/// text, in `(0, 1]`.
///
/// With `n_v` texts that name the value `v` and `n` the smallest of these above 0, a text that names
/// `v` alone has the weight `(n / n_v)^strength`; one that names several has the mean of their weights;
/// one that names none has 1. A strength of 0 changes nothing, 1 balances in full; what lies between
/// smooths, as temperature does for languages (Conneau and Lample 2019).
///
/// # Errors
///
/// When the attribute is not known, or when `strength` does not lie in `[0, 1]`.
///
/// ```
/// use equipoise_text::{IdentityAnnotation, Lexicon, balance_weights};
///
/// let lexicon = Lexicon::builtin(&["en"])?;
/// let texts = ["He left.", "A man came.", "She left.", "It rained."];
/// let annotation = IdentityAnnotation::of(&lexicon, texts);
/// assert_eq!(balance_weights(&annotation, "gender", 1.0)?, [0.5, 0.5, 1.0, 1.0]);
/// # Ok::<(), equipoise_text::Error>(())
/// ```
pub fn balance_weights(
    annotation: &IdentityAnnotation,
    attribute: &str,
    strength: f64,
) -> Result<Vec<f64>, Error> {
    if !(0.0..=1.0).contains(&strength) {
        return Err(Error::Range {
            what: "the strength of balancing",
            found: strength,
            legal: "from 0 to 1",
        });
    }
    let members = annotation.members(attribute)?;
    let mut documents = vec![0usize; annotation.identities().len()];
    for row in 0..annotation.rows() {
        for &(identity, _) in annotation.named(row) {
            documents[identity] += 1;
        }
    }
    let smallest = (members.iter())
        .map(|&identity| documents[identity])
        .filter(|&count| count > 0)
        .min();
    let Some(smallest) = smallest else {
        // No text names a value: none has too many.
        return Ok(vec![1.0; annotation.rows()]);
    };
    let weight = |identity: usize| (smallest as f64 / documents[identity] as f64).powf(strength);
    Ok((0..annotation.rows())
        .map(|row| {
            let weights: Vec<f64> = (annotation.named(row).iter())
                .filter(|(identity, _)| members.contains(identity))
                .map(|&(identity, _)| weight(identity))
                .collect();
            if weights.is_empty() {
                1.0
            } else {
                weights.iter().sum::<f64>() / weights.len() as f64
            }
        })
        .collect())
}

/// The rows that stay where each stays with the probability that is its weight, in ascending order.
///
/// The same seed keeps the same rows. Rows are kept apart from each other, so that the counts of the
/// groups are balanced in expectation.
///
/// # Errors
///
/// When a weight does not lie in `[0, 1]`.
///
/// ```
/// use equipoise_text::keep_by_weight;
///
/// let kept = keep_by_weight(&[1.0, 0.0, 1.0], 7)?;
/// assert_eq!(kept, [0, 2]);
/// # Ok::<(), equipoise_text::Error>(())
/// ```
pub fn keep_by_weight(weights: &[f64], seed: u64) -> Result<Vec<usize>, Error> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let mut kept = Vec::new();
    for (row, &weight) in weights.iter().enumerate() {
        if !(0.0..=1.0).contains(&weight) {
            return Err(Error::Range {
                what: "the weight of a document",
                found: weight,
                legal: "from 0 to 1",
            });
        }
        if generator.random::<f64>() < weight {
            kept.push(row);
        }
    }
    Ok(kept)
}
