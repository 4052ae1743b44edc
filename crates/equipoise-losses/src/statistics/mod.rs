//! The built-in statistics, one a file.

mod accuracy;
mod conditional_use_accuracy;
mod demographic_parity;
mod equal_opportunity;
mod equalized_odds;
mod f1;
mod false_negative_rate;
mod group_loss;
mod mean_prediction;
mod mean_residual;
mod mean_score;
mod negative_predictive_value;
mod predictive_equality;
mod predictive_parity;
mod treatment_equality;
mod true_negative_rate;

pub use accuracy::Accuracy;
pub use conditional_use_accuracy::ConditionalUseAccuracy;
pub use demographic_parity::DemographicParity;
pub use equal_opportunity::EqualOpportunity;
pub use equalized_odds::EqualizedOdds;
pub use f1::F1;
pub use false_negative_rate::FalseNegativeRate;
pub use group_loss::GroupLoss;
pub use mean_prediction::MeanPrediction;
pub use mean_residual::MeanResidual;
pub use mean_score::MeanScore;
pub use negative_predictive_value::NegativePredictiveValue;
pub use predictive_equality::PredictiveEquality;
pub use predictive_parity::PredictiveParity;
pub use treatment_equality::TreatmentEquality;
pub use true_negative_rate::TrueNegativeRate;

use crate::StatisticSpec;

/// All built-in statistics, in the order in which they are listed.
pub const STATISTICS: &[&StatisticSpec] = &[
    &demographic_parity::SPEC,
    &equal_opportunity::SPEC,
    &predictive_equality::SPEC,
    &equalized_odds::SPEC,
    &true_negative_rate::SPEC,
    &false_negative_rate::SPEC,
    &predictive_parity::SPEC,
    &negative_predictive_value::SPEC,
    &conditional_use_accuracy::SPEC,
    &accuracy::SPEC,
    &f1::SPEC,
    &treatment_equality::SPEC,
    &mean_score::SPEC,
    &group_loss::SPEC,
    &mean_prediction::SPEC,
    &mean_residual::SPEC,
];
