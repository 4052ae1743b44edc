//! The metrics of predicted numbers: each is one file here and one line in
//! [`METRICS`](crate::METRICS).

pub(crate) mod mean_absolute_error;
pub(crate) mod mean_error;
pub(crate) mod mean_outcome;
pub(crate) mod mean_prediction;
pub(crate) mod outcome_parity;
pub(crate) mod prediction_kolmogorov_smirnov;
pub(crate) mod prediction_wasserstein;
pub(crate) mod r_squared;
pub(crate) mod residual_parity;
pub(crate) mod root_mean_squared_error;
