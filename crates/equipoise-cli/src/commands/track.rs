//! `equipoise track DIR`: a finished run sent to a tracking server.

use crate::{
    args::TrackArgs,
    error::CliError,
    outcome::Outcome,
    output::print,
    tracking::{content::TrackedRun, mlflow::MlflowServer},
};

/// Sends parameters, tags and all numbers of a finished run.
pub(crate) fn execute(args: &TrackArgs) -> Result<Outcome, CliError> {
    let server = MlflowServer::new(&args.mlflow)?;
    let run = TrackedRun::load(&args.folder).map_err(CliError::run(&args.folder))?;
    let sent = server.send(&run, &args.experiment)?;
    if sent.renamed > 0 {
        tracing::warn!(
            "{} names have signs that MLflow does not take, and were written with others \
             (`sex=Female` as `sex.Female`)",
            sent.renamed
        );
    }
    print(&format!(
        "Sent {} numbers and {} parameters of `{}` to the experiment `{}` at {}.\nRun: {}\n",
        run.metrics.len(),
        run.parameters.len(),
        run.name,
        args.experiment,
        args.mlflow,
        sent.run_id,
    ))?;
    Ok(Outcome::Done)
}
