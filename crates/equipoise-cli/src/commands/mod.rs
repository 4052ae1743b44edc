//! One file for each command.

pub(crate) mod audit;
pub(crate) mod data;
pub(crate) mod finetune;
pub(crate) mod pretrain;
pub(crate) mod report;
pub(crate) mod run;
