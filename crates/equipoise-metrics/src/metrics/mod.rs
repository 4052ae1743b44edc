//! The registry: each metric is one file here and one line in [`METRICS`].

mod abcc;
mod accuracy;
mod accuracy_parity;
mod average_precision;
mod balanced_accuracy;
mod base_rate;
mod brier_score;
mod conditional_demographic_parity;
mod count;
mod demographic_parity;
mod equal_opportunity;
mod equalized_odds;
mod error_rate;
mod f1;
mod false_discovery_rate;
mod false_negative_rate;
mod false_omission_rate;
mod false_positive_rate;
mod log_loss;
mod matthews_correlation;
mod mean_score;
mod negative_predictive_value;
mod precision;
mod predictive_equality;
mod predictive_parity;
mod roc_auc;
mod selection_rate;
mod true_negative_rate;
mod true_positive_rate;

use equipoise_core::closest;

use crate::{Error, MetricSpec};

/// All metrics, in the order in which an audit lists them: from counts, from scores, and fairness
/// notions by name.
pub const METRICS: &[&MetricSpec] = &[
    &count::COUNT,
    &selection_rate::SELECTION_RATE,
    &base_rate::BASE_RATE,
    &true_positive_rate::TRUE_POSITIVE_RATE,
    &false_positive_rate::FALSE_POSITIVE_RATE,
    &true_negative_rate::TRUE_NEGATIVE_RATE,
    &false_negative_rate::FALSE_NEGATIVE_RATE,
    &precision::PRECISION,
    &negative_predictive_value::NEGATIVE_PREDICTIVE_VALUE,
    &false_discovery_rate::FALSE_DISCOVERY_RATE,
    &false_omission_rate::FALSE_OMISSION_RATE,
    &accuracy::ACCURACY,
    &error_rate::ERROR_RATE,
    &balanced_accuracy::BALANCED_ACCURACY,
    &f1::F1,
    &matthews_correlation::MATTHEWS_CORRELATION,
    &roc_auc::ROC_AUC,
    &average_precision::AVERAGE_PRECISION,
    &log_loss::LOG_LOSS,
    &brier_score::BRIER_SCORE,
    &mean_score::MEAN_SCORE,
    &abcc::ABCC,
    &demographic_parity::DEMOGRAPHIC_PARITY,
    &equal_opportunity::EQUAL_OPPORTUNITY,
    &equalized_odds::EQUALIZED_ODDS,
    &predictive_equality::PREDICTIVE_EQUALITY,
    &predictive_parity::PREDICTIVE_PARITY,
    &accuracy_parity::ACCURACY_PARITY,
    &conditional_demographic_parity::CONDITIONAL_DEMOGRAPHIC_PARITY,
];

/// The metric of a name.
///
/// # Errors
///
/// When there is none; the error offers the closest name.
///
/// ```
/// let error = equipoise_metrics::metric("true_postive_rate").unwrap_err();
/// assert_eq!(error.to_string(), "metric `true_postive_rate` does not exist");
/// ```
pub fn metric(name: &str) -> Result<&'static MetricSpec, Error> {
    METRICS
        .iter()
        .copied()
        .find(|spec| spec.name == name)
        .ok_or_else(|| Error::UnknownMetric {
            name: name.to_owned(),
            closest: closest(name, METRICS.iter().map(|spec| spec.name)).map(str::to_owned),
        })
}
