//! Which rows are audited, and how they are read.

use clap::{Args, ValueEnum};
use equipoise_data::FileFormat;

/// The file name that stands for standard input.
pub(crate) const STANDARD_INPUT: &str = "-";

/// How files are read.
#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// The format of all files and of standard input [default: told by the extension].
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) input_format: Option<InputFormat>,

    /// Read files larger than memory: block by block, twice. Counts are exact; metrics of scores
    /// are made from a sketch of 16384 bins.
    #[arg(long)]
    pub(crate) streaming: bool,
}

/// A format that can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputFormat {
    /// Values separated by commas.
    Csv,
    /// Values separated by tabulators.
    Tsv,
    /// One JSON object a line.
    Jsonl,
    /// Apache Parquet.
    Parquet,
    /// Arrow IPC files.
    Arrow,
}

impl InputFormat {
    /// The same as the data know it.
    pub(crate) fn format(self) -> FileFormat {
        match self {
            Self::Csv => FileFormat::Csv,
            Self::Tsv => FileFormat::Tsv,
            Self::Jsonl => FileFormat::JsonLines,
            Self::Parquet => FileFormat::Parquet,
            Self::Arrow => FileFormat::ArrowIpc,
        }
    }
}
