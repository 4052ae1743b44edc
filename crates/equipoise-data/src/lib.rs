//! Read, annotate, profile, split and encode tables, with groups of people as first-class columns.
//!
//! From a file and a `[data]` table to parts that a model can be trained on:
//!
//! ```
//! use equipoise_data::{DataConfig, prepare};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("people.csv");
//! let mut text = "age,work,sex,income\n".to_owned();
//! for row in 0..100 {
//!     let sex = if row % 2 == 0 { "Female" } else { "Male" };
//!     let income = if row % 5 < 2 { ">50K" } else { "<=50K" };
//!     text += &format!("{},Private,{sex},{income}\n", 20 + row % 40);
//! }
//! std::fs::write(&file, text)?;
//!
//! let mut config: DataConfig = toml::from_str(r#"
//! source = "people.csv"
//! label  = { column = "income", positive = ">50K" }
//! groups = ["sex"]
//! "#)?;
//! # config.source = file;
//! let data = prepare(&config.check()?, 7)?;
//! assert_eq!(data.train.len(), 60);
//! assert_eq!(data.schema.attributes()[0].values(), ["Female", "Male"]);
//! // The group column is not a feature unless the configuration says so.
//! assert_eq!(data.shape.numeric, 1);
//! assert_eq!(data.shape.cardinalities.len(), 1);
//! # Ok(()) }
//! ```
//!
//! In reading order:
//!
//! * [`config`]: the `[data]` table of a configuration, and its checked form
//! * [`read`]: tables from CSV, TSV, Parquet, JSON Lines and Arrow IPC files
//! * [`mod@annotate`]: group attributes from columns: bins, value maps, missing values
//! * [`target`]: labels as targets
//! * [`split`]: which rows train, which choose, and which test
//! * [`mod@prepare`]: all of the above in one call, with the features encoded
//! * [`corpus`]: texts without labels, to learn a language from
//! * [`profile`]: what a table holds, group by group, and which columns give a group away
//! * [`predictions`]: what a model said of each row, as a file
//! * [`audit_columns`]: the columns of an audit, from a file of any size
//! * [`catalogue`] and `download`: data sets that are known by name, and how to get them
//! * [`atomic`]: files that are there whole or not at all
//! * `dataset` (feature `burn`): encoded rows for burn's data loaders
//!
//! No type of the reader (polars) is part of this interface: tables are
//! [`equipoise_core::Table`]s.
//!
//! Other crates: `equipoise-core` defines tables, groups and encoders; `equipoise-train` trains on
//! the batches; `equipoise-metrics` audits what [`read_audit_columns`] returns.

pub mod annotate;
pub mod atomic;
pub mod audit_columns;
pub mod catalogue;
mod complete_rows;
pub mod config;
pub mod corpus;
#[cfg(feature = "burn")]
pub mod dataset;
#[cfg(feature = "download")]
pub mod download;
mod error;
mod group_probabilities;
mod group_values;
mod identity_terms;
mod information;
pub mod predictions;
pub mod prepare;
pub mod profile;
pub mod read;
pub mod split;
pub mod target;
mod word_lists;
mod write_table;

pub use annotate::{Annotation, DroppedRows, annotate};
pub use atomic::write_atomically;
pub use audit_columns::{
    AuditChunk, AuditColumns, AuditData, AuditStream, BinaryColumns, BinaryValues, ClassScore,
    ClassScores, MembershipColumn, MembershipColumns, MembershipValues, OutcomeColumns,
    OutcomeValues, OutputValues, read_audit_columns,
};
pub use config::{
    CheckedDataConfig, ColumnType, DataConfig, DrawnSplit, FeaturesConfig, GroupConfig,
    LabelConfig, MissingRows, NumberInput, Split, SplitConfig, Stratum, TaskKind,
};
pub use corpus::{CheckedCorpusConfig, Corpus, CorpusConfig, CorpusReport, read_corpus};
#[cfg(feature = "burn")]
pub use dataset::{TabularBatcher, TabularDataset};
pub use error::Error;
pub use predictions::{PredictedPart, write_predictions};
pub use prepare::{Prepared, prepare};
pub use profile::{DescribeOptions, describe, describe_file};
pub use read::{DataFile, FileFormat, ReadOptions, Spool, column_names, file_sha256, read_table};
pub use split::{SplitRows, split_entities, split_rows};
pub use target::{Targets, targets};
pub use write_table::write_table;
