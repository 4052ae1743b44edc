//! How the charges of several constraints become one number.

use burn::tensor::Tensor;

use crate::{DefaultValue, Error, OptionSpec, Options};

/// How the charges of several constraints become one number.
///
/// A statistic of several classes has a constraint for each class, equalized odds one for each
/// label, a given attribute one for each value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Combine {
    /// Their sum.
    #[default]
    Sum,
    /// Their mean, the macro average of classes; over the constraints in which two groups are
    /// present.
    Mean,
    /// The largest, which has all of the gradient.
    Max,
}

impl Combine {
    /// The option `combine`.
    pub const OPTION: OptionSpec = OptionSpec {
        key: "combine",
        summary: "How the charges of several constraints, such as those of classes, become one.",
        legal: "`sum`, `mean` or `max`",
        default: Some(DefaultValue::Text("sum")),
    };

    /// What the option says.
    ///
    /// # Errors
    ///
    /// When its text is not legal.
    pub fn from_options(options: &Options<'_>) -> Result<Self, Error> {
        options.choice(
            Self::OPTION.key,
            &[("sum", Self::Sum), ("mean", Self::Mean), ("max", Self::Max)],
        )
    }

    /// One number, `[1]`, from charges and whether each counts, 1 or 0, both `[constraints, 1]`.
    pub(crate) fn of(self, charges: Tensor<2>, counts: Tensor<2>) -> Tensor<1> {
        let charged = charges.mul(counts.clone());
        match self {
            Self::Sum => charged.sum(),
            Self::Mean => charged.sum().div(counts.sum().clamp_min(1.0)),
            Self::Max => charged.max(),
        }
    }
}
