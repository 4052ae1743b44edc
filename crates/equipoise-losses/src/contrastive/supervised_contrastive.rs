//! Supervised contrastive learning that pulls rows of one label together across groups.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::{
    DefaultValue, Error, FairnessInput, FairnessLoss, Law, Laws, LossSpec, LossState, Need,
    OptionSpec, TaskKind, distances::GroupWeights, input::float_dtype,
};

const TEMPERATURE: OptionSpec = OptionSpec {
    key: "temperature",
    summary: "The spread of cosines within which rows compete; smaller is harder.",
    legal: "a finite number, 0.01 or more",
    default: Some(DefaultValue::Number(0.1)),
};

const POSITIVES: OptionSpec = OptionSpec {
    key: "positives",
    summary: "Which rows of the same label are pulled together: those of other groups, or all.",
    legal: "`other-groups` or `all`",
    default: Some(DefaultValue::Text("other-groups")),
};

/// See [`SupervisedContrastive`].
pub(crate) const SPEC: LossSpec = LossSpec {
    name: "supervised-contrastive",
    summary: "How near the representations of one label are across groups, beside all others.",
    formula: "-E_i E_p log [exp(h_i' h_p / T) / sum_(a != i) exp(h_i' h_a / T)]",
    paper: Some(
        "Khosla et al. 2020; with groups Park, Lee, Lee, Hwang, Kim and Byun 2022, differently",
    ),
    tasks: TaskKind::CLASSIFICATION,
    laws: Laws {
        zero_at_parity: Law::Fails {
            reason: "rows of one label must lie nearer than others, which parity does not ask",
        },
        ..Laws::ALL
    },
    needs: &[Need::Representation],
    options: &[TEMPERATURE, POSITIVES],
    build: |options| {
        let legal = |temperature: f64| temperature >= 0.01;
        let temperature = options.number_that(TEMPERATURE.key, legal)?;
        let positives = options.choice(
            POSITIVES.key,
            &[
                ("other-groups", Positives::OtherGroups),
                ("all", Positives::All),
            ],
        )?;
        Ok(Arc::new(SupervisedContrastive {
            temperature,
            positives,
        }))
    },
};

/// Which rows of the same label are pulled together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Positives {
    /// Those of other groups: a representation by which groups can be told apart costs.
    OtherGroups,
    /// All, as Khosla et al. have it.
    All,
}

/// The supervised contrastive loss on cosines of what the head saw, with the rows of other groups
/// as positives.
///
/// Weights count for rows and their positives; among those that a positive competes with, each row
/// that has a weight counts alike, so that the loss is never below 0. A row without a positive in
/// the batch takes no part; where none has one the loss is 0. With
/// soft membership a pair is of other groups by `1 - sum_j m_ij m_kj`. The cost grows with the
/// square of the batch.
#[derive(Debug, Clone, Copy)]
pub struct SupervisedContrastive {
    temperature: f64,
    positives: Positives,
}

impl SupervisedContrastive {
    /// What keeps the length of a representation off 0.
    pub const FLOOR: f64 = 1e-12;

    /// The loss of a temperature.
    ///
    /// # Errors
    ///
    /// When the temperature is not a finite number of 0.01 or more: the exponentials of smaller
    /// ones leave single precision.
    pub fn new(temperature: f64, positives: Positives) -> Result<Self, Error> {
        if temperature.is_finite() && temperature >= 0.01 {
            Ok(Self {
                temperature,
                positives,
            })
        } else {
            Err(Error::Range {
                option: TEMPERATURE.key,
                value: temperature,
                legal: TEMPERATURE.legal,
            })
        }
    }

    /// How much each row is a positive of each other, by weight, `[batch, batch]`.
    fn pairs(&self, input: &FairnessInput, shares: &Tensor<2>) -> Result<Tensor<2>, Error> {
        let rows = input.rows();
        let labels = input.class_labels()?;
        let alike = labels.clone().matmul(labels.transpose());
        let weights = shares.clone().transpose().expand([rows, rows]);
        let alike = alike.mul(weights);
        Ok(match self.positives {
            Positives::All => alike,
            Positives::OtherGroups => {
                let membership = input.membership().clone();
                let same = membership.clone().matmul(membership.transpose());
                alike.mul(same.neg().add_scalar(1.0).clamp_min(0.0))
            }
        })
    }
}

impl FairnessLoss for SupervisedContrastive {
    fn name(&self) -> &str {
        SPEC.name
    }

    fn needs(&self) -> &[Need] {
        SPEC.needs
    }

    fn value(&self, input: &FairnessInput, _state: &LossState) -> Result<Tensor<1>, Error> {
        self.check_task(input.task())?;
        let rows = input.rows();
        let representation = input.extra(Need::Representation, SPEC.name)?;
        let dims = representation.dims();
        let squares = representation
            .clone()
            .mul(representation.clone())
            .sum_dim(1);
        let lengths = squares.add_scalar(Self::FLOOR).sqrt().expand(dims);
        let directions = representation.clone().div(lengths);
        let cosines = directions.clone().matmul(directions.transpose());
        // Cosines are at most 1: with it taken out, no exponential is above 1.
        let logits = cosines.sub_scalar(1.0).div_scalar(self.temperature);
        let others = Tensor::<2>::eye(rows, &logits.device())
            .cast(logits.dtype())
            .neg()
            .add_scalar(1.0);
        let shares = GroupWeights::of(input).row_shares();
        let seen = shares
            .clone()
            .greater_scalar(0.0)
            .cast(float_dtype(logits.dtype()));
        let weights = others.clone().mul(seen.transpose().expand([rows, rows]));
        let total = logits.clone().exp().mul(weights).sum_dim(1);
        let alone = total.clone().detach().lower_equal_scalar(0.0);
        let total = total.mask_fill(alone, 1.0).log();
        let pairs = self.pairs(input, &shares)?.mul(others);
        let found = pairs.clone().sum_dim(1);
        let none = found.clone().lower_equal_scalar(0.0);
        let nearness = logits
            .sub(total.expand([rows, rows]))
            .mul(pairs)
            .sum_dim(1)
            .div(found.mask_fill(none.clone(), 1.0));
        let shares = shares.mask_fill(none, 0.0);
        let counted = shares.clone().sum();
        let nobody = counted.clone().lower_equal_scalar(0.0);
        Ok(nearness
            .mul(shares)
            .sum()
            .neg()
            .div(counted.mask_fill(nobody, 1.0)))
    }
}
