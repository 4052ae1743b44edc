//! The runs of a sweep, each a process of its own.
//!
//! A backend may draw from one generator of the process, so that two runs in one process would
//! disturb each other. A process also ends with everything that it held.

use std::{
    fs::TryLockError,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use fs_err as fs;

use super::trial::{Run, Settings};
use crate::error::CliError;

/// How often the processes are looked at.
const LOOK: Duration = Duration::from_millis(20);

/// How the runs of a sweep are started.
#[derive(Debug)]
pub(crate) struct Runs<'a> {
    /// The folder of the sweep.
    pub(crate) root: &'a Path,
    /// The configuration that all runs share.
    pub(crate) base: PathBuf,
    /// The heading of its reports.
    pub(crate) title: &'a str,
    /// Where tensors live.
    pub(crate) device: String,
    /// The settings of all trials.
    pub(crate) settings: &'a [Settings],
    /// How many run at once.
    pub(crate) jobs: usize,
    /// How many threads each of them has.
    pub(crate) threads: usize,
    /// Set by Ctrl-C.
    pub(crate) interrupted: &'a AtomicBool,
}

/// A run that is going on.
#[derive(Debug)]
struct Running {
    run: Run,
    process: Process,
    started: Instant,
}

#[derive(Debug)]
enum Process {
    /// Started here.
    Child(Child),
    /// Started by a sweep that was killed since; it holds the lock of this file while it lives.
    Orphan(std::fs::File),
}

/// That a run has ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended {
    pub(crate) run: Run,
    pub(crate) after: Duration,
}

impl Runs<'_> {
    /// Runs everything in order and tells of each run that has ended well.
    ///
    /// # Errors
    ///
    /// When a run fails, when Ctrl-C comes, or when `ended` does. No run goes on then; each is
    /// resumed where it stopped when the sweep is.
    pub(crate) fn run_all(
        &self,
        waiting: &[Run],
        mut ended: impl FnMut(Ended) -> Result<(), CliError>,
    ) -> Result<(), CliError> {
        let mut waiting = waiting.iter().copied();
        let mut running: Vec<Running> = Vec::new();
        let result = loop {
            match self.step(&mut waiting, &mut running, &mut ended) {
                Ok(true) => thread::sleep(LOOK),
                Ok(false) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        for Running { process, .. } in running {
            if let Process::Child(mut child) = process {
                // It may have ended by itself in this moment, which is as good.
                let _ = child.kill();
                let _ = child.wait();
            }
        }
        result
    }

    /// Looks at the processes once; `false` where nothing is left to do.
    fn step(
        &self,
        waiting: &mut impl Iterator<Item = Run>,
        running: &mut Vec<Running>,
        ended: &mut impl FnMut(Ended) -> Result<(), CliError>,
    ) -> Result<bool, CliError> {
        let mut index = 0;
        while index < running.len() {
            if self.has_ended(&mut running[index])? {
                let Running { run, started, .. } = running.remove(index);
                let after = started.elapsed();
                ended(Ended { run, after })?;
            } else {
                index += 1;
            }
        }
        if self.interrupted.load(Ordering::SeqCst) {
            return Err(CliError::SweepInterrupted);
        }
        while running.len() < self.jobs {
            let Some(run) = waiting.next() else { break };
            running.push(self.start(run)?);
        }
        Ok(!running.is_empty())
    }

    fn start(&self, run: Run) -> Result<Running, CliError> {
        let running = |process| Running {
            run,
            process,
            started: Instant::now(),
        };
        if let Some(lock) = held_lock(&self.folder(run))? {
            tracing::info!(
                "{} is still run by an earlier sweep; waiting for it",
                run.name()
            );
            return Ok(running(Process::Orphan(lock)));
        }
        let settings = &self.settings[run.trial];
        let title = format!("{} ({settings}, seed {})", self.title, run.seed);
        let title = toml::Value::String(title);
        let program = std::env::current_exe().map_err(CliError::file("find the own program"))?;
        let messages = fs::File::create(self.messages(run))
            .map_err(CliError::file("write the messages of a run"))?;
        let mut command = Command::new(program);
        command
            .arg("run")
            .arg(&self.base)
            .args(["--quiet", "--color", "never", "--device", &self.device])
            .arg("--seed")
            .arg(run.seed.to_string())
            .arg("--out")
            .arg(self.folder(run))
            .arg("--set")
            .arg(format!("title={title}"));
        for assignment in settings.assignments() {
            command.arg("--set").arg(assignment);
        }
        let threads = self.threads.to_string();
        let child = command
            .env("RAYON_NUM_THREADS", &threads)
            .env("POLARS_MAX_THREADS", &threads)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(messages.into_parts().0)
            .spawn()
            .map_err(CliError::file("start a run"))?;
        tracing::debug!(threads = self.threads, "{} is started", run.name());
        Ok(running(Process::Child(child)))
    }

    fn has_ended(&self, running: &mut Running) -> Result<bool, CliError> {
        let run = running.run;
        match &mut running.process {
            Process::Orphan(lock) => match lock.try_lock() {
                Err(TryLockError::WouldBlock) => return Ok(false),
                Err(TryLockError::Error(error)) => {
                    return Err(CliError::file("lock the folder of a run")(error));
                }
                Ok(()) if is_finished(&self.folder(run)) => {}
                Ok(()) => {
                    lock.unlock()
                        .map_err(CliError::file("unlock the folder of a run"))?;
                    // It was killed as well, or failed: the run is taken up here.
                    *running = self.start(run)?;
                    return Ok(false);
                }
            },
            Process::Child(child) => {
                let Some(status) = child.try_wait().map_err(CliError::file("wait for a run"))?
                else {
                    return Ok(false);
                };
                let messages = fs::read_to_string(self.messages(run))
                    .map_err(CliError::file("read the messages of a run"))?;
                if self.interrupted.load(Ordering::SeqCst) && !status.success() {
                    return Err(CliError::SweepInterrupted);
                }
                if !status.success() {
                    return Err(CliError::Trial {
                        name: run.name(),
                        settings: self.settings[run.trial].to_string(),
                        messages: messages.trim().to_owned(),
                    });
                }
                fs::remove_file(self.messages(run))
                    .map_err(CliError::file("remove the messages of a run"))?;
            }
        }
        Ok(true)
    }

    /// The folder of a run.
    pub(crate) fn folder(&self, run: Run) -> PathBuf {
        self.root.join("trials").join(run.name())
    }

    /// What a run says while it goes on, and what it said when it failed.
    fn messages(&self, run: Run) -> PathBuf {
        self.root
            .join("trials")
            .join(format!("{}.messages", run.name()))
    }
}

/// Whether a run has written everything.
pub(crate) fn is_finished(folder: &Path) -> bool {
    folder.join("run.json").is_file()
}

/// The lock of a run's folder if another process holds it.
fn held_lock(folder: &Path) -> Result<Option<std::fs::File>, CliError> {
    let file = match fs::OpenOptions::new()
        .write(true)
        .open(folder.join(".lock"))
    {
        Ok(file) => file.into_parts().0,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(CliError::file("open the lock of a run")(error)),
    };
    match file.try_lock() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(file)),
        Err(TryLockError::Error(error)) => Err(CliError::file("lock the folder of a run")(error)),
    }
}
