//! Messages: for people or as JSON on standard error, and as JSON lines in a run folder.

use std::{
    io::{self, IsTerminal, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use fs_err::{File, OpenOptions};
use tracing_subscriber::{
    EnvFilter, Layer, fmt::MakeWriter, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::{
    args::{ColorWhen, GlobalArgs, LogFormat},
    error::CliError,
    message::ForPeople,
};

/// The environment variable that sets what is logged.
const FILTER_VARIABLE: &str = "EQUIPOISE_LOG";

/// The level of messages without that variable: what this workspace has to say, and the warnings
/// of everything else.
const DEFAULT_FILTER: &str = "warn,equipoise=info";

/// What goes into the log of a run folder.
const FILE_FILTER: &str = "warn,equipoise=debug";

/// The target of the message that a command failed: the terminal shows the failure in full, so
/// that the message goes to files and to JSON only.
pub(crate) const FAILURE_TARGET: &str = "equipoise::failure";

static INSTALLED: OnceLock<Logging> = OnceLock::new();

/// Where messages go.
#[derive(Debug, Clone)]
pub(crate) struct Logging {
    terminal: Terminal,
    file: LogFile,
}

impl Logging {
    /// Starts logging; called again in one process, it returns what was started first.
    ///
    /// A program that has its own `tracing` subscriber keeps it.
    ///
    /// # Errors
    ///
    /// When the variable `EQUIPOISE_LOG` cannot be understood.
    pub(crate) fn install(global: &GlobalArgs) -> Result<Self, CliError> {
        if let Some(logging) = INSTALLED.get() {
            return Ok(logging.clone());
        }
        let logging = Self {
            terminal: Terminal::default(),
            file: LogFile::default(),
        };
        let filter = terminal_filter(global)?;
        let terminal = tracing_subscriber::fmt::layer().with_writer(logging.terminal.clone());
        let terminal = match global.log_format {
            LogFormat::Text => terminal
                .with_ansi(is_colored(global.color))
                .event_format(ForPeople)
                .with_filter(filter.add_directive(failure_off()?))
                .boxed(),
            LogFormat::Json => terminal.json().with_filter(filter).boxed(),
        };
        let file = tracing_subscriber::fmt::layer()
            .json()
            .with_writer(logging.file.clone())
            .with_filter(EnvFilter::new(FILE_FILTER));
        if tracing_subscriber::registry()
            .with(terminal)
            .with(file)
            .try_init()
            .is_err()
        {
            tracing::debug!("messages go to the subscriber that is there already");
        }
        Ok(INSTALLED.get_or_init(|| logging).clone())
    }

    /// From now on, messages also go to the end of a file of JSON lines, until the returned value
    /// is dropped.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened.
    pub(crate) fn also_to(&self, path: &Path) -> Result<LogFileGuard, CliError> {
        let mut file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(path)
            .map_err(CliError::file("open the log"))?;
        // A run goes on without its log: what it is about are its results.
        if let Err(error) = end_last_line(&mut file) {
            tracing::warn!("the log of the run cannot be written: {error}");
        }
        self.file.replace(Some(file));
        Ok(LogFileGuard(self.file.clone()))
    }

    /// Keeps messages off standard error until the returned value is dropped: for as long as
    /// something else draws on the terminal.
    pub(crate) fn pause_terminal(&self) -> TerminalPause {
        self.terminal.paused.store(true, Ordering::SeqCst);
        TerminalPause(self.terminal.clone())
    }
}

/// A process that was killed may have left half a line: the next one starts its own.
fn end_last_line(file: &mut File) -> io::Result<()> {
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != *b"\n" {
        file.write_all(b"\n")?;
    }
    Ok(())
}

fn terminal_filter(global: &GlobalArgs) -> Result<EnvFilter, CliError> {
    if global.quiet {
        return Ok(EnvFilter::new("warn"));
    }
    match std::env::var(FILTER_VARIABLE) {
        Ok(text) if !text.is_empty() => EnvFilter::try_new(&text).map_err(|error| {
            CliError::usage(format!(
                "the variable `{FILTER_VARIABLE}` is `{text}`: {error}"
            ))
        }),
        _ => Ok(EnvFilter::new(DEFAULT_FILTER)),
    }
}

fn failure_off() -> Result<tracing_subscriber::filter::Directive, CliError> {
    format!("{FAILURE_TARGET}=off")
        .parse()
        .map_err(CliError::encode("the log filter"))
}

/// Whether standard error is coloured.
pub(crate) fn is_colored(when: ColorWhen) -> bool {
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => {
            io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        }
    }
}

/// Standard error, unless it is paused.
#[derive(Debug, Clone, Default)]
struct Terminal {
    paused: Arc<AtomicBool>,
}

impl<'a> MakeWriter<'a> for Terminal {
    type Writer = Box<dyn Write + 'a>;

    fn make_writer(&'a self) -> Self::Writer {
        if self.paused.load(Ordering::SeqCst) {
            Box::new(io::sink())
        } else {
            Box::new(io::stderr())
        }
    }
}

/// Messages return to standard error when this is dropped.
#[derive(Debug)]
#[must_use]
pub(crate) struct TerminalPause(Terminal);

impl Drop for TerminalPause {
    fn drop(&mut self) {
        self.0.paused.store(false, Ordering::SeqCst);
    }
}

/// A place for the log file of a run folder, empty until there is one.
#[derive(Debug, Clone, Default)]
struct LogFile(Arc<Mutex<Option<File>>>);

impl LogFile {
    fn replace(&self, file: Option<File>) {
        *self.lock() = file;
    }

    /// The place, also after a thread panicked while it wrote: a file has no half-made state.
    fn lock(&self) -> MutexGuard<'_, Option<File>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> MakeWriter<'a> for LogFile {
    type Writer = Self;

    fn make_writer(&'a self) -> Self::Writer {
        self.clone()
    }
}

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.lock().as_mut() {
            Some(file) => file.write(bytes),
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.lock().as_mut() {
            Some(file) => file.flush(),
            None => Ok(()),
        }
    }
}

/// The log file is closed when this is dropped.
#[derive(Debug)]
#[must_use]
pub(crate) struct LogFileGuard(LogFile);

impl Drop for LogFileGuard {
    fn drop(&mut self) {
        self.0.replace(None);
    }
}
