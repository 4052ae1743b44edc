//! The program `equipoise`, and the same program as a library, so that a fairness loss from
//! another crate has its own program in a few lines:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! fn main() -> ExitCode {
//!     let mut registry = equipoise_cli::Registry::default();
//!     // registry.losses_mut().register_penalty(..)
//!     equipoise_cli::run(std::env::args_os(), &registry)
//! }
//! ```
//!
//! In reading order:
//!
//! * [`run`]: from the arguments of the program to its exit code
//! * [`Registry`]: what the program knows by name
//! * `args`: what can be written on the command line
//! * `config`: the configuration of a run: read, overridden, checked
//! * `context`: what every command is given beside its own arguments
//! * `commands`: one file for each command
//! * `pipeline`: the stages of a run, and the folder that they write
//! * `sweep`: many runs, and the choice among them
//! * `tracking`: finished runs sent to a tracking server
//! * `error`: what can go wrong, how it is shown, and the exit code that it leads to
//! * `option_help`: what to do about data, in the words of the command line
//! * `interrupt`, `file_size_limit`: signals that must not end the program without a word
//! * `logging` and `message`: what is said to people, to machines, and in the run folder
//! * `pipeline`: from a configuration to a folder of results
//!
//! Other crates: everything that the program does is done by `equipoise-data`,
//! `equipoise-models`, `equipoise-losses`, `equipoise-train`, `equipoise-metrics` and
//! `equipoise-report`, each of which is of use without it.

mod args;
mod commands;
mod config;
mod context;
mod error;
mod file_size_limit;
mod interrupt;
mod logging;
mod message;
mod option_help;
mod outcome;
mod output;
mod pipeline;
mod program;
mod registry;
mod sweep;
mod text_table;
mod tracking;

pub use program::run;
pub use registry::Registry;
