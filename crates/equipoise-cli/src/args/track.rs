//! Arguments of `equipoise track`.

use std::path::PathBuf;

use clap::Args;

pub(super) const EXAMPLES: &str = "\
Example:
  equipoise track runs/adult --mlflow http://127.0.0.1:5000 --experiment adult";

/// Arguments of `equipoise track`.
#[derive(Debug, Args)]
pub(crate) struct TrackArgs {
    /// The folder that `equipoise run` wrote; of a sweep, one of those in its `trials`.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,

    /// The address of an `MLflow` tracking server.
    #[arg(long, value_name = "URL")]
    pub(crate) mlflow: String,

    /// The experiment that the run belongs to; made where there is none.
    #[arg(long, value_name = "NAME", default_value = "equipoise")]
    pub(crate) experiment: String,
}
