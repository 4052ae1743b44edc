//! `equipoise report DIR`: the report of a finished run again.

use equipoise_data::write_atomically;

use crate::{
    args::ReportArgs,
    error::CliError,
    outcome::Outcome,
    output::print,
    pipeline::{RunRecord, outcome_table::outcome_table, page::report},
};

/// Writes `report.html` of a finished run anew.
pub(crate) fn execute(args: &ReportArgs) -> Result<Outcome, CliError> {
    let record = RunRecord::load(&args.folder).map_err(CliError::run(&args.folder))?;
    let page = report(&args.folder, &record).map_err(CliError::run(&args.folder))?;
    write_atomically(&args.folder.join("report.html"), page.as_bytes())
        .map_err(CliError::file("write the report"))?;
    print(&outcome_table(&record, &args.folder))?;
    Ok(Outcome::Done)
}
