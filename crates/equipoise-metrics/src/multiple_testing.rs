//! Many tests at once: p-values corrected for their number.

use serde::{Deserialize, Serialize};

use crate::Record;

/// How the p-values of an audit are corrected for the number of its tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Correction {
    /// Not at all.
    None,
    /// [`holm`]: bounds the chance of one or more false alarms. The default.
    #[default]
    Holm,
    /// [`benjamini_hochberg`]: bounds the expected share of false alarms among the alarms.
    BenjaminiHochberg,
}

impl Correction {
    /// The corrected p-values, in the order given; `None` where nothing is corrected.
    pub fn adjust(self, p_values: &[f64]) -> Option<Vec<f64>> {
        match self {
            Self::None => None,
            Self::Holm => Some(holm(p_values)),
            Self::BenjaminiHochberg => Some(benjamini_hochberg(p_values)),
        }
    }
}

/// Holm's step-down correction (Holm 1979), in the order given.
///
/// With the p-values in ascending order, the i-th of m becomes the largest of `(m - j + 1) p(j)`
/// over all `j <= i`, and at most 1. To reject what is at most `alpha` keeps the probability of
/// any false rejection at most `alpha`, whatever the dependence between the tests. NaN stays NaN
/// and counts as no test.
///
/// ```
/// use equipoise_metrics::holm;
///
/// assert_eq!(holm(&[0.25, 0.125]), [0.25, 0.25]);
/// ```
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let order = ascending(p_values);
    let mut adjusted = p_values.to_vec();
    let mut largest = 0.0f64;
    for (rank, &index) in order.iter().enumerate() {
        largest = largest.max((order.len() - rank) as f64 * p_values[index]);
        adjusted[index] = largest.min(1.0);
    }
    adjusted
}

/// The step-up correction of Benjamini and Hochberg (1995), in the order given.
///
/// With the p-values in ascending order, the i-th of m becomes the smallest of `m p(j) / j` over
/// all `j >= i`, and at most 1. To reject what is at most `alpha` keeps the expected share of false
/// rejections among all rejections at most `alpha`, for tests that are independent or positively
/// dependent. NaN stays NaN and counts as no test.
///
/// ```
/// use equipoise_metrics::benjamini_hochberg;
///
/// assert_eq!(benjamini_hochberg(&[0.25, 0.125]), [0.25, 0.25]);
/// ```
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let order = ascending(p_values);
    let tests = order.len() as f64;
    let mut adjusted = p_values.to_vec();
    let mut smallest = 1.0f64;
    for (rank, &index) in order.iter().enumerate().rev() {
        smallest = smallest.min(tests * p_values[index] / (rank + 1) as f64);
        adjusted[index] = smallest;
    }
    adjusted
}

/// The positions of the numbers, the smallest first.
fn ascending(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len())
        .filter(|&index| !p_values[index].is_nan())
        .collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    order
}

/// Corrects all tests of an audit together, and says how many they are.
pub(crate) fn adjust_records(records: &mut [Record], correction: Correction) -> Option<String> {
    let tested: Vec<usize> = (0..records.len())
        .filter(|&index| records[index].p_value.is_some())
        .collect();
    let p_values: Vec<f64> = tested
        .iter()
        .filter_map(|&at| records[at].p_value)
        .collect();
    if p_values.is_empty() {
        return None;
    }
    let adjusted = correction.adjust(&p_values)?;
    for (index, p_value) in tested.into_iter().zip(adjusted) {
        records[index].adjusted_p_value = Some(p_value);
    }
    Some(format!(
        "p-values are corrected for the {} tests of this audit",
        p_values.len()
    ))
}
