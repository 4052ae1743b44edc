//! `equipoise data`: one file for each of its commands.

mod check;
mod describe;
mod get;
mod list;

pub(crate) use get::DATASETS;

use crate::{args::DataCommand, context::Context, error::CliError, outcome::Outcome};

/// Runs one of the commands.
pub(crate) fn execute(command: &DataCommand, context: &Context<'_>) -> Result<Outcome, CliError> {
    match command {
        DataCommand::List => list::execute(),
        DataCommand::Get(args) => get::execute(args, context),
        DataCommand::Describe(args) => describe::execute(args),
        DataCommand::Check(args) => check::execute(args, context),
    }
}
