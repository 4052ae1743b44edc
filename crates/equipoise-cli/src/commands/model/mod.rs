//! `equipoise model`: one file for each of its commands.

mod get;

use crate::{args::ModelCommand, context::Context, error::CliError, outcome::Outcome};

/// Runs one of the commands.
pub(crate) fn execute(command: &ModelCommand, context: &Context<'_>) -> Result<Outcome, CliError> {
    match command {
        ModelCommand::Get(args) => get::execute(args, context),
    }
}
