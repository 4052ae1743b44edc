//! What is always true of a loss, as data, so that one test tries it on every loss there is.

/// Whether something always holds, and the reason where it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// It holds for every input.
    Holds,
    /// There are inputs for which it does not hold.
    Fails {
        /// Why, as a sentence.
        reason: &'static str,
    },
}

impl Law {
    /// Whether it holds.
    pub fn holds(self) -> bool {
        self == Self::Holds
    }
}

/// What holds for the value of a penalty or of a whole loss.
///
/// A loss that is composed of a statistic and a penalty has the laws of its penalty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Laws {
    /// The value is never below 0, but for rounding.
    pub nonnegative: Law,
    /// The value is 0 where the groups are equal in what is compared.
    pub zero_at_parity: Law,
    /// The value has a gradient that is continuous in the model's outputs.
    pub smooth: Law,
    /// The gradient is that of the value, away from kinks.
    pub gradient_is_of_value: Law,
    /// The value depends on earlier batches.
    pub stateful: bool,
}

impl Laws {
    /// Everything holds, and nothing is remembered from batch to batch.
    pub const ALL: Self = Self {
        nonnegative: Law::Holds,
        zero_at_parity: Law::Holds,
        smooth: Law::Holds,
        gradient_is_of_value: Law::Holds,
        stateful: false,
    };
}
