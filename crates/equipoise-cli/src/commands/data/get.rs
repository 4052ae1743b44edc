//! `equipoise data get NAME`: fetch a data set, and check that it arrived whole.

use std::path::Path;

use equipoise_data::{
    catalogue,
    download::{DownloadRequest, Progress, download, from_file},
};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{args::GetArgs, context::Context, error::CliError, outcome::Outcome, output};

/// The folder of data sets where `--to` names none.
const DATASETS: &str = "datasets";

/// Fetches the original of a data set, or takes a copy of it.
pub(super) fn execute(args: &GetArgs, context: &Context<'_>) -> Result<Outcome, CliError> {
    let card = catalogue::find(&args.name)?;
    let folder = args.to.as_deref().unwrap_or(Path::new(DATASETS));
    let request = DownloadRequest::original_of(&card, folder);
    let path = if let Some(copy) = &args.from {
        from_file(&request, copy)?
    } else {
        tracing::info!("{} from {}", card.title, request.address);
        if context.draws_progress() {
            let bar = Bar::default();
            download(&request, &mut |progress| bar.show(progress))?
        } else {
            let mut lines = Lines::default();
            download(&request, &mut |progress| lines.show(progress))?
        }
    };
    output::print(&format!("{}\n", path.display()))?;
    Ok(Outcome::Done)
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
