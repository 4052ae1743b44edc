//! The rates of groups, row by row, before they are summed.

use burn::tensor::Tensor;

use crate::{Error, FairnessInput, GroupRates};

/// What every row adds to the numerator and to the denominator of a rate, both
/// `[batch, constraints]`.
///
/// With membership `m` and weight `w` the rate of group `j` is
///
/// ```text
/// r_kj = sum_i w_i m_ij numerator_ik / sum_i w_i m_ij denominator_ik
/// ```
#[derive(Debug, Clone)]
pub struct RateParts {
    numerators: Tensor<2>,
    denominators: Tensor<2>,
}

impl RateParts {
    /// A rate from both parts; denominators are 0 or more.
    ///
    /// # Errors
    ///
    /// When the two are not of one shape `[batch, constraints]`.
    pub fn new(numerators: Tensor<2>, denominators: Tensor<2>) -> Result<Self, Error> {
        if numerators.dims() == denominators.dims() {
            Ok(Self {
                numerators,
                denominators,
            })
        } else {
            Err(Error::Shape {
                what: "denominators of rows",
                expected: numerators.dims().to_vec(),
                found: denominators.dims().to_vec(),
            })
        }
    }

    /// The mean of outcomes, `[batch, constraints]`, over all rows.
    pub fn mean(outcomes: Tensor<2>) -> Self {
        let denominators = outcomes.ones_like().detach();
        Self {
            numerators: outcomes,
            denominators,
        }
    }

    /// The mean of outcomes among the rows that meet a condition, 1 or 0, both
    /// `[batch, constraints]`.
    ///
    /// # Errors
    ///
    /// When the two are not of one shape.
    pub fn mean_among(outcomes: Tensor<2>, conditions: Tensor<2>) -> Result<Self, Error> {
        if outcomes.dims() == conditions.dims() {
            Self::new(outcomes.mul(conditions.clone()), conditions)
        } else {
            Err(Error::Shape {
                what: "conditions",
                expected: outcomes.dims().to_vec(),
                found: conditions.dims().to_vec(),
            })
        }
    }

    /// The constraints of several rates of the same rows, one after the other.
    ///
    /// # Errors
    ///
    /// When there is no part, or when the numbers of rows differ.
    pub fn join(parts: impl IntoIterator<Item = Self>) -> Result<Self, Error> {
        let mut joined: Option<(Vec<Tensor<2>>, Vec<Tensor<2>>)> = None;
        for part in parts {
            let (numerators, denominators) = joined.get_or_insert_default();
            if let Some(first) = numerators.first() {
                let ([expected, _], [found, constraints]) = (first.dims(), part.numerators.dims());
                if expected != found {
                    return Err(Error::Shape {
                        what: "rows of rates",
                        expected: vec![expected, constraints],
                        found: vec![found, constraints],
                    });
                }
            }
            numerators.push(part.numerators);
            denominators.push(part.denominators);
        }
        let (numerators, denominators) = joined.ok_or(Error::Empty {
            what: "constraints",
        })?;
        Self::new(Tensor::cat(numerators, 1), Tensor::cat(denominators, 1))
    }

    /// The numerators, `[batch, constraints]`.
    pub fn numerators(&self) -> &Tensor<2> {
        &self.numerators
    }

    /// The denominators, `[batch, constraints]`.
    pub fn denominators(&self) -> &Tensor<2> {
        &self.denominators
    }

    /// The same rates within each stratum of rows, `[batch, constraints * strata]`: all
    /// constraints of the first stratum, then those of the second, and so on.
    ///
    /// `strata` says how far a row belongs to a stratum, `[batch, strata]`.
    ///
    /// # Errors
    ///
    /// When the number of rows differs, or when there is no stratum.
    pub fn within(&self, strata: &Tensor<2>) -> Result<Self, Error> {
        let ([batch, constraints], [rows, count]) = (self.numerators.dims(), strata.dims());
        if rows != batch {
            return Err(Error::Shape {
                what: "strata",
                expected: vec![batch, count],
                found: vec![rows, count],
            });
        }
        Self::join((0..count).map(|stratum| {
            let rows = strata
                .clone()
                .narrow(1, stratum, 1)
                .expand([batch, constraints]);
            Self {
                numerators: self.numerators.clone().mul(rows.clone()),
                denominators: self.denominators.clone().mul(rows),
            }
        }))
    }

    /// The rates of the groups of a batch, `[constraints, groups]`.
    ///
    /// # Errors
    ///
    /// When the number of rows is not that of the batch.
    pub fn by_group(&self, input: &FairnessInput) -> Result<GroupRates, Error> {
        self.check_rows(input)?;
        let members = input.weighted_membership();
        GroupRates::new(
            self.numerators.clone().transpose().matmul(members.clone()),
            self.denominators
                .clone()
                .transpose()
                .matmul(members.clone()),
        )
    }

    /// The rates of the groups with the sampling variance of each, `[constraints, groups]`.
    ///
    /// With `u_i = w_i m_ij` and `D = sum_i u_i d_i` the variance of a rate is estimated as
    ///
    /// ```text
    /// sum_i u_i^2 (n_i - r_j d_i)^2 / (D^2 - sum_i u_i^2 d_i^2)
    /// ```
    ///
    /// which for rows of weight 1 is `s^2 / n`, without bias. A group with a single row shows no
    /// variance and is absent here. For a rate whose denominator depends on the model it holds to
    /// first order.
    ///
    /// # Errors
    ///
    /// As [`Self::by_group`].
    pub fn by_group_with_variances(
        &self,
        input: &FairnessInput,
    ) -> Result<(GroupRates, Tensor<2>), Error> {
        let rates = self.by_group(input)?;
        let members = input.weighted_membership().clone();
        let squares = members.clone().mul(members);
        let sum = |of: Tensor<2>| of.transpose().matmul(squares.clone());
        let (n, d) = (self.numerators.clone(), self.denominators.clone());
        let nn = sum(n.clone().mul(n.clone()));
        let nd = sum(n.mul(d.clone()));
        let dd = sum(d.clone().mul(d));
        let total = rates.denominators().clone();
        let total_squared = total.clone().mul(total.clone());
        // The difference is D^2 (1 - 1 / n) for n rows of weight 1: 0 for one row.
        let pairs = total_squared.clone().sub(dd.clone());
        let alone = pairs
            .clone()
            .sub(total_squared.mul_scalar(Self::ALONE))
            .detach()
            .lower_equal_scalar(GroupRates::ABSENT);
        let rates = GroupRates::new(
            rates.numerators().clone(),
            total.mask_fill(alone.clone(), 0.0),
        )?;
        let r = rates.rates();
        let spread = nn
            .sub(r.clone().mul(nd).mul_scalar(2.0))
            .add(r.clone().mul(r).mul(dd));
        let variances = spread
            .mask_fill(alone.clone(), 0.0)
            .div(pairs.mask_fill(alone, 1.0));
        Ok((rates, variances))
    }

    /// A group whose share of pairs of different rows is at most this has but one row.
    const ALONE: f64 = 1e-6;

    fn check_rows(&self, input: &FairnessInput) -> Result<(), Error> {
        let [rows, constraints] = self.numerators.dims();
        if rows == input.rows() {
            Ok(())
        } else {
            Err(Error::Shape {
                what: "rows of rates",
                expected: vec![input.rows(), constraints],
                found: vec![rows, constraints],
            })
        }
    }
}
