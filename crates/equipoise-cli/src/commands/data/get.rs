//! `equipoise data get NAME`: fetch a data set, and check that it arrived whole.

use std::path::{Path, PathBuf};

use equipoise_data::{
    catalogue,
    download::{DownloadRequest, Progress, download, from_file},
};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{args::GetArgs, context::Context, error::CliError, outcome::Outcome, output};

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
            None => fetch(&request, context)?,
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

/// Downloads a file and shows how far that is.
fn fetch(request: &DownloadRequest, context: &Context<'_>) -> Result<PathBuf, CliError> {
    Ok(if context.draws_progress() {
        let bar = Bar::default();
        download(request, &mut |progress| bar.show(progress))?
    } else {
        let mut lines = Lines::default();
        download(request, &mut |progress| lines.show(progress))?
    })
}

/// Progress as a bar on a terminal.
struct Bar(ProgressBar);

impl Default for Bar {
    fn default() -> Self {
        Self(ProgressBar::no_length())
    }
}

impl Bar {
    fn show(&self, progress: Progress) {
        if let (Some(total), None) = (progress.total, self.0.length()) {
            self.0.set_length(total);
            // A fixed text; should it not be understood, the plain style stays.
            if let Ok(style) = ProgressStyle::with_template(
                "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
            ) {
                self.0.set_style(style);
            }
        }
        self.0.set_position(progress.received);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Progress as a message for each tenth.
#[derive(Default)]
struct Lines {
    tenths: u64,
}

impl Lines {
    fn show(&mut self, progress: Progress) {
        let Some(total) = progress.total.filter(|total| *total > 0) else {
            return;
        };
        let tenths = progress.received.saturating_mul(10) / total;
        if tenths > self.tenths {
            self.tenths = tenths;
            tracing::info!("{} of {total} bytes", progress.received);
        }
    }
}
