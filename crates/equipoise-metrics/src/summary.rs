//! The few numbers by which models are compared.

use serde::{Deserialize, Serialize};

use crate::{Audit, Method, Record, Scope};

/// The `test` object of a model in `run.json`: overall quality, and gaps between the groups of the
/// first-named attribute, as fractions. `None` where a value is not estimable or was not audited.
/// A gap is one of the groups that have a value; the audit names those that have none.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestSummary {
    /// The share of right predictions.
    pub accuracy: Option<f64>,
    /// The area under the ROC curve.
    pub roc_auc: Option<f64>,
    /// The average precision.
    pub average_precision: Option<f64>,
    /// The largest difference of selection rates.
    pub demographic_parity_difference: Option<f64>,
    /// The larger of the largest differences of true and false positive rates.
    pub equalized_odds_difference: Option<f64>,
    /// The largest difference of true positive rates.
    pub equal_opportunity_difference: Option<f64>,
    /// The accuracy of the group with the smallest one.
    pub worst_group_accuracy: Option<f64>,
    /// The largest area between the score distributions of two groups.
    pub abcc: Option<f64>,
}

impl TestSummary {
    /// The summary of an audit.
    pub fn new(audit: &Audit) -> Self {
        let first: Vec<&str> = audit
            .attributes
            .iter()
            .take(1)
            .map(String::as_str)
            .collect();
        let overall = |metric| value(audit.overall(metric));
        let gap = |metric, method| {
            value(audit.aggregate(metric, Scope::Difference, &first, Some(method)))
        };
        Self {
            accuracy: overall("accuracy"),
            roc_auc: overall("roc_auc"),
            average_precision: overall("average_precision"),
            demographic_parity_difference: gap("demographic_parity", Method::BetweenGroups),
            equalized_odds_difference: gap("equalized_odds", Method::Max),
            equal_opportunity_difference: gap("equal_opportunity", Method::BetweenGroups),
            worst_group_accuracy: value(audit.aggregate("accuracy", Scope::Min, &first, None)),
            abcc: gap("abcc", Method::BetweenGroups),
        }
    }
}

fn value(record: Option<&Record>) -> Option<f64> {
    record.and_then(|record| record.value)
}
