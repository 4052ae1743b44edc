//! The rates of every group, and how groups without rows are kept out of them.

use burn::tensor::{Bool, Tensor};

use crate::{Error, input::float_dtype};

/// For every constraint and group a rate as numerator over denominator, `[constraints, groups]`.
///
/// A group whose denominator is 0, or so near to it that a quotient has no digits left (at most
/// [`Self::ABSENT`]), is *absent* from the batch for that constraint. Absent groups
/// have share 0 and the overall rate, so that whatever measures the distance between rates, or
/// between a rate and the overall one, finds nothing to charge and has a finite gradient.
///
/// ```
/// # #[cfg(feature = "flex")] {
/// use burn::tensor::{Device, Tensor};
/// use equipoise_losses::GroupRates;
///
/// let device = Device::flex();
/// let rates = GroupRates::new(
///     Tensor::from_floats([[3.0, 1.0, 0.0]], &device),
///     Tensor::from_floats([[4.0, 4.0, 0.0]], &device),
/// )?;
/// let values: Vec<f32> = rates.rates().into_data().to_vec().unwrap();
/// assert_eq!(values, [0.75, 0.25, 0.5]); // the third group is absent
/// # }
/// # Ok::<(), equipoise_losses::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GroupRates {
    numerators: Tensor<2>,
    denominators: Tensor<2>,
}

impl GroupRates {
    /// Denominators up to this count as 0: single precision ends soon below. A group has one where
    /// it has no row, or where the rate counts decisions and it has next to none.
    pub const ABSENT: f64 = 1e-30;

    /// Rates from numerators and denominators, both `[constraints, groups]`; denominators are 0
    /// or more, and a numerator whose denominator is 0 is not read.
    ///
    /// # Errors
    ///
    /// When the shapes differ, or when there is no constraint or no group.
    pub fn new(numerators: Tensor<2>, denominators: Tensor<2>) -> Result<Self, Error> {
        let [constraints, groups] = numerators.dims();
        if denominators.dims() != [constraints, groups] {
            return Err(Error::Shape {
                what: "denominators",
                expected: vec![constraints, groups],
                found: denominators.dims().to_vec(),
            });
        }
        if constraints == 0 {
            return Err(Error::Empty {
                what: "constraints",
            });
        }
        if groups == 0 {
            return Err(Error::Empty { what: "groups" });
        }
        let absent = denominators
            .clone()
            .detach()
            .lower_equal_scalar(Self::ABSENT);
        Ok(Self {
            numerators: numerators.mask_fill(absent.clone(), 0.0),
            denominators: denominators.mask_fill(absent, 0.0),
        })
    }

    /// The constraints of several statistics over the same groups, one after the other.
    ///
    /// # Errors
    ///
    /// When there is no part, or when the parts have different numbers of groups.
    pub fn join(parts: impl IntoIterator<Item = Self>) -> Result<Self, Error> {
        let mut numerators: Vec<Tensor<2>> = Vec::new();
        let mut denominators = Vec::new();
        for part in parts {
            if let Some(first) = numerators.first() {
                let [constraints, found] = part.numerators.dims();
                let [_, groups] = first.dims();
                if found != groups {
                    return Err(Error::Shape {
                        what: "rates",
                        expected: vec![constraints, groups],
                        found: vec![constraints, found],
                    });
                }
            }
            numerators.push(part.numerators);
            denominators.push(part.denominators);
        }
        if numerators.is_empty() {
            return Err(Error::Empty {
                what: "constraints",
            });
        }
        Self::new(Tensor::cat(numerators, 0), Tensor::cat(denominators, 0))
    }

    /// The numerators, `[constraints, groups]`.
    pub fn numerators(&self) -> &Tensor<2> {
        &self.numerators
    }

    /// The denominators, `[constraints, groups]`.
    pub fn denominators(&self) -> &Tensor<2> {
        &self.denominators
    }

    /// The rate of each group, `[constraints, groups]`; the overall rate for an absent group, from
    /// which no gradient comes.
    pub fn rates(&self) -> Tensor<2> {
        let absent = self.absent();
        let overall = ratio(
            self.numerators.clone().detach().sum_dim(1),
            self.denominators.clone().detach().sum_dim(1),
        )
        .expand(self.numerators.dims());
        let denominators = self.denominators.clone().mask_fill(absent.clone(), 1.0);
        quotient(self.numerators.clone(), denominators).mask_where(absent, overall)
    }

    /// The rate over all groups, `[constraints, 1]`; 0 where every group is absent.
    pub fn overall(&self) -> Tensor<2> {
        ratio(
            self.numerators.clone().sum_dim(1),
            self.denominators.clone().sum_dim(1),
        )
    }

    /// The part that each group has in its constraint, `denominator / sum of denominators`,
    /// `[constraints, groups]`; 0 for an absent group.
    pub fn shares(&self) -> Tensor<2> {
        ratio(
            self.denominators.clone(),
            self.denominators
                .clone()
                .sum_dim(1)
                .expand(self.denominators.dims()),
        )
    }

    /// 1 where at least two groups are present, so that there is something to compare, 0
    /// elsewhere, `[constraints, 1]`.
    pub fn comparable(&self) -> Tensor<2> {
        let dtype = float_dtype(self.denominators.dtype());
        let present = self.absent().bool_not().cast(dtype).sum_dim(1);
        present.greater_scalar(1.5).cast(dtype)
    }

    /// How far each rate is from the overall one, as a part of it, `|r_j / r - 1|`,
    /// `[constraints, groups]`; 0 for an absent group, and for all where the overall rate is 0.
    ///
    /// It is made for rates of 0 or more: an overall rate of 0 then leaves none that differs from
    /// it.
    pub fn relative_violations(&self) -> Tensor<2> {
        let rates = self.rates();
        let overall = self.overall().expand(rates.dims());
        let undefined = overall
            .clone()
            .detach()
            .lower_equal_scalar(Self::ABSENT)
            .bool_or(self.absent());
        ratio(rates, overall)
            .sub_scalar(1.0)
            .mask_fill(undefined, 0.0)
            .abs()
    }

    /// `log mean_j exp(v_j)` over the present groups, `[constraints, 1]`, of a value for each
    /// group, `[constraints, groups]`; 0 where no group is present.
    pub fn log_mean_exp(&self, values: &Tensor<2>) -> Tensor<2> {
        let absent = self.absent();
        let (dims, dtype) = (values.dims(), values.dtype());
        let largest = values.clone().detach().max_dim(1);
        let sum = values
            .clone()
            .sub(largest.clone().expand(dims))
            .exp()
            .mask_fill(absent.clone(), 0.0)
            .sum_dim(1);
        let count = absent.bool_not().cast(float_dtype(dtype)).sum_dim(1);
        let none = count.clone().lower_scalar(0.5);
        sum.mask_fill(none.clone(), 1.0)
            .log()
            .sub(count.mask_fill(none.clone(), 1.0).log())
            .add(largest)
            .mask_fill(none, 0.0)
    }

    /// The same rates of groups that are crossed with strata, `[constraints, strata * groups]`
    /// with groups running fastest, as constraints of their own within each stratum,
    /// `[constraints * strata, groups]`.
    ///
    /// # Errors
    ///
    /// When the number of groups is not a multiple of `strata`, or when that is 0.
    pub fn within(self, strata: usize) -> Result<Self, Error> {
        let [constraints, cells] = self.numerators.dims();
        if strata == 0 {
            return Err(Error::Empty { what: "strata" });
        }
        if cells % strata != 0 {
            return Err(Error::Shape {
                what: "groups within strata",
                expected: vec![constraints, strata * cells.div_ceil(strata)],
                found: vec![constraints, cells],
            });
        }
        let shape = [constraints * strata, cells / strata];
        Self::new(
            self.numerators.reshape(shape),
            self.denominators.reshape(shape),
        )
    }

    /// Which groups are absent, `[constraints, groups]`.
    pub fn absent(&self) -> Tensor<2, Bool> {
        self.denominators.clone().detach().lower_equal_scalar(0.0)
    }
}

/// `numerators / denominators`, and 0 with gradient 0 where the denominator is 0.
fn ratio(numerators: Tensor<2>, denominators: Tensor<2>) -> Tensor<2> {
    let empty = denominators
        .clone()
        .detach()
        .lower_equal_scalar(GroupRates::ABSENT);
    quotient(
        numerators.mask_fill(empty.clone(), 0.0),
        denominators.mask_fill(empty, 1.0),
    )
}

/// `numerators / denominators`, where no denominator is 0.
///
/// Both are divided by the size of the denominator first: the slope of a plain quotient has the
/// square of the denominator in it, which underflows for denominators that are legal.
fn quotient(numerators: Tensor<2>, denominators: Tensor<2>) -> Tensor<2> {
    let size = denominators.clone().detach();
    numerators.div(size.clone()).div(denominators.div(size))
}
