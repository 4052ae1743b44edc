//! Fairness losses for burn: what should be equal between groups, how inequality is charged, and
//! the total loss of training.
//!
//! A fairness loss is a [`Statistic`] (what should be equal, such as the positive rate) charged by
//! a [`Penalty`] (such as the gap), or a whole [`FairnessLoss`] (such as the mutual information
//! between decision and group). All go by name through a [`Registry`], to which other crates add
//! their own.
//!
//! ```
//! # #[cfg(feature = "flex")] {
//! use burn::tensor::{Device, Tensor};
//! use equipoise_losses::{FairnessConfig, FairnessInput, LossState, Registry, TaskKind};
//!
//! let loss = Registry::default().build(&FairnessConfig::new("demographic-parity", 1.0, ["sex"]))?;
//!
//! let device = Device::flex().autodiff();
//! let logits = Tensor::<2>::from_floats([[2.0], [1.0], [-1.0], [0.0]], &device).require_grad();
//! let input = FairnessInput::new(
//!     TaskKind::Binary,
//!     logits.clone(),
//!     Tensor::from_floats([1.0, 0.0, 1.0, 0.0], &device),
//!     Tensor::from_floats([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], &device),
//!     Tensor::ones([4], &device),
//! )?;
//! let gap = loss.value(&input, &LossState::default())?;
//! let gradients = gap.backward();
//! assert!(logits.grad(&gradients).is_some());
//! assert!((gap.into_scalar::<f32>() - 0.4215).abs() < 1e-4);
//! # }
//! # Ok::<(), equipoise_losses::Error>(())
//! ```
//!
//! In reading order:
//!
//! * [`input`]: what a fairness loss sees of a batch
//! * [`group_selector`]: which groups it compares
//! * [`rate_parts`]: what each row adds to the rates of groups
//! * [`group_rates`]: the rates of every group, absent ones kept out
//! * [`statistic`] and [`statistics`]: what should be equal
//! * [`penalty`] and [`penalties`]: how inequality is charged
//! * [`statistic_loss`]: a statistic charged by a penalty, with [`given`]: within which rows,
//!   [`combine`]: constraints made one number, [`estimate`]: small batches
//! * [`fairness_loss`]: a whole loss
//! * [`outcome_distributions`] and [`divergences`]: losses that compare distributions of decisions
//! * [`distances`]: losses that compare scores and representations
//! * [`robust`]: losses of the worst groups and rows
//! * [`adversarial`] and [`contrastive`]: losses that learn, and losses of pairs of rows
//! * [`losses`]: the list of them
//! * [`state`]: what a loss remembers from batch to batch
//! * [`need`]: what only some losses read of a batch
//! * [`projections`]: the distance to fair predictions
//! * [`laws`]: what is always true of a loss
//! * [`config`], [`options`] and [`registry`]: from a name to a loss
//! * [`task_kind`], [`task_loss`], [`lambda`], [`fairness_term`] and [`total_loss`]: the loss of
//!   training
//!
//! Other crates: `equipoise-tensor` has the batches, `equipoise-models` the outputs, and
//! `equipoise-train` the steps that make the total loss small; `equipoise-metrics` measures what
//! was reached, on hard decisions.

pub mod adversarial;
pub mod combine;
pub mod config;
pub mod contrastive;
pub mod distances;
pub mod divergences;
mod error;
pub mod estimate;
pub mod fairness_loss;
pub mod fairness_term;
pub mod given;
pub mod group_rates;
pub mod group_selector;
pub mod input;
pub mod lambda;
pub mod laws;
pub mod losses;
pub mod need;
pub mod options;
pub mod outcome_distributions;
pub mod penalties;
pub mod penalty;
pub mod projections;
pub mod rate_parts;
pub mod registry;
pub mod robust;
pub mod state;
pub mod statistic;
pub mod statistic_loss;
pub mod statistics;
pub mod task_kind;
pub mod task_loss;
pub mod total_loss;

pub use combine::Combine;
pub use config::{Condition, FairnessConfig, JoinGradients};
pub use error::Error;
pub use estimate::Estimate;
pub use fairness_loss::{FairnessLoss, LossSpec};
pub use fairness_term::FairnessTerm;
pub use given::Given;
pub use group_rates::GroupRates;
pub use group_selector::GroupSelector;
pub use input::FairnessInput;
pub use lambda::{
    Lambda, balance::GradientFraction, config::LambdaConfig, control::LambdaState, dual::Charge,
    dual::DualTarget, dual::MeasuredRows, dual::TermWeight, group_counts::GroupCounts,
    schedule::LambdaSchedule, schedule::LambdaShape,
};
pub use laws::{Law, Laws};
pub use losses::LOSSES;
pub use need::{Extras, Need};
pub use options::{DefaultValue, OptionSpec, OptionValue, Options};
pub use outcome_distributions::OutcomeDistributions;
pub use penalties::PENALTIES;
pub use penalty::{Penalty, PenaltySpec, SamplingBias};
pub use projections::PROJECTIONS;
pub use rate_parts::RateParts;
pub use registry::Registry;
pub use state::{LossState, Pace, StateEntry, TotalState};
pub use statistic::{Statistic, StatisticSpec, ValueRange};
pub use statistic_loss::StatisticLoss;
pub use statistics::STATISTICS;
pub use task_kind::TaskKind;
pub use task_loss::TaskLoss;
pub use total_loss::{LossParts, LossRows, TotalLoss};
