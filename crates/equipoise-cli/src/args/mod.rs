//! What can be written on the command line.

mod audit;
mod bins;
mod columns;
mod config;
mod data;
mod model;
mod probe;
mod sweep;
mod track;
mod training;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::RangedU64ValueParser};

pub(crate) use audit::{
    AuditArgs, AuditFormat, AuditTask, InputFormat, MissingGroups, OutcomeArgs, STANDARD_INPUT,
};
pub(crate) use bins::Bins;
pub(crate) use columns::ColumnArgs;
pub(crate) use config::ConfigArgs;
pub(crate) use data::{CheckArgs, DataCommand, DescribeArgs, DescribeFormat, GetArgs};
pub(crate) use model::{ModelCommand, ModelGetArgs};
pub(crate) use probe::{ProbeArgs, ProbeFormat, ProbeSource};
pub(crate) use sweep::SweepArgs;
pub(crate) use track::TrackArgs;
pub(crate) use training::RunArgs;

const EXAMPLES: &str = "\
Examples:
  equipoise run configs/adult.toml
  equipoise run configs/adult.toml --set fairness.lambda=0.5 --out runs/half
  equipoise audit predictions.parquet --label label --score score --group sex,race
  equipoise data describe people.csv --label income --positive '>50K' --group sex

Exit codes:
  0  done
  1  failed
  2  wrong use: the command line or the configuration is not legal, whatever the files hold
  3  a fairness gate was not met

Results go to standard output, messages to standard error. The variable EQUIPOISE_LOG sets what is \
logged, for instance `EQUIPOISE_LOG=equipoise=debug`.";

/// From a data file to an audited, fair model.
///
/// Equipoise pretrains and fine-tunes models that treat groups of people alike, audits the
/// predictions of any model, and reports what it found.
#[derive(Debug, Parser)]
#[command(
    name = "equipoise",
    version,
    after_long_help = EXAMPLES,
    after_help = "`--help` says more and shows examples.",
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct GlobalArgs {
    /// Say nothing but results, warnings and errors.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,

    /// How messages are written to standard error: text or json, one object a line.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        hide_possible_values = true
    )]
    pub(crate) log_format: LogFormat,

    /// Whether output is coloured: auto (on a terminal, unless `NO_COLOR` is set), always or never.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value_t,
        hide_possible_values = true
    )]
    pub(crate) color: ColorWhen,
}

/// How messages are written to standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Whether output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ColorWhen {
    /// On a terminal, unless the variable `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The whole job: data, plain and fair training, audit, report, in one folder.
    #[command(after_long_help = training::RUN_EXAMPLES)]
    Run(RunArgs),
    /// Many runs of one configuration with other settings and seeds, and the choice among them.
    #[command(after_long_help = sweep::EXAMPLES)]
    Sweep(SweepArgs),
    /// Pretraining alone: a base model that has learnt from the data without their labels.
    #[command(after_long_help = training::PRETRAIN_EXAMPLES)]
    Pretrain(RunArgs),
    /// Fine-tuning alone: one model, with the fairness loss of the configuration.
    #[command(after_long_help = training::FINETUNE_EXAMPLES)]
    Finetune(RunArgs),
    /// Group metrics of predictions that any model made, with their uncertainty.
    #[command(after_long_help = audit::EXAMPLES)]
    Audit(Box<AuditArgs>),
    /// The bias of base models of texts before anyone fine-tunes them, side by side.
    #[command(after_long_help = probe::EXAMPLES)]
    Probe(Box<ProbeArgs>),
    /// Write the report of a finished run again.
    #[command(
        after_long_help = "Example:\n  equipoise report runs/adult\n  equipoise report runs/adult --open"
    )]
    Report(ReportArgs),
    /// Send a finished run to a tracking server.
    #[command(after_long_help = track::EXAMPLES)]
    Track(TrackArgs),
    /// Data sets: list, fetch, describe, and check against a configuration.
    #[command(subcommand)]
    Data(DataCommand),
    /// Base models: fetch one of texts.
    #[command(subcommand)]
    Model(ModelCommand),
}

/// A seed: as large as TOML can write one.
fn seed() -> RangedU64ValueParser {
    clap::value_parser!(u64).range(..=i64::MAX as u64)
}

/// Arguments of `equipoise report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The folder that `equipoise run` wrote.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,

    /// Show the page afterwards, in the program that the system has for pages.
    #[arg(long)]
    pub(crate) open: bool,
}

#[cfg(test)]
mod tests;
