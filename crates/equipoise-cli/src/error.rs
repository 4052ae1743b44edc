//! What can go wrong, how it is shown, and the exit code that it leads to.

use std::{error::Error as StdError, fmt::Display, io};

use equipoise_core::{Help, file_help};
use miette::{Diagnostic, LabeledSpan, SourceCode};

use crate::config::ConfigError;

/// What can go wrong in a command.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum CliError {
    // === Wrong use ===
    /// The configuration is not legal.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The command line is not legal in a way that its grammar cannot say.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// The device is unknown or not there.
    #[error(transparent)]
    Device(#[from] equipoise_tensor::DeviceError),

    // === Failures ===
    /// A plain value is not legal.
    #[error(transparent)]
    Core(#[from] equipoise_core::Error),
    /// Data could not be read, split or encoded.
    #[error(transparent)]
    Data(#[from] equipoise_data::Error),
    /// A data set of the catalogue is not known.
    #[error(transparent)]
    Catalogue(#[from] equipoise_data::catalogue::CatalogueError),
    /// A data set could not be fetched.
    #[error(transparent)]
    Download(#[from] equipoise_data::download::DownloadError),
    /// An audit could not be made.
    #[error(transparent)]
    Metrics(#[from] equipoise_metrics::Error),
    /// A loss could not be built.
    #[error(transparent)]
    Losses(#[from] equipoise_losses::Error),
    /// A model could not be built, saved or loaded.
    #[error(transparent)]
    Models(#[from] equipoise_models::Error),
    /// Training failed.
    #[error(transparent)]
    Train(#[from] equipoise_train::Error),
    /// The report could not be made.
    #[error(transparent)]
    Report(#[from] equipoise_report::Error),
    /// A file could not be read or written; the source names it.
    #[error("failed to {action}")]
    File {
        /// What was tried.
        action: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// Results could not be written to standard output.
    #[error("failed to write to standard output")]
    Output(#[source] io::Error),
    /// A result could not be written in its format.
    #[error("failed to write {what}")]
    Encode {
        /// What was to be written.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// Ctrl-C came between two steps.
    #[error("interrupted before the step `{step}`")]
    Interrupted {
        /// The step that was not begun.
        step: String,
    },
    /// Signals cannot be caught.
    #[error("failed to catch Ctrl-C")]
    Signal(#[from] ctrlc::Error),
}

impl CliError {
    /// A wrong use without a remedy.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            help: None,
        }
    }

    /// For `map_err`: a file could not be read or written.
    pub(crate) fn file(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File { action, source }
    }

    /// For `map_err`: a result could not be written in its format.
    pub(crate) fn encode<E>(what: &'static str) -> impl FnOnce(E) -> Self
    where
        E: StdError + Send + Sync + 'static,
    {
        move |source| Self::Encode {
            what,
            source: Box::new(source),
        }
    }

    /// 2 for what is wrong whatever the data are, 1 for everything else.
    pub(crate) fn exit_code(&self) -> u8 {
        use equipoise_data::catalogue::CatalogueError;
        use equipoise_metrics::Error as MetricsError;

        match self {
            Self::Config(_)
            | Self::Usage { .. }
            | Self::Device(_)
            | Self::Catalogue(CatalogueError::UnknownDataSet { .. })
            | Self::Metrics(
                MetricsError::Setting { .. }
                | MetricsError::UnknownMetric { .. }
                | MetricsError::UnknownConvention { .. }
                | MetricsError::GateSyntax { .. }
                | MetricsError::GateName { .. },
            ) => 2,
            _ => 1,
        }
    }

    /// What the reader can do.
    pub(crate) fn remedy(&self) -> Option<String> {
        match self {
            Self::Config(error) => error.help().map(str::to_owned),
            Self::Usage { help, .. } => help.clone(),
            Self::Device(error) => error.help(),
            Self::Core(error) => error.help(),
            Self::Data(error) => error.help(),
            Self::Catalogue(error) => error.help(),
            Self::Download(error) => error.help(),
            Self::Metrics(error) => error.help(),
            Self::Losses(error) => error.help(),
            Self::Models(error) => error.help(),
            Self::Train(error) => error.help(),
            Self::Report(error) => error.help(),
            Self::File { source, .. } => file_help(source),
            Self::Interrupted { .. } => {
                Some("the same command goes on from the last finished epoch".to_owned())
            }
            Self::Output(_) | Self::Encode { .. } | Self::Signal(_) => None,
        }
    }

    /// The place, the message and the messages of all causes, joined by colons.
    pub(crate) fn chain(&self) -> String {
        let mut text = String::new();
        if let Self::Config(error) = self
            && let Some(place) = error.place()
        {
            text = format!("{place}: ");
        }
        text.push_str(&self.to_string());
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

impl Diagnostic for CliError {
    fn help<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        self.remedy()
            .map(|help| Box::new(help) as Box<dyn Display + 'a>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        match self {
            Self::Config(error) => error.source_code().map(|source| source as &dyn SourceCode),
            _ => None,
        }
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        match self {
            Self::Config(error) => error
                .label()
                .map(|label| Box::new(std::iter::once(label)) as Box<dyn Iterator<Item = _>>),
            _ => None,
        }
    }
}
