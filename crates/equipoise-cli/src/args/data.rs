//! Arguments of `equipoise data`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{ColumnArgs, ConfigArgs, columns::name};

const GET_EXAMPLES: &str = "\
The download goes on where an earlier one broke off, and its SHA-256 sum is checked before the file
gets its name. Without a network, fetch the file on another machine (the error names its address)
and hand it over with --from.

Examples:
  equipoise data get adult
  equipoise data get adult --from ~/Downloads/adult.data --to data";

const DESCRIBE_EXAMPLES: &str = "\
Examples:
  equipoise data describe people.csv
  equipoise data describe people.csv --label income --positive '>50K' --group sex,race
  equipoise data describe people.csv --group sex,age --bins age=25,45,65
  equipoise data describe people.csv --group sex --format json";

const CHECK_EXAMPLES: &str = "\
Example:
  equipoise data check configs/adult.toml";

/// What is to be done with data.
#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// The data sets that this program knows.
    List,
    /// Fetch a data set of the list, and check that it arrived whole.
    #[command(after_long_help = GET_EXAMPLES)]
    Get(GetArgs),
    /// Rows, columns, missing values, groups and base rates of a file, and the columns that give
    /// a group away.
    #[command(after_long_help = DESCRIBE_EXAMPLES)]
    Describe(DescribeArgs),
    /// Try a configuration on its data, before an hour of training.
    #[command(after_long_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
}

/// Arguments of `equipoise data get`.
#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    /// The name of the data set, as `equipoise data list` shows it.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,

    /// Take this file, or the files of this folder, instead of downloading; the SHA-256 sum is
    /// checked all the same.
    #[arg(long, value_name = "PATH")]
    pub(crate) from: Option<PathBuf>,

    /// The folder in which the data set gets a folder of its own [default: datasets].
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,
}

/// Arguments of `equipoise data describe`.
#[derive(Debug, Args)]
pub(crate) struct DescribeArgs {
    /// The file: CSV, Parquet, JSON Lines or Arrow IPC, told by its extension.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The column of the label; base rates are shown for it.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) label: Option<String>,

    /// The label that counts as positive [default: of two values the one that sorts last].
    #[arg(
        long,
        value_name = "VALUE",
        requires = "label",
        allow_hyphen_values = true
    )]
    pub(crate) positive: Option<String>,

    /// The columns of the group attributes, separated by commas.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', value_parser = name)]
    pub(crate) group: Vec<String>,

    #[command(flatten)]
    pub(crate) columns: ColumnArgs,

    /// How the profile is written.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) format: DescribeFormat,
}

/// How a profile is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum DescribeFormat {
    /// Tables for people.
    #[default]
    Table,
    /// One JSON object.
    Json,
}

/// Arguments of `equipoise data check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}
