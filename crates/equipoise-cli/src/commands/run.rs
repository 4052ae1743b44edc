//! `equipoise run CONFIG`: the whole job.

use equipoise_core::Task;

use crate::{
    args::RunArgs,
    context::Context,
    error::CliError,
    outcome::Outcome,
    output::print,
    pipeline::{
        Job, RunFolder, RunRecord,
        job::Found,
        outcome_table::outcome_table,
        page::report,
        record::{DataRecord, LeftOut},
        texts::Texts,
    },
};

/// Trains, audits and reports, or reports what was done before.
pub(crate) fn execute(args: &RunArgs, context: &Context<'_>) -> Result<Outcome, CliError> {
    let mut job = match Job::open(args, context)? {
        Found::Unfinished(job) => job,
        Found::Finished(folder) => return show_finished(&folder),
    };
    let positive = positive_label(&job.data.task)?;
    let base = job.base()?;
    let mut models = Vec::new();
    for kind in job.models() {
        models.push(job.model(kind, base.as_ref())?);
    }
    let record = RunRecord::new(
        job.config.title().to_owned(),
        job.config.seed(),
        job.device_name.to_string(),
        DataRecord {
            rows: job.data.rows,
            left_out: job
                .data
                .dropped
                .iter()
                .map(|dropped| LeftOut {
                    rows: dropped.count,
                    reason: dropped.reason.clone(),
                })
                .collect(),
            truncated_texts: job.texts.as_ref().map(Texts::truncated),
            sha256: job.data.sha256.clone(),
            label: job.config.data().label().column.clone(),
            positive,
            groups: attribute_names(&job),
        },
        models,
    );
    let page = job.measure("report", |job| report(job.folder.root(), &record))?;
    job.folder.write("report.html", page.as_bytes())?;
    job.write_timing()?;
    job.folder.finish(&record.to_json()?)?;
    print(&outcome_table(&record, job.folder.root()))?;
    Ok(Outcome::Done)
}

/// The label that counts as positive: what is audited are decisions between two classes.
fn positive_label(task: &Task) -> Result<String, CliError> {
    if let Task::Binary { positive } = task {
        return Ok(positive.clone());
    }
    Err(CliError::Usage {
        message: "a run audits decisions between two classes, and the label has more, or is a \
                  number"
            .to_owned(),
        help: Some(
            "name the label that counts as positive (`data.label.positive`), or train one model \
             without an audit with `equipoise finetune`"
                .to_owned(),
        ),
    })
}

fn attribute_names(job: &Job<'_>) -> Vec<String> {
    job.data
        .schema
        .attributes()
        .iter()
        .map(|attribute| attribute.name().to_owned())
        .collect()
}

fn show_finished(folder: &RunFolder) -> Result<Outcome, CliError> {
    tracing::info!("this run is finished; name another folder with `--out` for a new one");
    let record = RunRecord::load(folder.root())?;
    print(&outcome_table(&record, folder.root()))?;
    Ok(Outcome::Done)
}
