//! How far a file that is fetched has come.

use equipoise_data::download::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::context::Context;

/// Fetches a file and shows how far that is.
pub(super) fn fetching<T>(
    context: &Context<'_>,
    fetch: impl FnOnce(&mut dyn FnMut(Progress)) -> T,
) -> T {
    if context.draws_progress() {
        let bar = Bar::default();
        fetch(&mut |progress| bar.show(progress))
    } else {
        let mut lines = Lines::default();
        fetch(&mut |progress| lines.show(progress))
    }
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
