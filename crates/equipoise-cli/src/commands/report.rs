//! `equipoise report DIR`: the report of a finished run again.

use crate::{
    args::ReportArgs,
    context::Context,
    error::CliError,
    outcome::Outcome,
    output::print,
    pipeline::{RunRecord, folder::write_whole, outcome_table::outcome_table, page::report},
};

/// Writes `report.html` of a finished run anew.
pub(crate) fn execute(args: &ReportArgs, context: &Context<'_>) -> Result<Outcome, CliError> {
    context.expect_no_config("report")?;
    let record = RunRecord::load(&args.folder)?;
    let page = report(&args.folder, &record)?;
    write_whole(&args.folder.join("report.html"), page.as_bytes())?;
    print(&outcome_table(&record, &args.folder))?;
    Ok(Outcome::Done)
}
