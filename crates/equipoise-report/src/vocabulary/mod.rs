//! What the numbers are called, and what they mean.

mod measure;
mod rate;

pub(crate) use measure::{ACCURACY, Better, Measure, Measures, PARITY_GAP, WORST_ACCURACY};
pub(crate) use rate::{Rate, SELECTION_RATE, rates};

use equipoise_metrics::{Definition, METRICS, MetricSpec};

use crate::number::Unit;

/// The name in an audit of the gap whose intervals and sentences open the report.
pub(crate) const HEADLINE_GAP: &str = "demographic_parity";

/// A metric's name as words: `true_positive_rate` becomes `true positive rate`.
pub(crate) fn in_words(metric: &str) -> String {
    metric.replace(['_', '-'], " ")
}

/// A text with a capital letter.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A name within a sentence: without its capital letter, unless it begins with an abbreviation
/// or a name.
pub(crate) fn in_a_sentence(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second))
            if second.is_lowercase() && !NAMES.iter().any(|name| label.starts_with(name)) =>
        {
            first.to_lowercase().chain(label.chars().skip(1)).collect()
        }
        _ => label.to_owned(),
    }
}

/// The people after whom metrics are called.
const NAMES: [&str; 5] = ["Brier", "Cohen", "Kolmogorov", "Matthews", "Theil"];

/// What the registry knows of a metric; audits of other origin can have metrics of their own.
fn spec(metric: &str) -> Option<&'static MetricSpec> {
    METRICS.iter().copied().find(|spec| spec.name == metric)
}

/// The name of a metric for people.
pub(crate) fn title(metric: &str) -> String {
    spec(metric).map_or_else(|| in_words(metric), |spec| spec.title.to_owned())
}

/// In what a metric is told: shares of people in per cent, all else as plain numbers.
fn unit(metric: &str) -> Unit {
    match spec(metric) {
        Some(spec) if spec.is_count_based() && spec.unit == equipoise_metrics::Unit::Fraction => {
            Unit::Percent
        }
        _ => Unit::Plain,
    }
}

/// The one metric that a fairness notion asks to be equal, where it is one.
pub(crate) fn sole_part(notion: &str) -> Option<&'static str> {
    match spec(notion)?.definition {
        Definition::Parity([part]) => Some(part.name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_common_words_lose_their_capital() {
        for (label, text) in [
            ("Accuracy", "accuracy"),
            ("ROC AUC", "ROC AUC"),
            ("F1", "F1"),
            ("Brier score difference", "Brier score difference"),
        ] {
            assert_eq!(in_a_sentence(label), text);
        }
    }

    #[test]
    fn notions_of_one_rate_are_that_rate() {
        assert_eq!(sole_part("demographic_parity"), Some("selection_rate"));
        assert_eq!(sole_part("equalized_odds"), None);
        assert_eq!(sole_part("precision"), None);
        assert_eq!(sole_part("of another house"), None);
    }
}
