//! What can go wrong, how it is shown, and the exit code that it leads to.

use std::{
    error::Error as StdError,
    fmt::Display,
    io,
    path::{Path, PathBuf},
};

use equipoise_core::{Help, file_help};
use miette::{Diagnostic, LabeledSpan, SourceCode};

use crate::{config::ConfigError, option_help::option_help, tracking::mlflow::MlflowError};

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
    /// The same where options and no configuration say what is read, so that the remedy is an
    /// option.
    #[error(transparent)]
    ByOptions(equipoise_data::Error),
    /// The folder of a run does not hold what a finished run writes.
    #[error("the run in `{}` cannot be reported", folder.display())]
    Run {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        #[source]
        source: Box<CliError>,
    },
    /// A data set of the catalogue is not known.
    #[error(transparent)]
    Catalogue(#[from] equipoise_data::catalogue::CatalogueError),
    /// A data set could not be fetched.
    #[error(transparent)]
    Download(#[from] equipoise_data::download::DownloadError),
    /// A base model could not be fetched.
    #[error(transparent)]
    Hub(#[from] equipoise_data::download::hub::HubError),
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
    /// A probe, or what it asks with, could not be read.
    #[error(transparent)]
    Text(#[from] equipoise_text::Error),
    /// A probe of a model failed.
    #[error("the probe `{probe}` of `{model}` failed")]
    Probe {
        /// The probe.
        probe: &'static str,
        /// The model.
        model: String,
        /// Why.
        #[source]
        source: Box<equipoise_text::Error>,
    },
    /// The data of a probe are not there.
    #[error("the data of the probe `{probe}` are not there: `{}` not found", path.display())]
    ProbeData {
        /// The probe.
        probe: &'static str,
        /// The data set of the catalogue.
        data_set: String,
        /// Where they were looked for.
        path: PathBuf,
    },
    /// No model could be asked by any probe.
    #[error("no probe can ask any of the models: {}", reasons.join("; "))]
    NothingAsked {
        /// For each model and probe, why not.
        reasons: Vec<String>,
    },
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
    /// Ctrl-C came while a sweep went on.
    #[error("the sweep was interrupted")]
    SweepInterrupted,
    /// A run of a sweep failed.
    #[error("the run `{name}` of the sweep failed ({settings})\n{messages}")]
    Trial {
        /// The folder of the run.
        name: String,
        /// What it sets.
        settings: String,
        /// What it said.
        messages: String,
    },
    /// A tracking server does not take a run.
    #[error(transparent)]
    Mlflow(#[from] MlflowError),
    /// A page cannot be shown.
    #[error("failed to open {}: {reason}", path.display())]
    Open {
        /// The page.
        path: PathBuf,
        /// Why not.
        reason: String,
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

    /// For `map_err`: the folder of a run does not hold what a finished run writes.
    pub(crate) fn run(folder: &Path) -> impl FnOnce(Self) -> Self {
        move |source| Self::Run {
            folder: folder.to_owned(),
            source: Box::new(source),
        }
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

    /// 2 for what the command line and the configuration alone show to be wrong, 1 for everything
    /// else: files that are missing or not as they should be, and failures.
    pub(crate) fn exit_code(&self) -> u8 {
        use equipoise_data::{
            Error as DataError, catalogue::CatalogueError, download::hub::HubError,
        };
        use equipoise_metrics::Error as MetricsError;

        match self {
            Self::Config(_)
            | Self::Usage { .. }
            | Self::Device(_)
            | Self::Data(DataError::UnknownExtension { .. })
            | Self::ByOptions(DataError::UnknownExtension { .. } | DataError::Pattern { .. })
            | Self::Text(equipoise_text::Error::Unknown { .. })
            | Self::Catalogue(CatalogueError::UnknownDataSet { .. })
            | Self::Hub(HubError::Name { .. })
            | Self::Mlflow(MlflowError::Address { .. })
            | Self::Metrics(
                MetricsError::Setting { .. }
                | MetricsError::TooManyAttributes { .. }
                | MetricsError::UnknownMetric { .. }
                | MetricsError::OtherOutcome { .. }
                | MetricsError::NeedsScores { .. }
                | MetricsError::UnknownConvention { .. }
                | MetricsError::GateSyntax { .. }
                | MetricsError::GateName { .. }
                | MetricsError::GateNotAudited { .. },
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
            Self::ByOptions(error) => option_help(error),
            Self::Run { source, .. } => run_help(source),
            Self::Catalogue(error) => error.help(),
            Self::Download(error) => error.help(),
            Self::Hub(error) => error.help(),
            Self::Metrics(error) => metrics_help(error),
            Self::Losses(error) => error.help(),
            Self::Models(error) => error.help(),
            Self::Train(error) => error.help(),
            Self::Text(error) => error.help(),
            Self::Probe { source, .. } => source.help(),
            Self::ProbeData {
                probe, data_set, ..
            } => Some(format!(
                "`equipoise data get {data_set}` fetches them; `--data {probe}=PATH` names what you have"
            )),
            Self::NothingAsked { .. } => {
                Some("`equipoise probe --list` shows what each probe needs of a model".to_owned())
            }
            Self::Report(error) => error.help(),
            Self::File { source, .. } => file_help(source),
            Self::Interrupted { .. } => {
                Some("the same command goes on from the last finished epoch".to_owned())
            }
            Self::SweepInterrupted => {
                Some("the same command goes on with the runs that are not finished".to_owned())
            }
            Self::Trial { .. } => Some(
                "runs that are finished are kept: the same command goes on, in this folder, where \
                 nothing in the sweep has to change"
                    .to_owned(),
            ),
            Self::Mlflow(error) => error.help(),
            Self::Open { .. } => Some("it is written: open the file in a browser".to_owned()),
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

/// What to do about a run that cannot be reported.
fn run_help(error: &CliError) -> Option<String> {
    match error {
        CliError::File { source, .. } if source.kind() == io::ErrorKind::NotFound => Some(
            "the run folder is incomplete; run the same configuration again with another `--out`"
                .to_owned(),
        ),
        error => error.remedy(),
    }
}

/// What to do about a metric or a gate: the option that is missing, the closest name, or where all
/// names are.
fn metrics_help(error: &equipoise_metrics::Error) -> Option<String> {
    use equipoise_metrics::Error as MetricsError;

    if let MetricsError::NeedsScores { .. } = error {
        return Some("name their column with `--score`, or leave the metric out".to_owned());
    }
    error.help().or_else(|| match error {
        MetricsError::UnknownMetric { .. } => {
            Some("`equipoise audit --list` shows the metrics".to_owned())
        }
        MetricsError::OtherOutcome { .. } => {
            Some("`equipoise audit --list` shows for which tasks each metric is".to_owned())
        }
        MetricsError::GateName { .. } => Some(
            "the name is that of a metric and of what is judged, such as \
             `demographic_parity_difference`, `selection_rate_ratio` or `worst_group_accuracy`; \
             `equipoise audit --list` shows the metrics"
                .to_owned(),
        ),
        _ => None,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_folder_without_one_of_its_files_is_incomplete() {
        let missing = CliError::File {
            action: "read a result",
            source: io::ErrorKind::NotFound.into(),
        };
        let error = CliError::run("runs/x".as_ref())(missing);
        assert_eq!(error.exit_code(), 1);
        assert!(
            error
                .chain()
                .starts_with("the run in `runs/x` cannot be reported: failed to read")
        );
        assert!(
            error
                .remedy()
                .unwrap()
                .starts_with("the run folder is incomplete")
        );
    }
}
