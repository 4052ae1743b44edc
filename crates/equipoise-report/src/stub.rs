//! stub
#[derive(Debug, Clone, PartialEq, Default)]
#[allow(missing_docs)]
pub struct TestSummary { pub accuracy: Option<f64>, pub roc_auc: Option<f64>, pub average_precision: Option<f64>, pub demographic_parity_difference: Option<f64>, pub equalized_odds_difference: Option<f64>, pub equal_opportunity_difference: Option<f64>, pub worst_group_accuracy: Option<f64>, pub abcc: Option<f64> }
