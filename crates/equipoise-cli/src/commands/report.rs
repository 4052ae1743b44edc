//! `equipoise report DIR`: the report of a finished run again, shown if asked for.

use equipoise_data::write_atomically;

use crate::{
    args::ReportArgs,
    commands::opening::open,
    error::CliError,
    outcome::Outcome,
    output::print,
    pipeline::{RunRecord, outcome_table::outcome_table, page::report},
};

/// Writes `report.html` of a finished run anew.
pub(crate) fn execute(args: &ReportArgs) -> Result<Outcome, CliError> {
    let record = RunRecord::load(&args.folder).map_err(CliError::run(&args.folder))?;
    let page = report(&args.folder, &record).map_err(CliError::run(&args.folder))?;
    let path = args.folder.join("report.html");
    write_atomically(&path, page.as_bytes()).map_err(CliError::file("write the report"))?;
    print(&outcome_table(&record, &args.folder))?;
    if args.open {
        open(&path)?;
    }
    Ok(Outcome::Done)
}
