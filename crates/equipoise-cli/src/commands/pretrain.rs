//! `equipoise pretrain CONFIG`: a base model alone.

use crate::{
    args::RunArgs,
    config::LanguageConfig,
    context::Context,
    error::CliError,
    outcome::Outcome,
    output::print,
    pipeline::{Job, base::BASE, job::Found, language::pretrain_on_texts},
};

/// Pretrains the base model of a configuration: on a corpus of texts, where there is one, and else
/// on the rows of its data; `finetune` and `run` in the same folder then start from it.
pub(crate) fn execute(args: &RunArgs, context: &Context<'_>) -> Result<Outcome, CliError> {
    if let Some(config) = LanguageConfig::load(&args.config)? {
        pretrain_on_texts(&config, args, context)?;
        return Ok(Outcome::Done);
    }
    if context.load(&args.config)?.pretrain().is_none() {
        return Err(CliError::Usage {
            message: format!("`{}` has no table `[pretrain]`", args.config.path.display()),
            help: Some("add one: `[pretrain]` alone takes all defaults".to_owned()),
        });
    }
    let mut job = match Job::open(args, context)? {
        Found::Unfinished(job) => job,
        Found::Finished(folder) => {
            return done(&folder.model(BASE), "finished before");
        }
    };
    job.base()?;
    job.write_timing()?;
    done(&job.folder.model(BASE), "written")
}

fn done(folder: &std::path::Path, what: &str) -> Result<Outcome, CliError> {
    print(&format!("Base model ({what}): {}\n", folder.display()))?;
    Ok(Outcome::Done)
}
