//! Arguments of `equipoise sweep`.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::Args;

pub(super) const EXAMPLES: &str = "\
The folder then holds sweep.csv and sweep.parquet (every run), sweep.json (means over seeds, the
Pareto front, the recommendation), sweep.html and sweep.svg (the front as a picture, beside other
systems where `compare` names their results), and each run in trials/, as `equipoise run` writes it.

Examples:
  equipoise sweep configs/adult-sweep.toml
  equipoise sweep configs/adult-sweep.toml --jobs 2 --out runs/sweep";

/// Arguments of `equipoise sweep`.
#[derive(Debug, Args)]
pub(crate) struct SweepArgs {
    /// The sweep, a TOML file: which configuration, which keys vary, what is compared. Paths inside
    /// it are relative to the current folder.
    #[arg(value_name = "CONFIG")]
    pub(crate) path: PathBuf,

    /// Where everything is written [default: `runs/` and the name of the sweep].
    ///
    /// An unfinished folder of the same sweep is resumed, a finished one is reported and left
    /// alone, and one of another sweep is an error.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// How many runs go on at once, each with its share of the cores; results do not depend on it.
    #[arg(long, value_name = "NUMBER", default_value = "1")]
    pub(crate) jobs: NonZeroUsize,
}
