//! What every command is given beside its own arguments.

use std::{
    io::{self, IsTerminal},
    path::Path,
};

use crate::{
    Registry,
    args::{GlobalArgs, LogFormat},
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

    /// The seed of the command line.
    pub(crate) fn seed(&self) -> Option<u64> {
        self.global.seed
    }

    /// Reads a configuration, puts the command line over it, and checks it.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or when anything in it is not legal.
    pub(crate) fn load(&self, path: &Path) -> Result<Config, CliError> {
        Config::load(path, &self.global, self.registry)
    }

    /// For commands that read no configuration: says so where `--set` was given, and checks
    /// `--device` all the same.
    ///
    /// # Errors
    ///
    /// When `--set` was given, or when the device is not known.
    pub(crate) fn expect_no_config(&self, command: &str) -> Result<(), CliError> {
        if !self.global.set.is_empty() {
            return Err(CliError::usage(format!(
                "`--set` changes a configuration, and `{command}` reads none"
            )));
        }
        if let Some(device) = &self.global.device {
            equipoise_tensor::parse_device(device)?;
        }
        Ok(())
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
