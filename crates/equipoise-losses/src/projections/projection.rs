//! The distance of predictions from the nearest fair ones.

use std::sync::Arc;

use burn::tensor::{DType, Tensor};

use super::Distance;
use crate::{
    DefaultValue, Error, FairnessInput, FairnessLoss, GroupRates, Laws, LossSpec, LossState,
    OptionSpec, Options, OutcomeDistributions, RateParts, STATISTICS, Statistic, StatisticSpec,
    TaskKind, ValueRange,
};

/// See [`Projection`].
pub(super) const SPEC: LossSpec = LossSpec {
    name: "projection",
    summary: "The distance of predictions from the nearest ones that are fair.",
    formula: "min_f 1/N sum_i D(f_i, s_i) over all f whose rates are the overall one of s",
    paper: Some("Buyl, Defrance and De Bie 2024; Buyl and De Bie 2022"),
    tasks: &[TaskKind::Binary],
    laws: Laws::ALL,
    needs: &[],
    options: &[
        OptionSpec {
            key: "statistic",
            summary: "What is equal for a fair prediction.",
            legal: "the name of a statistic of two classes with rates within 0 and 1",
            default: Some(DefaultValue::Text("demographic-parity")),
        },
        OptionSpec {
            key: "distance",
            summary: "How far a prediction is from a fair one.",
            legal: "`kl`, `jensen-shannon` or `squared-euclidean`",
            default: Some(DefaultValue::Text("kl")),
        },
    ],
    build,
};

fn build(options: &Options<'_>) -> Result<Arc<dyn FairnessLoss>, Error> {
    let distance = options.choice("distance", Distance::CHOICES)?;
    let legal: Vec<(&str, &'static StatisticSpec)> = STATISTICS
        .iter()
        .filter(|spec| spec.range == ValueRange::Fraction && spec.options.is_empty())
        .map(|spec| (spec.name, *spec))
        .collect();
    let statistic = options.choice("statistic", &legal)?;
    Ok(Arc::new(Projection::new(
        (statistic.build)(options)?,
        distance,
    )))
}

/// `min_f 1/N sum_i D(f_i, s_i)`, where `f` goes over all predictions whose rates are, in every
/// group, the overall rate of the model's predictions `s`.
///
/// A constraint is projected onto by itself, and the distances are added; the two of equalized odds
/// have no row in common, so that this is their joint projection. With the squared distance and
/// demographic parity it is the variance of the rates between groups, as long as no fair
/// prediction reaches 0 or 1.
///
/// For every group the nearest fair prediction has one unknown, the multiplier of its constraint,
/// which bisection finds to the last digit: no solver, and no batch for which it does not converge.
/// Where no prediction is fair, as for the precision of a group without positive rows, the one
/// that comes nearest to it is taken. A row that belongs to several groups by parts is projected
/// for each of them by its part.
///
/// # Against the published loss
///
/// The published program solves the projection with ten steps of a general solver, and
///
/// * compares every row with every other one for the squared distance, by the shapes of its
///   tensors;
/// * normalises the result by the mean of its two probabilities and so doubles it;
/// * takes the overall rate for a constant, so that its slope is not that of the loss; here it is;
/// * minimises another sum for Jensen-Shannon than it then charges, its first term not being
///   divided by the number of rows; here the two are one;
/// * asks a group without rows to have the overall rate, or fails; here it takes no part;
/// * fails for a batch larger than the first one; here batches have any size.
#[derive(Debug, Clone)]
pub struct Projection {
    statistic: Arc<dyn Statistic>,
    distance: Distance,
}

impl Projection {
    /// The projection onto predictions that are fair by a statistic.
    ///
    /// The statistic's parts must be linear in the decisions, which those of all built-in ones are,
    /// and its rates within 0 and 1.
    pub fn new(statistic: Arc<dyn Statistic>, distance: Distance) -> Self {
        Self {
            statistic,
            distance,
        }
    }

    /// The parts of rows as they would be if all decisions were negative, or positive.
    fn parts_at(&self, input: &FairnessInput, logit: f64) -> Result<RateParts, Error> {
        let outputs = input.outputs().clone().detach();
        self.statistic.parts(&FairnessInput::new(
            input.task(),
            outputs.full_like(logit),
            input.targets().clone(),
            input.membership().clone(),
            input.weights().clone(),
        )?)
    }

    /// The charge of one constraint, `[1]`.
    fn charge(
        &self,
        given: Tensor<2>,
        input: &FairnessInput,
        part: &LinearParts,
    ) -> Result<Tensor<1>, Error> {
        let members = input.weighted_membership().clone();
        let [batch, groups] = members.dims();
        let rates = GroupRates::new(
            part.numerator
                .at(given.clone())
                .transpose()
                .matmul(members.clone()),
            part.denominator
                .at(given.clone())
                .transpose()
                .matmul(members.clone()),
        )?;
        let target = rates.overall();
        let fixed = target.clone().detach().expand([batch, 1]);
        // A prediction f is fair where sum_i u_i (offset_i + slope_i f_i) is 0 in every group.
        let offset = part
            .numerator
            .intercept
            .clone()
            .sub(fixed.clone().mul(part.denominator.intercept.clone()));
        let slope = part
            .numerator
            .slope
            .clone()
            .sub(fixed.mul(part.denominator.slope.clone()));
        let (offset, slope) = (
            offset.expand([batch, groups]),
            slope.expand([batch, groups]),
        );
        // A push of 1 moves the row of a group with the steepest slope by 1, so that the furthest
        // one leaves no group where its slopes are small in between.
        let outside = members.clone().lower_equal_scalar(0.0);
        let steepest = slope.clone().abs().mask_fill(outside, 0.0).max_dim(0);
        let flat = steepest.clone().lower_equal_scalar(GroupRates::ABSENT);
        let size = steepest.mask_fill(flat, 1.0);
        let direction = slope.clone().div(size.clone().expand([batch, groups]));
        let constant = given.clone().detach().expand([batch, groups]);
        let fair = |push: &Tensor<2>| {
            let push = push.clone().expand([batch, groups]).mul(direction.clone());
            self.distance.pushed(constant.clone(), push)
        };
        let unfairness = |fair: Tensor<2>| {
            offset
                .clone()
                .add(slope.clone().mul(fair))
                .mul(members.clone())
                .sum_dim(0)
        };
        let zero = rates.denominators().zeros_like().detach();
        let mut low = zero.clone().add_scalar(-Self::FURTHEST);
        let mut high = zero.add_scalar(Self::FURTHEST);
        let reachable = unfairness(fair(&low))
            .lower_equal_scalar(0.0)
            .bool_and(unfairness(fair(&high)).greater_equal_scalar(0.0));
        let halvings = if given.dtype() == DType::F64 { 64 } else { 34 };
        for _ in 0..halvings {
            let middle = low.clone().add(high.clone()).mul_scalar(0.5);
            let below = unfairness(fair(&middle)).lower_scalar(0.0);
            low = low.mask_where(below.clone(), middle.clone());
            high = middle.mask_where(below, high);
        }
        let push = low.add(high).mul_scalar(0.5).mask_fill(rates.absent(), 0.0);
        let fair = fair(&push);
        let total = members.clone().sum();
        let rows = total.clone().mask_fill(total.lower_equal_scalar(0.0), 1.0);
        let distances = self
            .distance
            .between(fair.clone(), given.expand([batch, groups]))
            .mul(members.clone())
            .sum();
        // As the overall rate moves, so does what is fair: the multiplier of a constraint is the
        // slope of the minimum for the constraint's constant.
        let counted = part.denominator.at(fair).mul(members).sum_dim(0);
        let follows = push
            .mask_fill(reachable.bool_not(), 0.0)
            .mul(counted)
            .div(size)
            .sum_dim(1)
            .mul_scalar(self.distance.slope_of_push())
            .detach();
        let moved = follows.mul(target.clone().sub(target.detach())).sum();
        Ok(distances.add(moved).div(rows).mul(rates.comparable().sum()))
    }

    /// No push is larger: beyond it a probability is 0 or 1 to the last digit.
    const FURTHEST: f64 = 64.0;

    /// Logits of decisions that are all but certain.
    const CERTAIN: f64 = 1e4;
}

/// `intercept + slope s` for every row, `[batch, 1]`.
struct Linear {
    intercept: Tensor<2>,
    slope: Tensor<2>,
}

impl Linear {
    /// From the values where `s` is 0 and where it is 1.
    fn through(at_zero: &Tensor<2>, at_one: &Tensor<2>, constraint: usize) -> Self {
        let intercept = at_zero.clone().narrow(1, constraint, 1);
        let slope = at_one
            .clone()
            .narrow(1, constraint, 1)
            .sub(intercept.clone());
        Self { intercept, slope }
    }

    /// The values at predictions, `[batch, 1]` or `[batch, groups]`.
    fn at(&self, predictions: Tensor<2>) -> Tensor<2> {
        let shape = predictions.dims();
        self.intercept
            .clone()
            .expand(shape)
            .add(self.slope.clone().expand(shape).mul(predictions))
    }
}

/// The parts of a rate as functions of the predictions.
struct LinearParts {
    numerator: Linear,
    denominator: Linear,
}

impl FairnessLoss for Projection {
    fn name(&self) -> &str {
        SPEC.name
    }

    fn tasks(&self) -> &[TaskKind] {
        SPEC.tasks
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        self.check_task(input.task())?;
        let none = self.parts_at(input, -Self::CERTAIN)?;
        let all = self.parts_at(input, Self::CERTAIN)?;
        // Kept off 0 and 1, so that logarithms and their slopes are finite.
        let floor = OutcomeDistributions::FLOOR;
        let given = input
            .decisions()?
            .mul_scalar(1.0 - 2.0 * floor)
            .add_scalar(floor);
        let [_, constraints] = none.numerators().dims();
        let charges = (0..constraints)
            .map(|constraint| {
                let part = LinearParts {
                    numerator: Linear::through(none.numerators(), all.numerators(), constraint),
                    denominator: Linear::through(
                        none.denominators(),
                        all.denominators(),
                        constraint,
                    ),
                };
                self.charge(given.clone(), input, &part)
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Tensor::cat(charges, 0).sum())
    }
}
