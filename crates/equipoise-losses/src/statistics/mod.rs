//! The built-in statistics, one a file.

mod accuracy;
mod demographic_parity;
mod equal_opportunity;
mod equalized_odds;
mod predictive_equality;

pub use accuracy::Accuracy;
pub use demographic_parity::DemographicParity;
pub use equal_opportunity::EqualOpportunity;
pub use equalized_odds::EqualizedOdds;
pub use predictive_equality::PredictiveEquality;

use crate::StatisticSpec;

/// All built-in statistics, in the order in which they are listed.
pub const STATISTICS: &[&StatisticSpec] = &[
    &demographic_parity::SPEC,
    &equal_opportunity::SPEC,
    &equalized_odds::SPEC,
    &predictive_equality::SPEC,
    &accuracy::SPEC,
];
