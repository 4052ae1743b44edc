//! What is wrong with a configuration, and where.

use std::fmt;

use miette::{LabeledSpan, NamedSource, SourceSpan};

/// What is wrong with a configuration.
#[derive(Debug, Clone)]
pub(crate) struct ConfigError {
    message: String,
    help: Option<String>,
    place: Option<Box<Place>>,
}

/// Where in a configuration something stands.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(super) source: NamedSource<String>,
    pub(super) line_and_column: (usize, usize),
    pub(super) span: SourceSpan,
    pub(super) label: String,
}

impl ConfigError {
    /// An error with no place yet.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
            place: None,
        }
    }

    /// The same error with its place.
    #[must_use]
    pub(super) fn at(mut self, place: impl Into<Option<Place>>) -> Self {
        self.place = place.into().map(Box::new);
        self
    }

    /// The same error with a remedy.
    #[must_use]
    pub(super) fn with_help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    /// The remedy.
    pub(crate) fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Where it is.
    pub(crate) fn place(&self) -> Option<&Place> {
        self.place.as_deref()
    }

    /// The text that the place lies in.
    pub(crate) fn source_code(&self) -> Option<&NamedSource<String>> {
        self.place.as_ref().map(|place| &place.source)
    }

    /// The place, with what to write beside it.
    pub(crate) fn label(&self) -> Option<LabeledSpan> {
        self.place
            .as_ref()
            .map(|place| LabeledSpan::new_with_span(Some(place.label.clone()), place.span))
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// `adult.toml:12:3`, as editors and compilers write it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.line_and_column;
        write!(f, "{}:{line}:{column}", self.source.name())
    }
}

impl std::error::Error for ConfigError {}
