//! From a configuration to a folder of results.
//!
//! ```text
//! RunFolder - Job (data, device) - base model -+- plain model -+- record, report
//!                                              +- fair model  -+
//! ```
//!
//! Every step can be taken again: what its checkpoints already hold is not trained again, and the
//! rest is written anew with the same bytes.
//!
//! * `folder`: what lies where, and who may write
//! * `job`: what all steps share: the data, the device, the clock
//! * `texts`: the base model and the tokens of a model of texts
//! * `base`: pretraining
//! * `model`: fine-tuning, predictions and audit of one model
//! * `language`: pretraining on texts, which has a folder of its own
//! * `timing`: how long each step took
//! * `record`: `run.json`
//! * `page`: the report, from the files of the folder
//! * `outcome_table`: what is printed at the end

pub(crate) mod base;
pub(crate) mod folder;
pub(crate) mod job;
pub(crate) mod language;
pub(crate) mod model;
pub(crate) mod outcome_table;
pub(crate) mod page;
pub(crate) mod record;
pub(crate) mod texts;
mod timing;

pub(crate) use folder::RunFolder;
pub(crate) use job::Job;
pub(crate) use model::ModelKind;
pub(crate) use record::RunRecord;
