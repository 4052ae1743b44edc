//! Plain values that every crate of Equipoise speaks: groups of people, tables, tasks, fitted
//! encoders, data profiles, training histories, and the [`Predictor`] trait.
//!
//! Nothing here reads a file, opens a device or prints. A crate that needs only the vocabulary
//! (say, a service that wraps its own model in a [`Predictor`]) depends on this crate alone.
//!
//! ```
//! use equipoise_core::{GroupAttribute, GroupSchema};
//!
//! let schema = GroupSchema::new(vec![
//!     GroupAttribute::new("sex", ["Female", "Male"])?,
//!     GroupAttribute::new("race", ["Black", "White"])?,
//! ])?;
//! assert_eq!(schema.cell_count(), 4);
//! assert_eq!(schema.cell_of(&[1, 0]), 2);
//! assert_eq!(schema.codes_of(2), [1, 0]);
//! # Ok::<(), equipoise_core::Error>(())
//! ```
//!
//! In reading order:
//!
//! * [`groups`]: attributes of people, their values, and the cells of all intersections
//! * [`codes`]: columns of small whole numbers, stored narrowly
//! * [`missing`]: what happens to a row whose group is not known
//! * [`table`]: a table of plain columns, as a data reader hands it on
//! * [`task`]: what is predicted: two classes, several, or a number
//! * [`encoder`]: features as numbers, fitted on the training part alone
//! * [`examples`]: encoded rows with target, groups and weight
//! * [`predictor`]: anything that turns a table into scores
//! * [`profile`]: what a file holds, group by group
//! * [`history`]: what happened in training, epoch by epoch
//! * [`help`]: how errors offer a remedy, and the closest known name
//!
//! Other crates: `equipoise-data` makes these values from files, `equipoise-models` and
//! `equipoise-train` consume them, `equipoise-metrics` and `equipoise-report` describe them.

pub mod codes;
pub mod encoder;
mod error;
pub mod examples;
pub mod groups;
pub mod help;
pub mod history;
pub mod missing;
pub mod predictor;
pub mod profile;
pub mod table;
pub mod task;

pub use codes::{CodeColumn, Codes};
pub use encoder::{EncodedFeatures, FeatureEncoder, FeatureShape, FeatureSpec, NumberEncoding};
pub use error::Error;
pub use examples::{Example, Examples, SplitPart, TabularRow};
pub use groups::{GroupAttribute, GroupColumns, GroupSchema};
pub use help::{Help, closest, file_help};
pub use history::{EpochRecord, HistorySchema, StageHistory, TrainingHistory};
pub use missing::MissingPolicy;
pub use predictor::{Predictor, Scores};
pub use profile::{DataProfile, ProfileSchema};
pub use table::{Column, ColumnValues, Table};
pub use task::Task;
