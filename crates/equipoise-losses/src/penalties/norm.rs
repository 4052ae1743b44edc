//! The p-norm of the relative violations.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::{
    DefaultValue, Error, GroupRates, Law, Laws, OptionSpec, Penalty, PenaltySpec, ValueRange,
};

/// See [`Norm`].
pub(super) const SPEC: PenaltySpec = PenaltySpec {
    name: "norm",
    summary: "The p-norm of the relative violations.",
    formula: "(sum_j |r_j / r - 1|^p)^(1 / p)",
    paper: Some("Buyl, Defrance and De Bie 2024"),
    laws: Laws {
        smooth: Law::Fails {
            reason: "each group's slope changes its sign where its rate meets the overall one",
        },
        ..Laws::ALL
    },
    range: ValueRange::NonNegative,
    options: &[OptionSpec {
        key: "p",
        summary: "The order of the norm: 1 adds the violations, a high order keeps the largest.",
        legal: "a finite number, 1 or more",
        default: Some(DefaultValue::Number(1.0)),
    }],
    build: |options| Ok(Arc::new(Norm::new(options.number("p")?)?)),
};

/// `(sum_j v_j^p)^(1/p)` of the relative violations `v_j = |r_j / r - 1|` of the present groups.
///
/// As published, an overall rate of 0 is an error and a group without rows counts as violated by
/// 1, with a gradient. Here an overall rate of 0, which leaves rates of 0 alone, costs nothing, and
/// so does an absent group. A gap weighs more where rates are low.
#[derive(Debug, Clone, Copy)]
pub struct Norm {
    p: f64,
}

impl Norm {
    /// The penalty with its option.
    ///
    /// # Errors
    ///
    /// When `p` is not a finite number, 1 or more.
    pub fn new(p: f64) -> Result<Self, Error> {
        if p.is_finite() && p >= 1.0 {
            Ok(Self { p })
        } else {
            Err(Error::Range {
                option: "p",
                value: p,
                legal: "a finite number, 1 or more",
            })
        }
    }
}

impl Penalty for Norm {
    fn charge(&self, rates: &GroupRates) -> Tensor<2> {
        let violations = rates.relative_violations();
        // Divided by the largest, powers neither overflow nor vanish; the norm scales with it.
        let largest = violations.clone().detach().max_dim(1);
        let none = largest.clone().lower_equal_scalar(0.0);
        let size = largest.clone().mask_fill(none.clone(), 1.0);
        violations
            .clone()
            .div(size.expand(violations.dims()))
            .powf_scalar(self.p)
            .sum_dim(1)
            .mask_fill(none, 1.0)
            .powf_scalar(1.0 / self.p)
            .mul(largest)
    }
}
