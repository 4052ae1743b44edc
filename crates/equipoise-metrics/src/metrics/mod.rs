//! The registry: each metric is one file here and one line in [`METRICS`].

mod abcc;
mod abpc;
mod accuracy;
mod accuracy_parity;
mod adverse_impact;
mod average_precision;
mod balance_negative_class;
mod balance_positive_class;
mod balanced_accuracy;
mod base_rate;
mod between_group_generalized_entropy_index;
mod between_group_theil_index;
mod bias_amplification;
mod bnsp_auc;
mod bpsn_auc;
mod brier_score;
mod cohen_kappa;
mod conditional_demographic_parity;
mod count;
mod demographic_parity;
mod differential_fairness;
mod equal_mass_calibration_error;
mod equal_opportunity;
mod equalized_odds;
mod error_rate;
mod expected_calibration_error;
mod f0_5;
mod f1;
mod f2;
mod false_discovery_rate;
mod false_negative_rate;
mod false_omission_rate;
mod false_positive_rate;
mod generalized_entropy_index;
mod kolmogorov_smirnov;
mod lift;
mod log_loss;
mod matthews_correlation;
mod maximum_calibration_error;
mod mean_score;
mod mutual_information;
mod negative_predictive_value;
mod normalised_mutual_information;
mod precision;
mod predictive_equality;
mod predictive_parity;
mod roc_auc;
mod selection_rate;
mod smoothed_differential_fairness;
mod theil_index;
mod treatment_equality;
mod true_negative_rate;
mod true_positive_rate;

use equipoise_core::closest;

use crate::{Error, MetricSpec, regression};

/// All metrics, in the order in which an audit lists them: from counts, from scores, fairness
/// notions by name, and of predicted numbers.
///
/// A metric with a parameter is registered once for each value that it is offered with (`f0_5`,
/// `f1`, `f2`), so that a name alone says which number is meant.
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
    &f0_5::F0_5,
    &f2::F2,
    &matthews_correlation::MATTHEWS_CORRELATION,
    &cohen_kappa::COHEN_KAPPA,
    &lift::LIFT,
    &treatment_equality::TREATMENT_EQUALITY,
    &generalized_entropy_index::GENERALIZED_ENTROPY_INDEX,
    &theil_index::THEIL_INDEX,
    &roc_auc::ROC_AUC,
    &bpsn_auc::BPSN_AUC,
    &bnsp_auc::BNSP_AUC,
    &average_precision::AVERAGE_PRECISION,
    &log_loss::LOG_LOSS,
    &brier_score::BRIER_SCORE,
    &expected_calibration_error::EXPECTED_CALIBRATION_ERROR,
    &maximum_calibration_error::MAXIMUM_CALIBRATION_ERROR,
    &equal_mass_calibration_error::EQUAL_MASS_CALIBRATION_ERROR,
    &mean_score::MEAN_SCORE,
    &balance_positive_class::BALANCE_POSITIVE_CLASS,
    &balance_negative_class::BALANCE_NEGATIVE_CLASS,
    &abcc::ABCC,
    &abpc::ABPC,
    &kolmogorov_smirnov::KOLMOGOROV_SMIRNOV,
    &demographic_parity::DEMOGRAPHIC_PARITY,
    &adverse_impact::ADVERSE_IMPACT,
    &equal_opportunity::EQUAL_OPPORTUNITY,
    &equalized_odds::EQUALIZED_ODDS,
    &predictive_equality::PREDICTIVE_EQUALITY,
    &predictive_parity::PREDICTIVE_PARITY,
    &accuracy_parity::ACCURACY_PARITY,
    &differential_fairness::DIFFERENTIAL_FAIRNESS,
    &smoothed_differential_fairness::SMOOTHED_DIFFERENTIAL_FAIRNESS,
    &bias_amplification::BIAS_AMPLIFICATION,
    &mutual_information::MUTUAL_INFORMATION,
    &normalised_mutual_information::NORMALISED_MUTUAL_INFORMATION,
    &between_group_generalized_entropy_index::BETWEEN_GROUP_GENERALIZED_ENTROPY_INDEX,
    &between_group_theil_index::BETWEEN_GROUP_THEIL_INDEX,
    &regression::mean_error::MEAN_ERROR,
    &regression::mean_absolute_error::MEAN_ABSOLUTE_ERROR,
    &regression::root_mean_squared_error::ROOT_MEAN_SQUARED_ERROR,
    &regression::r_squared::R_SQUARED,
    &regression::mean_outcome::MEAN_OUTCOME,
    &regression::mean_prediction::MEAN_PREDICTION,
    &regression::prediction_kolmogorov_smirnov::PREDICTION_KOLMOGOROV_SMIRNOV,
    &regression::prediction_wasserstein::PREDICTION_WASSERSTEIN,
    &regression::residual_parity::RESIDUAL_PARITY,
    &regression::outcome_parity::OUTCOME_PARITY,
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
