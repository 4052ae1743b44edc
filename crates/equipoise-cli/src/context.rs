//! What every command is given beside its own arguments.

use std::io::{self, IsTerminal};

use crate::{
    Registry,
    args::{ConfigArgs, GlobalArgs, LogFormat},
    config::Config,
    error::CliError,
    logging::Logging,
};

/// What every command is given beside its own arguments.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    registry: &'a Registry,
    global: GlobalArgs,
    logging: Logging,
}

impl<'a> Context<'a> {
    /// What was said on the command line, and what the program knows by name.
    pub(crate) fn new(registry: &'a Registry, global: GlobalArgs, logging: Logging) -> Self {
        Self {
            registry,
            global,
            logging,
        }
    }

    /// What the program knows by name.
    pub(crate) fn registry(&self) -> &'a Registry {
        self.registry
    }

    /// Where messages go.
    pub(crate) fn logging(&self) -> &Logging {
        &self.logging
    }

    /// Reads a configuration, puts the command line over it, and checks it.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or when anything in it is not legal.
    pub(crate) fn load(&self, args: &ConfigArgs) -> Result<Config, CliError> {
        Config::load(args, self.registry)
    }

    /// Whether progress is drawn: on a terminal, unless messages are to be few or JSON.
    pub(crate) fn draws_progress(&self) -> bool {
        !self.global.quiet
            && self.global.log_format == LogFormat::Text
            && io::stderr().is_terminal()
    }

    /// Whether training may take the whole terminal: where progress is drawn, and results are not
    /// written into a file or a pipe.
    pub(crate) fn draws_training(&self) -> bool {
        self.draws_progress() && io::stdout().is_terminal()
    }
}
