//! `equipoise finetune CONFIG`: one model alone.

use crate::{
    args::RunArgs,
    context::Context,
    error::CliError,
    outcome::Outcome,
    output::print,
    pipeline::{Job, ModelKind, job::Found},
};

/// Fine-tunes one model: the fair one where the configuration has a fairness loss, and the plain
/// one otherwise. It starts from the base model of the same folder, which is pretrained first
/// where that was not done.
pub(crate) fn execute(args: &RunArgs, context: &Context<'_>) -> Result<Outcome, CliError> {
    let mut job = match Job::open(args, context)? {
        Found::Unfinished(job) => job,
        Found::Finished(folder) => {
            print(&format!(
                "Models (finished before): {}\n",
                folder.path("models").display()
            ))?;
            return Ok(Outcome::Done);
        }
    };
    let kind = if job.has_fair() {
        ModelKind::Fair
    } else {
        ModelKind::Plain
    };
    let base = job.base()?;
    let record = job.model(kind, base.as_ref())?;
    job.write_timing()?;
    let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.4}"));
    print(&format!(
        "Model: {}\nTotal loss (validation): {}\nAccuracy (test): {}\n\
         Demographic parity difference (test): {}\n",
        job.folder.model(kind.name()).display(),
        number(record.total_loss),
        number(record.test.accuracy),
        number(record.test.demographic_parity_difference),
    ))?;
    Ok(Outcome::Done)
}
