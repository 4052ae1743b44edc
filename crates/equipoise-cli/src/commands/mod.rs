//! One file for each command, and `columns`: the columns that options name,
//! `opening`: a page shown by the system.

pub(crate) mod audit;
mod columns;
pub(crate) mod data;
mod fetching;
pub(crate) mod finetune;
pub(crate) mod model;
mod opening;
pub(crate) mod pretrain;
pub(crate) mod probe;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod sweep;
pub(crate) mod track;
