//! `timing.json`: how long things took.

use std::time::Instant;

use serde::Serialize;

use crate::error::CliError;

/// When a step began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock(Instant);

impl Clock {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }
}

/// How long things took: kept apart from the results, which are the same in every run.
#[derive(Debug, Default)]
pub(super) struct Timing {
    steps: Vec<StepTime>,
}

#[derive(Debug, Clone, Serialize)]
struct StepTime {
    step: String,
    seconds: f64,
}

#[derive(Serialize)]
struct TimingFile<'a> {
    schema: &'static str,
    version: &'static str,
    threads: usize,
    steps: &'a [StepTime],
}

impl Timing {
    /// Takes the time of a step.
    pub(super) fn measure<T>(&mut self, step: &str, work: impl FnOnce() -> T) -> T {
        let clock = Clock::start();
        let result = work();
        self.note(step, clock);
        result
    }

    /// Notes a step that began when the clock was started.
    pub(super) fn note(&mut self, step: &str, clock: Clock) {
        self.steps.push(StepTime {
            step: step.to_owned(),
            seconds: clock.0.elapsed().as_secs_f64(),
        });
    }

    /// The text of the file.
    ///
    /// # Errors
    ///
    /// When a value has no form in JSON.
    pub(super) fn to_json(&self) -> Result<Vec<u8>, CliError> {
        let file = TimingFile {
            schema: "equipoise.timing/1",
            version: env!("CARGO_PKG_VERSION"),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            steps: &self.steps,
        };
        serde_json::to_vec_pretty(&file).map_err(CliError::encode("the times"))
    }
}
