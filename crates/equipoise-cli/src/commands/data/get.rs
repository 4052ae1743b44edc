//! `equipoise data get NAME`: fetch a data set, and check that it arrived whole.

use std::path::{Path, PathBuf};

use equipoise_data::{
    catalogue,
    download::{DownloadRequest, download, from_file},
};

use crate::{
    args::GetArgs, commands::fetching::fetching, context::Context, error::CliError,
    outcome::Outcome, output,
};

/// The folder of data sets where `--to` names none.
pub(crate) const DATASETS: &str = "datasets";

/// Fetches the originals of a data set, or takes copies of them.
pub(super) fn execute(args: &GetArgs, context: &Context<'_>) -> Result<Outcome, CliError> {
    let card = catalogue::find(&args.name)?;
    let folder = args.to.as_deref().unwrap_or(Path::new(DATASETS));
    if args.from.is_none() {
        tracing::info!("{} from {}", card.title, card.original.address);
    }
    for request in DownloadRequest::originals_of(&card, folder) {
        match &args.from {
            Some(copy) => from_file(&request, &copy_of(&request, copy))?,
            None => fetching(context, |progress| download(&request, progress))?,
        };
    }
    output::print(&format!("{}\n", card.original_path(folder).display()))?;
    Ok(Outcome::Done)
}

/// The copy of a file: the path itself, or in a folder the file of the same name.
fn copy_of(request: &DownloadRequest, copy: &Path) -> PathBuf {
    match request.target.file_name() {
        Some(name) if copy.is_dir() => copy.join(name),
        _ => copy.to_owned(),
    }
}
