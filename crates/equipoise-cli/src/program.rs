//! From the arguments of the program to its exit code.

use std::{
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use miette::{GraphicalReportHandler, GraphicalTheme};

use crate::{
    Registry,
    args::{Cli, Command, GlobalArgs, LogFormat},
    commands,
    context::Context,
    error::CliError,
    file_size_limit,
    logging::{self, FAILURE_TARGET, Logging},
    outcome::Outcome,
};

/// Runs the program `equipoise` with the given arguments, the first of which is its name.
///
/// Results are written to standard output and messages to standard error. The exit code is 0 when
/// the command was done, 1 when it failed, 2 when the command line or the configuration is not
/// legal, and 3 when a fairness gate was not met.
pub fn run(args: impl IntoIterator<Item = OsString>, registry: &Registry) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too. Nobody is left to tell when this fails.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let Cli { global, command } = cli;
    match execute(&global, &command, registry) {
        Ok(outcome) => ExitCode::from(outcome.exit_code()),
        Err(error) => {
            show(&error, &global);
            ExitCode::from(error.exit_code())
        }
    }
}

fn execute(
    global: &GlobalArgs,
    command: &Command,
    registry: &Registry,
) -> Result<Outcome, CliError> {
    file_size_limit::report()?;
    let logging = Logging::install(global)?;
    let context = Context::new(registry, global.clone(), logging);
    match command {
        Command::Run(args) => commands::run::execute(args, &context),
        Command::Sweep(args) => commands::sweep::execute(args, &context),
        Command::Pretrain(args) => commands::pretrain::execute(args, &context),
        Command::Finetune(args) => commands::finetune::execute(args, &context),
        Command::Audit(args) => commands::audit::execute(args),
        Command::Probe(args) => commands::probe::execute(args),
        Command::Report(args) => commands::report::execute(args),
        Command::Track(args) => commands::track::execute(args),
        Command::Data(command) => commands::data::execute(command, &context),
        Command::Model(command) => commands::model::execute(command, &context),
    }
}

/// Shows why a command failed: in full to people, and as one message to logs.
fn show(error: &CliError, global: &GlobalArgs) {
    tracing::error!(
        target: FAILURE_TARGET,
        help = error.remedy(),
        exit_code = error.exit_code(),
        "{}",
        error.chain()
    );
    if global.log_format == LogFormat::Text {
        let text = render(error, logging::is_colored(global.color));
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// The message with its causes, its place in the configuration, and the remedy.
pub(crate) fn render(error: &CliError, colored: bool) -> String {
    let theme = if colored {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let mut text = String::new();
    match GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_wrap_lines(false)
        .render_report(&mut text, error)
    {
        Ok(()) => text,
        // Writing into a text does not fail; should it ever, the plain message is still there.
        Err(_) => format!("{}\n", error.chain()),
    }
}
