//! Group metrics with their uncertainty: the group cube, the metric registry, and the audit.
//!
//! Given labels, predictions or scores, and the groups of the rows, [`audit`] measures how a model
//! of any make treats each group and every intersection of groups, and how far they lie apart.
//!
//! ```
//! use equipoise_core::{GroupAttribute, GroupColumns, GroupSchema};
//! use equipoise_metrics::{AuditData, AuditOptions, Gate, audit};
//!
//! let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
//! let groups = GroupColumns::new(schema, vec![vec![0, 0, 0, 0, 1, 1, 1, 1]])?;
//! let data = AuditData::binary(&groups, &[0, 0, 1, 1, 0, 0, 1, 1])
//!     .with_scores(&[0.1, 0.2, 0.4, 0.8, 0.3, 0.6, 0.7, 0.9]);
//! let audit = audit(&data, &AuditOptions::default())?;
//! // A rate with its interval, made from counts.
//! let rate = audit.groups("selection_rate", &["sex"]).next().ok_or("not audited")?;
//! assert_eq!((rate.value, rate.count), (Some(0.25), Some(4)));
//! assert!(rate.low < rate.value && rate.value < rate.high);
//! // A gate for a build server.
//! let gate: Gate = "demographic_parity_difference > 0.1".parse()?;
//! assert!(gate.evaluate(&audit)?.iter().any(|outcome| outcome.failed));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! In reading order:
//!
//! * [`GroupCube`]: counts of rows by group, label and prediction, from which all rates follow
//! * [`ScoreDistribution`]: the scores of one group, from which all metrics of scores follow
//! * [`ScoreSketch`]: the scores of more rows than fit into memory, in bins
//! * [`OutcomeSums`]: sums of labels, predictions and errors, from which metrics of numbers follow
//! * [`Estimate`]: a value, or the reason why there is none
//! * [`METRICS`]: the registry; one [`MetricSpec`] each, with formula, range, ideal and paper
//! * [`Convention`]: what to do where systems disagree
//! * [`Outcome`]: classes, outputs or numbers, with [`Membership`] for groups known as probabilities
//! * [`audit()`]: from [`AuditData`] and [`AuditOptions`] to an [`Audit`], a list of [`Record`]s
//! * [`wilson`], [`bootstrap()`]: the intervals
//! * [`Bounds`]: what rows of unknown group may make of a value
//! * [`holm`], [`benjamini_hochberg`]: p-values of many tests, by [`Correction`]
//! * [`double_corrected_variance`]: the variance between many groups without sampling noise
//! * [`Quantity`], [`Gate`]: one name for each value, and limits on it that fail a build
//! * [`TestSummary`]: the few numbers by which models are compared
//! * [`epoch_values`]: group metrics cheap enough for every epoch of training
//!
//! Other crates: `equipoise-data` reads the columns, `equipoise-report` draws an [`Audit`],
//! `equipoise-cli` has it as `equipoise audit`.

mod aggregate;
mod audit;
mod audit_data;
mod bootstrap;
mod bounds;
mod class_counts;
mod conditional;
mod confusion;
mod control;
mod convention;
mod counting;
mod cube;
#[cfg(feature = "burn")]
mod device_counts;
mod distribution_steps;
mod double_corrected;
mod epoch;
mod error;
mod estimate;
mod evaluation;
mod gate;
mod gate_selector;
mod interval;
mod interval_source;
mod measured;
mod membership;
mod metrics;
mod multiple_testing;
mod notes;
mod options;
mod outcome;
mod outcome_sums;
mod pairs;
mod permutation;
mod quantity;
mod record;
mod reference;
mod regression;
mod rows;
mod score_rows;
mod score_values;
mod scores;
mod section;
mod sections;
mod sketch;
mod sorting;
mod spec;
mod summary;
mod table;
mod tallies;
mod trials;
mod units;
mod values_of_scores;
mod values_of_sums;
mod views;

pub use aggregate::Aggregates;
pub use audit::{audit, audit_cube};
pub use audit_data::AuditData;
pub use bootstrap::{BootstrapInterval, BootstrapKind, Replicates, bootstrap, multinomial};
pub use bounds::Bounds;
pub use confusion::Confusion;
pub use convention::Convention;
pub use cube::GroupCube;
pub use double_corrected::double_corrected_variance;
pub use epoch::epoch_values;
pub use error::Error;
pub use estimate::{Estimate, NotEstimable};
pub use gate::{Gate, GateOutcome};
pub use interval::{
    GapInterval, GroupInterval, Interval, RateInterval, delta_standard_error, gap_interval,
    jeffreys, largest_interval, mover_difference, mover_ratio, normal, ratio_interval,
    smallest_interval, two_sided_quantile, wilson,
};
pub use membership::Membership;
pub use metrics::{METRICS, metric};
pub use multiple_testing::{Correction, benjamini_hochberg, holm};
pub use options::AuditOptions;
pub use outcome::{LabelColumn, Outcome};
pub use outcome_sums::OutcomeSums;
pub use quantity::Quantity;
pub use record::{
    Attributes, Audit, AuditSchema, IntervalMethod, MACRO, MICRO, Method, Record, Scope, Stratum,
};
pub use scores::{ScoreBin, ScoreDistribution};
pub use sketch::ScoreSketch;
pub use spec::{Definition, Direction, IntervalKind, MetricSpec, Proportion, Unit};
pub use summary::TestSummary;
